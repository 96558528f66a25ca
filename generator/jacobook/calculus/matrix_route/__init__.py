"""The matrix route: differentials, their linear maps, and the derivative read off (Magnus and Neudecker)."""

from jacobook.calculus.matrix_route.implicit import (
    adjoint_steps,
    adjoint_words,
    closed_form,
    linearized,
    slopes_of,
    without_number,
)
from jacobook.calculus.matrix_route.linear_maps import LinearMap, inner_product
from jacobook.calculus.matrix_route.linear_reading import linear_map
from jacobook.calculus.matrix_route.moved_across import moved_across
from jacobook.calculus.matrix_route.route import (
    adjoint_claims,
    differential_claims,
    differential_of,
    differentiate,
    function_derivation,
)
from jacobook.calculus.matrix_route.several_variables import in_standard_form, opened

__all__ = [
    "LinearMap",
    "adjoint_claims",
    "adjoint_steps",
    "adjoint_words",
    "closed_form",
    "differential_claims",
    "differential_of",
    "differentiate",
    "function_derivation",
    "in_standard_form",
    "inner_product",
    "linear_map",
    "linearized",
    "moved_across",
    "opened",
    "slopes_of",
    "without_number",
]
