"""The room `generator.rendering` (being built)."""
