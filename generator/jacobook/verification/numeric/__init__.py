"""Numeric evidence: values on NumPy arrays, and derivatives by the complex step or by differences."""
