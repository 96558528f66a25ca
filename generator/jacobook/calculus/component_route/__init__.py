"""The component route: entries, Kronecker deltas, sifting, and matrices put back together."""

from jacobook.calculus.component_route.route import differentiate, entry_formula

__all__ = ["differentiate", "entry_formula"]
