"""The named functions of scalars, which act on every entry of an array: one row for each.

Everything that the rooms know of such a function stands in its row: the language, the rules with their proofs, both
witnesses, LaTeX and NumPy code read their columns here. A function that has a definition by others, as silu(u) =
u·sigmoid(u), needs its name, its derivative and that definition. `lacking` says what else another function needs;
`tests/test_functions.py` asks every room.

Formulas are in the language of statements, in the variable u.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Domain:
    """Where the argument has to lie: the open interval of the numbers at which the function is differentiable."""

    lower: int
    upper: int | None
    where: str
    """As in "where the argument …"."""
    asks: str
    """As in "log asks for …"."""
    fails: str
    """As in "x …, so log x has no value"."""
    ends: bool = False
    """Whether the function has values at the ends."""

    @property
    def adjective(self) -> str:
        """Return what the argument has to be, as in "has to be …"."""
        return self.where.removeprefix("is ").removeprefix("lies ")


POSITIVE = Domain(0, None, "is positive", "a positive argument", "is not positive")
ROOT = Domain(0, None, "is positive", "an argument that is not negative", "is negative, or nearly 0,")
UNIT = Domain(-1, 1, "lies between −1 and 1", "an argument from -1 to 1", "is outside", ends=True)
OPEN_UNIT = Domain(-1, 1, "lies between −1 and 1", "an argument between -1 and 1", "is not between −1 and 1")
ABOVE_ONE = Domain(1, None, "is greater than 1", "an argument of at least 1", "is less than 1", ends=True)
ABOVE_MINUS_ONE = Domain(-1, None, "is greater than −1", "an argument greater than -1", "is not")
# Γ is continued beyond 0, where it has poles and changes its sign; log Γ is used for positive arguments.
GAMMA = Domain(0, None, "is positive", "a positive argument here", "is not positive")


@dataclass(frozen=True, slots=True)
class Pole:
    """The zeros of another function of the argument, at which the function has no value."""

    of: str
    noun: str


COSINE, SINE = Pole("cos", "cosine"), Pole("sin", "sine")


@dataclass(frozen=True, slots=True)
class ElementwiseFunction:
    """One row."""

    name: str
    derivative: str
    """Empty for the last one of a family of derivatives: it is not differentiated any further."""
    definition: str = ""
    """By simpler functions: shown to readers, and the derivative is proved by it. A function without one needs a proof
    of its own in calculus/proofs/function_derivatives.py."""
    value: str = ""
    """By other functions, for computing only: where it has neither a definition nor a function of a library."""
    numpy: str = ""
    """The function of NumPy, if that continues it analytically or the function has a kink."""
    python: str = ""
    """The function of Python's `math`, where NumPy has none: printed code vectorises it."""
    helped: bool = False
    """Whether printed NumPy code defines the function itself (rendering/numpy_code/helper_functions.py)."""
    code: str = ""
    """NumPy code that is exact far out: {0} the argument, {1} its negative."""
    sympy: str = ""
    tex: bool = False
    """Whether TeX has a command of this name; another name is set with \\operatorname."""
    latex: str = ""
    """What stands before the argument where that is another name, as in ψ(x)."""
    domain: Domain | None = None
    pole: Pole | None = None
    kink: str = ""
    """What to say of the points at which the derivative does not exist: 0 for all of them."""
    positive: bool = False
    """Whether every value is positive."""
    periodic: bool = False
    """Whether the values repeat, so that the rounding of a large argument changes them much."""
    of_matrix: str = ""
    """What the same name means for a square matrix as a whole, for the remark that here it acts entry by entry."""
    synonyms: tuple[str, ...] = ()
    """What other notations call it."""
    called: str = ""
    """What a sentence calls it, where its name here is no word of mathematics."""

    @property
    def slug(self) -> str:
        """Return the permanent name of the rule."""
        return f"derivative-of-{self.name}"

    @property
    def noun(self) -> str:
        """Return the function as it is called in prose, as in "Derivative of …"."""
        return self.called or self.name

    @property
    def formula(self) -> str:
        """Return the function by others, empty where there is no such formula."""
        return self.definition or self.value

    @property
    def written(self) -> str:
        """Return the NumPy code, empty where it is that of the definition or a function of Python's made for arrays."""
        return self.code or (f"np.{self.numpy}({{0}})" if self.numpy else "")

    @property
    def has_code(self) -> bool:
        """Return whether the function can be called in code."""
        return bool(self.written or self.python or self.helped)

    @property
    def applies(self) -> str:
        """Return where the rule applies, as half a sentence; empty for everywhere."""
        if self.domain is not None:
            return f"where the argument {self.domain.where}"
        if self.pole is not None:
            return f"where the {self.pole.noun} is not zero"
        return f"everywhere but at {self.kink}" if self.kink else ""


