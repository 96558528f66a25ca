"""Typed expressions: dimensions, shapes, nodes, their construction, their normal form. Imports no other room."""
