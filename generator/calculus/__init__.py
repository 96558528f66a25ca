"""The room `generator.calculus` (being built)."""