_Row = ElementwiseFunction
_CORNER, _JUMP = "0, where {} has a corner", "0, where the {} jumps"

# fmt: off
# ruff: noqa: E501
ELEMENTWISE: dict[str, ElementwiseFunction] = {row.name: row for row in (
    _Row("exp", "exp(u)", numpy="exp", sympy="exp", tex=True, positive=True, of_matrix="the matrix exponential"),
    _Row("log", "1/u", numpy="log", sympy="log", tex=True, domain=POSITIVE, of_matrix="the logarithm of a matrix", synonyms=("ln",)),
    _Row("sin", "cos(u)", numpy="sin", sympy="sin", tex=True, periodic=True, of_matrix="the sin of a matrix as a whole"),
    _Row("cos", "-sin(u)", numpy="cos", sympy="cos", tex=True, periodic=True, of_matrix="the cos of a matrix as a whole"),
    _Row("tan", "1 + tan(u)^2", "sin(u)/cos(u)", numpy="tan", sympy="tan", tex=True, pole=COSINE, periodic=True, of_matrix="the tan of a matrix as a whole"),
    _Row("arcsin", "1/sqrt(1 - u^2)", numpy="arcsin", sympy="asin", tex=True, domain=UNIT, synonyms=("asin",)),
    _Row("arccos", "-(1/sqrt(1 - u^2))", numpy="arccos", sympy="acos", tex=True, domain=UNIT, synonyms=("acos",)),
    _Row("arctan", "1/(1 + u^2)", numpy="arctan", sympy="atan", tex=True, synonyms=("atan",)),
    _Row("sinh", "cosh(u)", "0.5*(exp(u) - exp(-u))", numpy="sinh", sympy="sinh", tex=True, of_matrix="the sinh of a matrix as a whole"),
    _Row("cosh", "sinh(u)", "0.5*(exp(u) + exp(-u))", numpy="cosh", sympy="cosh", tex=True, positive=True, of_matrix="the cosh of a matrix as a whole"),
    _Row("tanh", "1 - tanh(u)^2", "sinh(u)/cosh(u)", numpy="tanh", sympy="tanh", tex=True, of_matrix="the tanh of a matrix as a whole"),
    _Row("arcsinh", "1/sqrt(1 + u^2)", numpy="arcsinh", sympy="asinh", synonyms=("asinh", "arsinh")),
    _Row("arccosh", "1/sqrt(u^2 - 1)", value="log(u + sqrt(u^2 - 1))", numpy="arccosh", domain=ABOVE_ONE, synonyms=("acosh", "arcosh")),
    _Row("arctanh", "1/(1 - u^2)", numpy="arctanh", sympy="atanh", domain=OPEN_UNIT, synonyms=("atanh", "artanh")),
    _Row("sqrt", "1/(2*sqrt(u))", "u^(1/2)", numpy="sqrt", sympy="sqrt", domain=ROOT, of_matrix="the square root of a matrix", called="the square root"),
    _Row("abs", "sign(u)", numpy="abs", sympy="Abs", kink=_CORNER.format("|u|"), called="the absolute value"),
    _Row("sign", "0", numpy="sign", sympy="sign", kink=_JUMP.format("sign"), of_matrix="the sign of a matrix", synonyms=("sgn",), called="the sign function"),
    _Row("relu", "step(u)", value="u*step(u)", code="np.maximum({0}, 0.0)", kink=_CORNER.format("relu"), synonyms=("rectifier", "ReLU"), called="ReLU"),
    # The code of these two is exact far out, where 1/(1 + exp(-x)) and log(1 + exp(x)) overflow or lose all digits.
    _Row("sigmoid", "sigmoid(u)*(1 - sigmoid(u))", "1/(1 + exp(-u))", code="np.exp(-np.logaddexp(0.0, {1}))", positive=True, synonyms=("logistic", "expit")),
    _Row("softplus", "sigmoid(u)", "log(1 + exp(u))", code="np.logaddexp(0.0, {0})", positive=True),
    # The derivative of relu: 1 for a positive number, 0 for a negative one, and 0 at 0 by convention.
    _Row("step", "0", value="(1 + sign(u))/2", code="np.heaviside({0}, 0.0)", kink=_JUMP.format("step"), synonyms=("heaviside",), called="the step function"),
    # 4 arctan(1) is π; the printers write π.
    _Row("erf", "2*exp(-u^2)/sqrt(4*arctan(1))", python="erf", sympy="erf", called="the error function"),
    _Row("erfc", "-(2*exp(-u^2)/sqrt(4*arctan(1)))", "1 - erf(u)", python="erfc", positive=True, called="the complementary error function"),
    # The distribution function of the normal distribution, and its density.
    _Row("normcdf", "normpdf(u)", "erfc(-u/sqrt(2))/2", positive=True, synonyms=("pnorm", "ndtr"), called="the normal distribution function"),
    _Row("normpdf", "-u*normpdf(u)", "exp(-u^2/2)/sqrt(8*arctan(1))", positive=True, synonyms=("dnorm",), called="the normal density"),
    _Row("log1p", "1/(1 + u)", "log(1 + u)", numpy="log1p", domain=ABOVE_MINUS_ONE, called="log(1 + u)"),
    _Row("expm1", "exp(u)", "exp(u) - 1", numpy="expm1", called="exp(u) − 1"),
    # Γ and the derivatives of log Γ. `gamma(x)` is the first of them where no variable is called gamma.
    _Row("lgamma", "digamma(u)", python="lgamma", sympy="loggamma", latex=r"\log\Gamma", domain=GAMMA, synonyms=("gammaln", "loggamma", "lngamma", "logGamma", "logabsgamma"), called="the log-gamma function"),
    _Row("gammafn", "gammafn(u)*digamma(u)", "exp(lgamma(u))", helped=True, latex=r"\Gamma", domain=GAMMA, positive=True, synonyms=("gamma", "Gamma", "tgamma"), called="the gamma function"),
    _Row("digamma", "trigamma(u)", helped=True, latex=r"\psi", domain=GAMMA, synonyms=("psi", "polygamma0"), called="the digamma function"),
    _Row("trigamma", "tetragamma(u)", helped=True, latex=r"\psi_1", domain=GAMMA, positive=True, synonyms=("polygamma1",), called="the trigamma function"),
    _Row("tetragamma", "", helped=True, latex=r"\psi_2", domain=GAMMA, synonyms=("polygamma2",), called="the tetragamma function"),
    _Row("gelu", "(1 + erf(u/sqrt(2)))/2 + u*exp(-u^2/2)/sqrt(8*arctan(1))", "u*(1 + erf(u/sqrt(2)))/2", synonyms=("GELU",), called="GELU"),
    _Row("silu", "sigmoid(u)*(1 + u*(1 - sigmoid(u)))", "u*sigmoid(u)", synonyms=("SiLU", "swish"), called="SiLU"),
    # The slope on the negative side is 0.01, PyTorch's default; as there, the derivative at 0 is taken to be that slope.
    _Row("leakyrelu", "1/100 + 99/100*step(u)", "u/100 + 99/100*relu(u)", kink=_CORNER.format("leakyrelu"), synonyms=("leaky_relu", "LeakyReLU"), called="the leaky ReLU"),
    _Row("sec", "sec(u)*tan(u)", "1/cos(u)", tex=True, pole=COSINE, periodic=True, synonyms=("secant",)),
    _Row("csc", "-(csc(u)*cot(u))", "1/sin(u)", tex=True, pole=SINE, periodic=True, synonyms=("cosec",)),
    _Row("cot", "-(1 + cot(u)^2)", "cos(u)/sin(u)", tex=True, pole=SINE, periodic=True),
)}
# fmt: on
