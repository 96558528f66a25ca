"""Jacobook: matrix-calculus derivations, derived and checked (façade being built)."""
