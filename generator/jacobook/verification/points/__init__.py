"""Points at which things are compared: random ones that respect the declarations, and readable ones."""
