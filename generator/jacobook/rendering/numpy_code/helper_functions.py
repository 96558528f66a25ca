"""Functions that printed code defines for itself, since NumPy has none for them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.traverse import walk
from jacobook.rendering.numpy_code.code_nodes import NewtonSolution


@dataclass(frozen=True, slots=True)
class Helper:
    """The source of a function, with {name} for its own name and others in braces for those it calls."""

    name: str
    source: str
    calls: tuple[str, ...] = ()
    others: Mapping[str, str] = field(default_factory=dict)
    """Sources for other libraries than NumPy, by the name of the library."""

    def source_for(self, library: str) -> str | None:
        """Return the source for a library, None where there is none."""
        return self.source if library == "numpy" else self.others.get(library)


def _renamed(source: str) -> str:
    return source.replace("np.", "jnp.")


_ROOT = """\
def {name}(matrix):
    # The iteration of Denman and Beavers (1976).
    result, inverted = matrix, np.eye(len(matrix))
    for _ in range(30):
        result, inverted = (result + np.linalg.inv(inverted)) / 2, (inverted + np.linalg.inv(result)) / 2
    return result
"""
_EIGENVECTOR = """\
def {name}(matrix):
    # The sign of an eigenvector is arbitrary: its largest entry is made positive.
    vector = np.linalg.eigh(matrix)[1][:, -1]
    return vector * np.sign(vector[np.argmax(np.abs(vector))])
"""
_EIGENVECTORS = """\
def {name}(matrix):
    # The sign of an eigenvector is arbitrary: its largest entry is made positive.
    vectors = np.linalg.eigh(matrix)[1]
    places = np.argmax(np.abs(vectors), axis=0)
    return vectors * np.sign(np.take_along_axis(vectors, places[None], axis=0))
"""
_POLAR = """\
def {name}(matrix):
    left, _, right = np.linalg.svd(matrix, full_matrices=False)
    return left @ right
"""
_LARGEST = """\
def {name}(array):
    return 1.0 * np.reshape(np.arange(np.size(array)) == np.argmax(array), np.shape(array))
"""
_LARGEST_OF_ROWS = """\
def {name}(matrix):
    return 1.0 * (np.arange(matrix.shape[1]) == np.argmax(matrix, axis=1)[:, None])
"""
_VAN_LOAN = """\
def {name}(matrix):
    # A block of the exponential of a larger matrix (Van Loan, 1978).
    size = len(matrix)
    eye, square = np.eye(size), size**2
    above = np.hstack([np.kron(eye, matrix), np.eye(square)])
    below = np.hstack([np.zeros((square, square)), np.kron(matrix.T, eye)])
    return {expm}(np.vstack([above, below]))[:square, square:]
"""

ROWS: dict[type[Node], Helper] = {
    n.MatrixExponential: Helper(
        "expm",
        """\
def {name}(matrix):
    # The exponential series of a small multiple, then squares.
    halvings = max(0, int(np.frexp(np.linalg.norm(matrix, 1))[1]) + 2)
    term = result = np.eye(len(matrix))
    for k in range(1, 16):
        term = term @ matrix / (k * 2.0**halvings)
        result = result + term
    for _ in range(halvings):
        result = result @ result
    return result
""",
    ),
    n.ExponentialJacobian: Helper(
        "jacexpm",
        _VAN_LOAN,
        ("expm",),
        others={
            "jax": _renamed(_VAN_LOAN),
            "torch": """\
def {name}(matrix):
    # A block of the exponential of a larger matrix (Van Loan, 1978).
    size = len(matrix)
    eye, square = torch.eye(size, dtype=matrix.dtype, device=matrix.device), size**2
    above = torch.hstack([torch.kron(eye, matrix.contiguous()), torch.kron(eye, eye)])
    below = torch.hstack([matrix.new_zeros((square, square)), torch.kron(matrix.T.contiguous(), eye)])
    return {expm}(torch.vstack([above, below]))[:square, square:]
""",
        },
    ),
    n.MatrixRoot: Helper(
        "sqrtm",
        _ROOT,
        others={
            "jax": _renamed(_ROOT),
            "torch": """\
def {name}(matrix):
    # The iteration of Denman and Beavers (1976).
    result, inverted = matrix, torch.eye(len(matrix), dtype=matrix.dtype, device=matrix.device)
    for _ in range(30):
        result, inverted = (result + torch.linalg.inv(inverted)) / 2, (inverted + torch.linalg.inv(result)) / 2
    return result
""",
        },
    ),
    n.MatrixLogarithm: Helper(
        "logm",
        """\
def {name}(matrix):
    # Square roots until the matrix is near the identity, then 2 artanh((X - I)(X + I)^-1) as a series.
    eye, roots = np.eye(len(matrix)), 0
    for _ in range(40):
        if np.linalg.norm(matrix - eye, 1) > 0.25:
            matrix, roots = {sqrtm}(matrix), roots + 1
    quotient = np.linalg.solve(matrix + eye, matrix - eye)
    result = sum(np.linalg.matrix_power(quotient, k) / k for k in range(1, 30, 2))
    return 2.0 ** (roots + 1) * result
""",
        ("sqrtm",),
    ),
    n.LeadingEigenvector: Helper(
        "eigvecmax",
        _EIGENVECTOR,
        others={
            "jax": _renamed(_EIGENVECTOR),
            "torch": """\
