"""Pictures as inline SVG: chains of definitions, and shapes."""
