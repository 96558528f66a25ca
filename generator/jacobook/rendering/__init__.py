"""From a derivation, and evidence as plain data, to LaTeX, text, NumPy code, pictures and JSON."""