def {name}(matrix):
    # The sign of an eigenvector is arbitrary: its largest entry is made positive.
    vector = torch.linalg.eigh(matrix)[1][:, -1]
    return vector * torch.sign(torch.gather(vector, 0, torch.argmax(torch.abs(vector))[None]))
""",
        },
    ),
    n.Eigenvectors: Helper(
        "eigvecs",
        _EIGENVECTORS,
        others={
            "jax": _renamed(_EIGENVECTORS),
            "torch": """\
def {name}(matrix):
    # The sign of an eigenvector is arbitrary: its largest entry is made positive.
    vectors = torch.linalg.eigh(matrix)[1]
    return vectors * torch.sign(torch.gather(vectors, 0, torch.argmax(torch.abs(vectors), 0)[None]))
""",
        },
    ),
    n.PolarFactor: Helper(
        "polar",
        _POLAR,
        others={
            "jax": _renamed(_POLAR),
            "torch": """\
def {name}(matrix):
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    return left @ right
""",
        },
    ),
    NewtonSolution: Helper(
        "solved",
        """\
def {name}(difference, slopes, start):
    # Newton's method: of several solutions, the one that this start leads to.
    value = start
    for _ in range(100):
        change = np.linalg.solve(np.atleast_2d(slopes(value)), np.ravel(difference(value), order="F"))
        value = value - np.reshape(change, np.shape(value), order="F")
        if np.max(np.abs(change)) <= 64 * np.finfo(float).eps * max(1.0, np.max(np.abs(value))):
            return value
    raise ValueError("no solution was found from this start")
""",
    ),
    n.LargestPlaceOfRows: Helper(
        "rowismax",
        _LARGEST_OF_ROWS,
        others={
            "jax": _renamed(_LARGEST_OF_ROWS),
            "torch": """\
def {name}(matrix):
    places = torch.arange(matrix.shape[1], device=matrix.device) == torch.argmax(matrix, 1)[:, None]
    return places.to(matrix.dtype)
""",
        },
    ),
    n.LargestPlace: Helper(
        "ismax",
        _LARGEST,
        others={
            "jax": _renamed(_LARGEST),
            "torch": """\
def {name}(array):
    places = torch.arange(array.numel(), device=array.device) == torch.argmax(array)
    return places.to(array.dtype).reshape(array.shape)
""",
        },
    ),
}
"""The functions by the nodes whose values they compute."""
_FARTHER = """\
    # At x + 12 by the asymptotic series, and back by the recurrence.
    x = np.asarray(x, dtype=float)
    near, v = x[..., None] + np.arange(12.0), 1 / (x + 12)
    w = v * v
"""
OF_NUMBERS: dict[str, str] = {
    "gammafn": f"""\
def {{name}}(x):
    # As scipy.special.gamma, for a positive argument.
{_FARTHER}    tail = v * (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w / 1188))))
    logarithm = (x + 11.5) * np.log(x + 12) - (x + 12) + np.log(2 * np.pi) / 2 + tail - np.sum(np.log(near), axis=-1)
    return np.exp(logarithm)
""",
    "digamma": f"""\
def {{name}}(x):
    # As scipy.special.digamma, for a positive argument.
{_FARTHER}    tail = w * (1 / 12 - w * (1 / 120 - w * (1 / 252 - w * (1 / 240 - w * (1 / 132 - w * (691 / 32760))))))
    return np.log(x + 12) - v / 2 - tail - np.sum(1 / near, axis=-1)
""",
    "trigamma": f"""\
def {{name}}(x):
    # As scipy.special.polygamma(1, x), for a positive argument.
{_FARTHER}    tail = w * (1 / 6 - w * (1 / 30 - w * (1 / 42 - w * (1 / 30 - w * (5 / 66 - w * (691 / 2730))))))
    return np.where(x > 0, v * (1 + v / 2 + tail) + np.sum(1 / near**2, axis=-1), np.nan)
""",
    "tetragamma": f"""\
def {{name}}(x):
    # As scipy.special.polygamma(2, x), for a positive argument.
{_FARTHER}    tail = w * (1 / 2 - w * (1 / 6 - w * (1 / 6 - w * (3 / 10 - w * (5 / 6 - w * (691 / 210))))))
    return np.where(x > 0, -w * (1 + v + tail) - np.sum(2 / near**3, axis=-1), np.nan)
""",
}
"""The functions of scalars that NumPy and Python's `math` lack, by name. None of Python's own names is used here: a
variable may have it."""
KIND_OF = {row.name: kind for kind, row in ROWS.items()}


def helpers_in(roots: Iterable[Node], known: Container[type[Node]] = ()) -> list[Helper]:
    """Return the functions that the code of these expressions calls, each after those that it calls itself.

    `known` are kinds of nodes for which the library has a function.
    """
    kinds = {type(part) for root in roots for part in walk(root) if type(part) not in known}
    found: dict[str, Helper] = {}
    for kind, row in ROWS.items():
        if kind in kinds:
            called = (KIND_OF[name] for name in row.calls)
            found |= {ROWS[own].name: ROWS[own] for own in called if own not in known} | {row.name: row}
    return list(found.values())
