"""The matrix route: differentials, their linear maps, and the derivative read off (Magnus and Neudecker)."""

from jacobook.calculus.matrix_route.linear_map import LinearMap
from jacobook.calculus.matrix_route.route import (
    differential_claims,
    differential_of,
    differentiate,
    function_derivation,
)
from jacobook.calculus.matrix_route.several import in_standard_form, opened
from jacobook.calculus.matrix_route.stages import inner_product

__all__ = [
    "LinearMap",
    "differential_claims",
    "differential_of",
    "differentiate",
    "function_derivation",
    "in_standard_form",
    "inner_product",
    "opened",
]
