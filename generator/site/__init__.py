"""The room `generator.site` (being built)."""
