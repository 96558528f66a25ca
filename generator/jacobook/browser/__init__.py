"""The engine in a reader's browser: what stands in there for what cannot be had there."""
