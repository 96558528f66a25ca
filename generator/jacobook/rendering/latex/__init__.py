"""Formulas as LaTeX: expressions, lines of a derivation, arrays with dots, what changed, shapes under factors."""
