"""The named functions of scalars that act on every entry of an array, as far as the algebra needs to know them."""

ELEMENTWISE: tuple[str, ...] = (
    "exp",
    "log",
    "sin",
    "cos",
    "tan",
    "arcsin",
    "arccos",
    "arctan",
    "sinh",
    "cosh",
    "tanh",
    "sqrt",
    "abs",
    "sign",
    "relu",
    "sigmoid",
    "softplus",
    "step",
)
"""`step` is the derivative of relu: 1 for a positive number, 0 for a negative one, and 0 at 0 by convention."""
