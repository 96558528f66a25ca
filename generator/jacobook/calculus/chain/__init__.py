"""Chains of definitions: their graph, their partial derivatives put together, and the names that results keep."""
