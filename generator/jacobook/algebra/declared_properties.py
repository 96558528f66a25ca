"""The properties that may be declared of a variable, one row each; what other rooms know of them has their names."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum

from jacobook.algebra.shapes import Shape


class Freedom(Enum):
    """How a variable with a property may vary."""

    OPEN = "open"
    """In every direction: near an invertible matrix there are only invertible ones."""
    ENTRIES = "entries"
    """Some of its entries are free, and all others follow from them."""
    TANGENT = "tangent"
    """No entry is free by itself; the directions that keep the property depend on the value."""
    NONE = "none"
    """Not at all: there are only single such values."""


@dataclass(frozen=True, slots=True)
class DeclaredProperty:
    """One row: a property, what may have it, what follows from it, what else may be declared beside it."""

    name: str
    of: str
    """What has it, in words."""
    fits: Callable[[Shape], bool]
    freedom: Freedom
    said: str
    """What stands behind `X is` in a sentence."""
    implies: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    """The names of the properties that may be declared with it, apart from those that it implies."""
    spellings: tuple[str, ...] = ()
    """What others call it."""
    plural: str = ""
    """What all that have it are called: by default `… matrices`."""
    of_functions: bool = False
    """Whether the value of a function that is not specified may have it."""


def _square(shape: Shape) -> bool:
    return shape.is_square


def _vector(shape: Shape) -> bool:
    return shape.is_vector


def _array(shape: Shape) -> bool:
    return not shape.is_scalar


def _set(*names: str) -> frozenset[str]:
    return frozenset(names)


REFLECTION = "symmetric-orthogonal"
"""What a matrix is that is declared both; it has directions of its own."""
_MATRIX, _VECTOR = "a square matrix", "a vector"
_REGULAR = ("regular", "nonsingular", "non-singular")
_DEFINITE = ("pd", "spd", "definite", "posdef", "positivedefinite")
_LOWER = ("lower", "lowertriangular", "lower-triangle", "tril")
_UPPER = ("upper", "uppertriangular", "upper-triangle", "triu")
_SKEW = ("skew", "skewsymmetric", "skew-sym", "antisymmetric", "anti-symmetric")
_SIMPLEX = ("simplex", "probabilities", "probability-vector", "distribution", "stochastic")
_DIAGONAL_TOO = _set("invertible", "mask")
_ENTRIES, _TANGENT = Freedom.ENTRIES, Freedom.TANGENT

# fmt: off
_ROWS = (
    DeclaredProperty("invertible", _MATRIX, _square, Freedom.OPEN, "invertible", _set(), _set("symmetric", "diagonal", "positive", "lower-triangular", "upper-triangular", "skew-symmetric", "mask"), _REGULAR, of_functions=True),
    DeclaredProperty("symmetric", _MATRIX, _square, _ENTRIES, "symmetric", _set(), _set("invertible", "positive-definite", "diagonal", "positive", "mask"), ("sym", "symm"), of_functions=True),
    DeclaredProperty("positive-definite", _MATRIX, _square, Freedom.OPEN, "positive definite", _set("symmetric", "invertible"), _set("diagonal", "positive"), _DEFINITE, of_functions=True),
    DeclaredProperty("positive", "a scalar, or every entry of an array", lambda shape: True, Freedom.OPEN, "positive", _set(), _set("invertible", "symmetric", "positive-definite", "unit-norm", "probability", "correlation"), of_functions=True),
    DeclaredProperty("diagonal", _MATRIX, _square, _ENTRIES, "diagonal", _set("symmetric"), _set("invertible", "positive-definite", "mask"), ("diag",), of_functions=True),
    DeclaredProperty("lower-triangular", _MATRIX, _square, _ENTRIES, "lower triangular", _set(), _DIAGONAL_TOO, _LOWER),
    DeclaredProperty("upper-triangular", _MATRIX, _square, _ENTRIES, "upper triangular", _set(), _DIAGONAL_TOO, _UPPER),
    DeclaredProperty("skew-symmetric", _MATRIX, _square, _ENTRIES, "skew-symmetric", _set(), _set("invertible"), _SKEW),
    DeclaredProperty("correlation", _MATRIX, _square, _ENTRIES, "a correlation matrix", _set("positive-definite", "symmetric", "invertible"), _set("positive"), ("correlations", "correlation-matrix", "corr"), "correlation matrices"),
    DeclaredProperty("orthogonal", _MATRIX, _square, _TANGENT, "orthogonal", _set("invertible"), _set("symmetric"), ("orthonormal", "unitary", "orthog")),
    DeclaredProperty(REFLECTION, _MATRIX, _square, _TANGENT, "symmetric and orthogonal", _set("symmetric", "orthogonal", "invertible"), _set(), ("orthogonal-symmetric",)),
    DeclaredProperty("unit-norm", _VECTOR, _vector, _TANGENT, "of unit norm", _set(), _set("positive"), ("unit", "unit-length", "unit-vector", "unitnorm"), "vectors of unit norm"),
    DeclaredProperty("probability", _VECTOR, _vector, _TANGENT, "a vector of probabilities", _set("normalised"), _set("positive"), _SIMPLEX, "vectors of probabilities"),
    DeclaredProperty("mask", "a vector or a matrix", _array, Freedom.NONE, "a mask of zeros and ones", _set(), _set("symmetric", "diagonal", "lower-triangular", "upper-triangular", "invertible"), ("binary", "boolean", "bool", "zero-one")),
    DeclaredProperty("one-hot", _VECTOR, _vector, Freedom.NONE, "one-hot", _set("probability", "normalised", "mask", "unit-norm"), _set(), ("onehot", "indicator")),
    DeclaredProperty("unknown", "what an equation is solved for", lambda shape: True, Freedom.OPEN, "what an equation is solved for", _set(), _set("invertible", "symmetric", "positive-definite", "positive", "diagonal")),
)
# fmt: on
ROWS: dict[str, DeclaredProperty] = {row.name: row for row in _ROWS}
"""The rows by name. Beside them there are `whole`, which the space says, and `normalised`, which a line may assume."""
IMPLIED: dict[str, frozenset[str]] = {row.name: row.implies for row in _ROWS if row.implies}
IMPLIED["whole"] = _set("positive")
"""What a property implies."""
SPELLINGS: dict[str, str] = {spelling: row.name for row in _ROWS for spelling in row.spellings}
CHOICES: dict[str, tuple[str, str]] = {
    "triangular": ("lower-triangular", "upper-triangular"),
    "normalised": ("unit-norm", "probability"),
    "normalized": ("unit-norm", "probability"),
}
"""Words that may mean either of two properties."""
_ONES = "ones on the diagonal are written out: declare `L` lower-triangular and write `eye + L.*(matrix(1) - eye)`"
_ZEROS = "zeros on the diagonal are written out: `S.*(matrix(1) - eye)`"
WRITTEN_OUT: dict[str, str] = {
    **dict.fromkeys(("unit-diagonal", "unitriangular", "unit-lower-triangular", "unit-triangular"), _ONES),
    **dict.fromkeys(("hollow", "zero-diagonal"), _ZEROS),
    "permutation": "a permutation matrix cannot vary; as a constant it is `orthogonal`",
}
"""What others declare and is no property here, and how it is said instead."""
STRUCTURES = tuple(row.name for row in _ROWS if row.freedom in (Freedom.ENTRIES, Freedom.TANGENT))
"""The properties that leave a variable some directions to vary in, and not all."""

_DIAGONAL = "a matrix that is both is diagonal"
_ZERO = "only the zero matrix is both"
_IDENTITY = "only the identity matrix is both: write `eye`"
_SIGNS = "only diagonal matrices of the numbers 1 and -1 are both, and none of them can vary"
# fmt: off
_ONLY: dict[frozenset[str], tuple[str, str | None]] = {
    _set("lower-triangular", "upper-triangular"): (_DIAGONAL, "diagonal"),
    _set("lower-triangular", "symmetric"): (_DIAGONAL, "diagonal"),
    _set("upper-triangular", "symmetric"): (_DIAGONAL, "diagonal"),
    _set("lower-triangular", "diagonal"): ("a diagonal matrix is lower triangular as it is", "diagonal"),
    _set("upper-triangular", "diagonal"): ("a diagonal matrix is upper triangular as it is", "diagonal"),
    _set("lower-triangular", "positive-definite"): (_DIAGONAL, "diagonal, positive-definite"),
    _set("upper-triangular", "positive-definite"): (_DIAGONAL, "diagonal, positive-definite"),
    _set("skew-symmetric", "symmetric"): (_ZERO, None),
    _set("skew-symmetric", "diagonal"): (_ZERO, None),
    _set("skew-symmetric", "lower-triangular"): (_ZERO, None),
    _set("skew-symmetric", "upper-triangular"): (_ZERO, None),
    _set("skew-symmetric", "positive-definite"): ("a positive definite matrix is symmetric, and only the zero matrix is both symmetric and skew-symmetric", None),
    _set("skew-symmetric", "correlation"): ("a correlation matrix is symmetric, and only the zero matrix is both symmetric and skew-symmetric", None),
    _set("skew-symmetric", "positive"): ("the diagonal of a skew-symmetric matrix is 0", None),
    _set("skew-symmetric", "mask"): (_ZERO, None),
    _set("skew-symmetric", "orthogonal"): ("the directions that keep a matrix both are not known here; declare the one that the result needs", None),
    _set("orthogonal", "diagonal"): (_SIGNS, None),
    _set("orthogonal", "lower-triangular"): (_SIGNS, None),
    _set("orthogonal", "upper-triangular"): (_SIGNS, None),
    _set("orthogonal", "mask"): ("a matrix that is both is a permutation: it cannot vary; declare the one that the result needs, `orthogonal` for Q'*Q = eye", "orthogonal"),
    _set("orthogonal", "positive"): ("rows of positive entries are not at right angles", None),
    _set("positive-definite", "mask"): (_IDENTITY, None),
    _set("correlation", "mask"): (_IDENTITY, None),
    _set("correlation", "lower-triangular"): (_IDENTITY, None),
    _set("correlation", "upper-triangular"): (_IDENTITY, None),
    _set("lower-triangular", "positive"): ("a triangular matrix has zeros", "lower-triangular"),
    _set("upper-triangular", "positive"): ("a triangular matrix has zeros", "upper-triangular"),
    _set("orthogonal", "positive-definite"): ("only the identity matrix is both: write `eye`", None),
    _set("orthogonal", "correlation"): ("only the identity matrix is both: write `eye`", None),
    _set("correlation", "diagonal"): ("only the identity matrix is both: write `eye`", None),
    _set("probability", "mask"): ("a vector that is both is `one-hot`", "one-hot"),
    _set("probability", "unit-norm"): ("a vector that is both is `one-hot`", "one-hot"),
    _set("unit-norm", "mask"): ("a vector that is both is `one-hot`", "one-hot"),
    _set("diagonal", "positive"): ("a diagonal matrix has zeros", "diagonal, positive-definite"),
    _set("one-hot", "positive"): ("a one-hot vector has zeros", "one-hot"),
    _set("mask", "positive"): ("only an array of ones is both: write `vector(1)` or `matrix(1)`", None),
}
# fmt: on
"""Why two properties are not declared together, and what to declare instead."""


def closed(properties: frozenset[str]) -> frozenset[str]:
    """Return the properties with what they imply."""
    found = properties.union(*(IMPLIED[given] for given in IMPLIED.keys() & properties))
    return found | {REFLECTION} if {"symmetric", "orthogonal"} <= found else found


def conflict(names: Collection[str]) -> tuple[str, str, str, str | None] | None:
    """Return two properties that are not declared together, why not, and what would fit; None where all go together."""
    given = [name for name in ROWS if name in names]
    for place, first in enumerate(given):
        for second in given[place + 1 :]:
            one, other = ROWS[first], ROWS[second]
            if second in one.implies | one.beside or first in other.implies | other.beside:
                continue
            parts = [_set(a, b) for a in _parts(first) for b in _parts(second)]
            why, fit = next((_ONLY[pair] for pair in parts if pair in _ONLY), (_apart(one, other), None))
            return first, second, why, fit
    return None


def _parts(name: str) -> tuple[str, ...]:
    return (name, "orthogonal", "symmetric") if name == REFLECTION else (name,)


def _apart(one: DeclaredProperty, other: DeclaredProperty) -> str:
    """Return why two properties do not meet about which there is nothing else to say."""
    if "unknown" in (one.name, other.name):
        return "what is solved for is not restricted to it: leave one of the two out"
    return f"the one is a property of {one.of}, the other of {other.of}"


def said(name: str) -> str:
    """Return a property, declared or assumed, as it stands behind `is`."""
    return ROWS[name].said if name in ROWS else name


def all_that_are(name: str) -> str:
    """Return what all that have the property are called: `orthogonal matrices`."""
    return ROWS[name].plural or f"{ROWS[name].said} matrices"


def structure_of(properties: Collection[str]) -> str | None:
    """Return the property that says how a variable may vary; None for one that varies freely or not at all."""
    found = [name for name in STRUCTURES if name in properties]
    if not found or is_fixed(properties):
        return None
    return next(name for name in found if not any(name in IMPLIED.get(other, ()) for other in found))


def is_fixed(properties: Collection[str]) -> bool:
    """Return whether a variable with these properties cannot vary at all."""
    return any(ROWS[name].freedom is Freedom.NONE for name in properties if name in ROWS)
