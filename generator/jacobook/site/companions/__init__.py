"""What goes with every page: metadata, a plain copy, its place on lists, its social card."""
