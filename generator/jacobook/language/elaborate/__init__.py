"""From the syntax tree to nodes: types are inferred first; then, all sizes being known, nodes are made."""
