"""Derivatives as NumPy code, in forms that neither overflow nor divide 0 by 0."""
