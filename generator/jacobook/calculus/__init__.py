"""From an expression and a variable to a derivation: a tree of typed claims, each with its rule and its reason."""
