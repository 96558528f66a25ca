"""The matrix route: differentials, their linear maps, and the derivative read off (Magnus and Neudecker)."""

from generator.calculus.matrix_route.route import differentiate, function_derivation

__all__ = ["differentiate", "function_derivation"]
