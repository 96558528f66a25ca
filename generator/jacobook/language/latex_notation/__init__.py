"""Expressions as they stand in a LaTeX document, read into the same syntax tree as those of the language."""
