"""The component route: entries, Kronecker deltas, sifting, and matrices put back together."""

from jacobook.calculus.component_route.route import differentiate, entry_formula, matrix_entry
from jacobook.calculus.component_route.shown_entries import Lettering

__all__ = ["Lettering", "differentiate", "entry_formula", "matrix_entry"]
