"""The public interface from Python: `derive` and `check` join the rooms, loading each only when it is needed."""

from __future__ import annotations

import difflib
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from jacobook.algebra.messages import JacobookError
from jacobook.terminal import json_line

if TYPE_CHECKING:
    from jacobook.algebra.nodes import Node
    from jacobook.algebra.question import Link, Remark
    from jacobook.calculus.derivation import Derivation
    from jacobook.rendering.json_output import Identifier
    from jacobook.verification.answers.verdicts import Verdict
    from jacobook.verification.code_answers import CodeVerdict

Layout = Literal["jacobian", "denominator"]
Route = Literal["matrix", "component"]
Format = Literal["text", "latex", "markdown", "json", "python", "numpy", "torch", "jax", "julia"]
Language = Literal["numpy", "torch", "jax", "julia"]
Form = Literal["jacobian", "gradient", "vjp", "jvp"]
Kind = Literal["function", "operation"]
LAYOUTS: tuple[str, ...] = get_args(Layout)
ROUTES: tuple[str, ...] = get_args(Route)
FORMATS: tuple[str, ...] = get_args(Format)
LANGUAGES: tuple[str, ...] = get_args(Language)
FORMS: tuple[str, ...] = get_args(Form)
KINDS: tuple[str, ...] = get_args(Kind)
ORDERS = (1, 2, 3)
Shape = tuple[str, str] | tuple[tuple[str, ...], tuple[str, ...]]
"""Rows and columns, `("1", "N")`; beyond two indices those of function and variable, `(("M", "N"), ("P", "Q"))`."""


class OptionError(JacobookError, ValueError):
    """An argument that is none of those that fit; the message names them."""


@dataclass(frozen=True, slots=True)
class Partial:
    """The partial derivative of one line of a chain with respect to one of its variables, in the Jacobian layout."""

    of: str
    wrt: str
    shape: Shape
    latex: str
    text: str
    """The derivative in the language of statements."""
    total: bool
    """Whether it is the whole derivative, because `of` depends on `wrt` along this line only."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a derivation: an equation and why it holds."""

    claim: str
    """What is claimed to be equal: `value`, `differential`, `partial` or `total`."""
    rule: str
    """The slug of the rule, as `jacobook rules` lists it."""
    reason: str
    latex: str
    text: str
    """The equation in the language of statements."""


@dataclass(frozen=True, slots=True)
class Backward:
    """The derivative of F with respect to X, one of which is a matrix, as a rule that passes a gradient on.

    L is a scalar that depends on F.
    """

    upstream: str
    """The name of ∂L/∂F, which has the shape of F."""
    shape: Shape
    latex: str
    text: str
    """∂L/∂X in the language of statements: in the shape of X, and a row for a vector."""
    differential: str | None
    """dF in terms of dX; None for a chain that is followed link by link."""
    definitions: dict[str, str]
    """What the names stand for that were not declared."""


@dataclass(frozen=True, slots=True)
class Higher:
    """A second or third derivative beyond two indices as a form: dᵏf[H, …, H], with H in the shape of the variable."""

    order: int
    direction: str
    """The name of H."""
    latex: str
    text: str


@dataclass(frozen=True)
class Worked:
    r"""A worked derivative with its evidence; a notebook shows the whole derivation.

    >>> from jacobook import derive
    >>> worked = derive("f = exp(z)", "z = x'*x", given="x in R^N", layout="denominator")
    >>> worked.function
    "f = exp(z)\nz = x'*x"
    >>> worked.result, worked.shape, worked.passed
    ("2*exp(x'*x)*x", ('N', '1'), True)
    """

    derivation: Derivation
    """The tree of claims from which everything else is written."""
    evidence: dict[str, Any] | None
    """What was checked, None if verification was left out."""
    seconds: float
    """Parsing and deriving with all steps, without verification."""
    layout: Layout = "jacobian"
    route: Route = "matrix"
    before: Worked | None = None
    """For a second or a third derivative, the one before, which is the function of this one (a row as a column)."""
    form: Form = "jacobian"
    """What was asked for."""

    @property
    def verdict(self) -> str:
        """Return `checked`, `unchecked` (it could not be checked, or was not to be) or `failed`.

        `evidence["why"]` says why it could not be checked.
        """
        own = "unchecked" if self.evidence is None else str(self.evidence["verdict"])
        found = {own} if self.before is None else {own, self.before.verdict}
        return next(verdict for verdict in ("failed", "unchecked", "checked") if verdict in found)

    @property
    def passed(self) -> bool:
        """Return whether everything was checked and nothing failed; see `verdict`."""
        return self.verdict == "checked"

    @property
    def function(self) -> str:
        """Return what is differentiated, in the language of statements: an expression, or the lines of a chain."""
        from jacobook.language.printer import text

        first = self._orders()[0]
        with _beside_names(first.derivation):
            lines = [(link.symbol.name, text(link.expression)) for link in first.derivation.statement.links]
        return lines[0][1] if len(lines) == 1 else "\n".join(f"{name} = {line}" for name, line in lines)

    @property
    def result(self) -> str:
        """Return the derivative in the chosen layout and in the language of statements: it reads back.

        Where it would be long otherwise it is in names; see `definitions`.
        """
        from jacobook.language.printer import text

        with _beside_names(self.derivation):
            return text(self._value)

    @property
    def latex(self) -> str:
        r"""Return the derivative as a LaTeX formula, without dollars: `2\boldsymbol{x}^{\top}`."""
        from jacobook.rendering.latex.formulas import latex

        return latex(self._value)

    @property
    def _value(self) -> Node:
        """Return what was asked for: the derivative in its layout, or what is passed on."""
        from jacobook.rendering.shape_words import result

        derivation = self.derivation
        if derivation.passed_on and derivation.forward is not None:
            return derivation.forward.value
        if derivation.passed_on and derivation.backward is not None:
            return derivation.backward.value
        return result(derivation, self.layout)[1]

    @property
    def python(self) -> str:
        """Return the source of `def derivative(...)`, a function of all declared variables, with NumPy as `np`.

        Vectors are arrays with one index, and the derivative has the shape of the function, then of the variable.
        """
        from jacobook.rendering.numpy_code.function_source import numpy_source

        return numpy_source(self.derivation)

    def code(
        self,
        language: Language = "numpy",
        form: Form | None = None,
        *,
        kind: Kind = "function",
        batched: bool = False,
    ) -> str:
        r"""Return the source of a module for NumPy, PyTorch, JAX or Julia, imports included.

        The `form` is `jacobian` (the function is called derivative), `gradient` (the same for a scalar function),
        `vjp` (the gradient of any scalar L with respect to the variable, from that with respect to the function) or
        `jvp` (the change of the function for a change of the variable); by default that which was derived. A vjp and a
        jvp go along the chain link by link. The kind `operation` is the function with its own backward pass, for
        torch.autograd or jax.grad. `batched` adds a function of a leading axis.

        >>> from jacobook import derive
        >>> worked = derive("X*W", given="X in R^(M x N), W in R^(N x P)", wrt="W")
        >>> worked.code("torch", "vjp").splitlines()[-1]
        '    return X.T @ G'

        Raises OptionError for an argument that does not fit, and CodeFormError for what there is not.
        """
        if self.before is not None:
            raise OptionError("code in these forms is for the first derivative; `python` is that of a higher one")
        form = self.form if form is None else form
        _check_option("language", language, LANGUAGES)
        _check_option("form", form, FORMS)
        _check_option("kind", kind, KINDS)
        _check_truth("batched", batched)
        from jacobook.rendering.numpy_code.derivative_forms import code_source

        return code_source(self.derivation, language, form, kind, batched)

    @property
    def shape(self) -> Shape:
        """Return the shape of the derivative in the chosen layout; of a scalar by a scalar it is `("1", "1")`."""
        from jacobook.rendering.shape_words import jacobian_shape_lists, result

        statement = self.derivation.statement
        if self.derivation.passed_on:
            return str(self._value.shape.rows), str(self._value.shape.columns)
        if self.layout == "denominator" and self.derivation.denominator:
            shape = result(self.derivation, self.layout)[1].shape
            return str(shape.rows), str(shape.columns)
        return _shape(jacobian_shape_lists(statement.function.shape, statement.wrt.shape))

    @property
    def definitions(self) -> dict[str, str]:
        """Return what the names in the result stand for that were not declared, each in those before it.

        What solves an equation stands in its own definition, too: `{"X": "A'*X*A + Q"}`.
        """
        from jacobook.algebra.nodes import Solution
        from jacobook.algebra.solutions import solved_form
        from jacobook.language.printer import text

        with _beside_names(self.derivation):
            return {
                link.symbol.name: text(solved_form(link) if isinstance(link.expression, Solution) else link.expression)
                for link in self._kept
            }

    @property
    def _kept(self) -> tuple[Link, ...]:
        derivation = self.derivation
        if not derivation.passed_on:
            return derivation.kept
        form = derivation.forward or derivation.backward
        return form.kept if form is not None else ()

    @property
    def backward(self) -> Backward | None:
        """Return the derivative beyond two indices without Kronecker products, None where it has at most two.

        >>> from jacobook import derive
        >>> derive("A*X", given="A in R^(M x N), X in R^(N x P)", wrt="X").backward.text
        "A'*G"
        """
        from jacobook.rendering.json_output import backward_json

        with _beside_names(self.derivation):
            found = backward_json(self.derivation)
        if found is None:
            return None
        names = {link["name"]: link["text"] for link in found["definitions"]}
        return Backward(**{**found, "shape": _shape(found["shape"]), "definitions": names})

    @property
    def higher(self) -> Higher | None:
        """Return a second or third derivative beyond two indices as a form, None for any other derivative.

        >>> from jacobook import derive
        >>> derive("logdet(X)", given="X in R^(N x N) invertible", order=2).higher.text
        '-tr(inv(X)*H*inv(X)*H)'
        """
        from jacobook.rendering.json_output import higher_json

        found = self.derivation.higher
        with _beside_names(self.derivation):
            return None if found is None else Higher(**higher_json(found))

    @property
    def partials(self) -> tuple[Partial, ...]:
        """Return the partial derivatives of the chain, one for each line and variable on the way."""
        from jacobook.rendering.json_output import partial_json

        with _beside_names(self.derivation):
            found = [partial_json(partial) for partial in self.derivation.partials]
        return tuple(Partial(**{**partial, "shape": _shape(partial["shape"])}) for partial in found)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return every line of the derivation, in both layouts and with what follows from the result."""
        from jacobook.rendering.json_output import step_json

        with _beside_names(self.derivation):
            return tuple(Step(**step_json(claim)) for claim in self.derivation.claims())

    @property
    def notes(self) -> list[str]:
        """Return what should be known before the result: what in the statement is read in a way that may surprise."""
        first = self._orders()[0]
        return _notes(first.derivation.statement.remarks)

    def report(self, format: Format = "text", *, kind: Kind = "function", batched: bool = False) -> str:
        """Return the whole derivation as plain text, as Markdown or as the body of a LaTeX document.

        With the format `python`, the source of `python` below the notes; with that of a library that of `code`,
        of that kind; with `json`, `as_json()` on one line. Raises as `code` does, and OptionError for another format,
        and for a `kind` or `batched` beside one that is no code of a library.
        """
        _check_option("format", format, FORMATS)
        if format not in LANGUAGES and (kind, batched) != ("function", False):
            option = f"kind={kind!r}" if kind != "function" else f"batched={batched!r}"
            raise OptionError(f"{option}: this is for the formats {', '.join(map(repr, LANGUAGES))}")
        if format == "json":
            return json_line(self.as_json())
        notes = "".join(f"# {note}\n" for note in self.notes)
        if format == "python":
            return notes + (self.python if self.form == "jacobian" else self.code("numpy"))
        if format in LANGUAGES:
            return notes + self.code(cast("Language", format), kind=kind, batched=batched)
        from jacobook.rendering.outline import title_of_order
        from jacobook.rendering.report import report_latex, report_markdown, report_text

        title = title_of_order(len(self._orders()))
        write, heading = {
            "text": (report_text, title),
            "markdown": (report_markdown, f"## {title}"),
            "latex": (report_latex, f"\\section*{{{title}}}"),
        }[format]
        with _beside_names(self.derivation):
            own = write(self.derivation, self.evidence, self.layout, self.route)
        return f"{self.before.report(format)}\n{heading}\n\n{own}" if self.before else own

    def as_json(self, identifier: Identifier = None, notes: Sequence[str] = ()) -> dict[str, Any]:
        """Return the object of the JSON format, as plain data; `notes` go before those of the statement."""
        from jacobook.rendering.json_output import derivation_json

        said = [*notes, *self.notes]
        with _beside_names(self.derivation):
            return derivation_json(self.derivation, self.evidence, self.seconds, identifier, self.layout, said)

    def _repr_html_(self) -> str | None:
        from jacobook.notes.shown_derivations import shown_as_html

        return shown_as_html(*self._derivations(), self.layout, self.route)

    def _repr_markdown_(self) -> str:
        from jacobook.notes.shown_derivations import shown_as_markdown

        return shown_as_markdown(*self._derivations(), self.layout, self.route)

    def _derivations(self) -> tuple[list[Derivation], list[dict[str, Any] | None]]:
        """Return the derivations of the derivatives of all orders up to this one, with their evidence."""
        found = self._orders()
        return [one.derivation for one in found], [one.evidence for one in found]

    def _orders(self) -> list[Worked]:
        """Return the derivatives of the first order, the second, …, this one."""
        return [self] if self.before is None else [*self.before._orders(), self]

    def __repr__(self) -> str:
        return self.report()


def derive(
    *expressions: str | Sequence[str],
    given: Sequence[str] | str,
    wrt: str | None = None,
    layout: Layout = "jacobian",
    route: Route = "matrix",
    order: int = 1,
    form: Form = "jacobian",
    verify: bool = True,
) -> Worked:
    """Return the worked derivative of the function (or of the first function of a chain) with respect to `wrt`.

    >>> from jacobook import derive
    >>> derive("x'*A*x", given=["x in R^N", "A in R^(N x N)"], wrt="x").result
    "x'*(A + A')"

    The lines of a chain are several arguments, or one list. `given` holds declarations such as `"x, mu in R^D"`. `wrt`
    may be left out where there is one candidate.

    The derivative of f: R^N → R^M has the shape M×N in the `jacobian` layout, so that a gradient is a row, and N×M in
    the `denominator` layout; a scalar by a matrix has the shape of the matrix in both. The `matrix` route works with
    differentials of whole matrices, the `component` route entry by entry. With `order` 2 it is the second derivative,
    the Hessian of a scalar function of a vector; beyond two indices `higher` is that as a form. With `order` 3 it is
    the third. Without `verify`, nothing is checked.

    The `form` is `jacobian`; `gradient`, of a scalar function in the shape of the variable; `vjp`, the gradient of any
    scalar L from ∂L/∂f; or `jvp`, the change of f for a change of the variable.

    Raises LanguageError for input that cannot be read, Refusal where no rule covers the derivative, NoGradientError for
    the gradient of what is no scalar, and OptionError for an argument that does not fit; JacobookError is all of these.
    """
    for option, value, fitting in (("layout", layout, LAYOUTS), ("route", route, ROUTES), ("order", order, ORDERS)):
        _check_option(option, value, fitting)
    _check_option("form", form, FORMS)
    if form != "jacobian" and order != 1:
        raise OptionError(f"form={form!r} is for the first derivative: leave order out")
    _check_truth("verify", verify)
    texts, declarations = _texts("expression", expressions), _texts("declaration", [given])
    _check_name("wrt", wrt)
    from jacobook.calculus.higher_derivatives import derive_to_order
    from jacobook.calculus.passed_on import check_scalar, with_backward, with_tangent
    from jacobook.language import parse_statement

    start = time.perf_counter()
    statement = parse_statement(declarations, texts, wrt)
    *lower, derivation = derive_to_order(statement, order, route, both=False)
    if form == "gradient":
        check_scalar(derivation)
        layout = "denominator"
    elif form != "jacobian":
        derivation = with_backward(derivation) if form == "vjp" else with_tangent(derivation)
    seconds = time.perf_counter() - start
    before = None
    for one in lower:
        before = Worked(one, _evidence(one, verify), seconds, layout, route, before)
    return Worked(derivation, _evidence(derivation, verify), seconds, layout, route, before, form)


def _beside_names(derivation: Derivation) -> AbstractContextManager[None]:
    """Return the context in which the parts of a derivation are printed: they read back beside its variables."""
    from jacobook.language.printer import printing_beside

    return printing_beside(derivation.statement.names)


def _shape(lists: Sequence[Any]) -> Shape:
    """Return a shape of lists as one of tuples."""
    rows, columns = lists
    return (rows, columns) if isinstance(rows, str) else (tuple(rows), tuple(columns))


def _notes(remarks: Iterable[Remark]) -> list[str]:
    from jacobook.rendering.remark_words import remarks_text

    return remarks_text(remarks)


def _check_option(option: str, value: object, fitting: Sequence[object]) -> None:
    """Raise OptionError, which names what fits, unless the value is one of those."""
    if value not in fitting or type(value) is not type(fitting[0]):
        texts = [one for one in fitting if isinstance(one, str)]
        near = difflib.get_close_matches(value, texts, n=1) if isinstance(value, str) else []
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise OptionError(f"{option}={value!r}: the {option} is {' or '.join(map(repr, fitting))}{hint}")


def _check_truth(option: str, value: object) -> None:
    if not isinstance(value, bool):
        raise OptionError(f"{option}={value!r}: this is True or False")


def _place_of_code(code: object) -> tuple[str, str]:
    """Return the file and the function that a place names. Raises OptionError."""
    name, _, function = code.rpartition(":") if isinstance(code, str) else ("", "", "")
    if not name or not all(part.isidentifier() for part in function.split(".")):
        raise OptionError(f"code={code!r}: this is a file and a function in it, such as kernel.py:backward")
    return name, function


def _check_name(option: str, value: object) -> None:
    if not isinstance(value, str | None):
        raise OptionError(f"{option}={value!r}: this is the name of one variable, such as 'x'")


def _texts(what: str, given: Sequence[object]) -> list[str]:
    """Return texts, given one by one or in lists, as one list. Raises OptionError for anything else."""
    found: list[str] = []
    for one in given:
        whole = isinstance(one, str | bytes | Mapping)
        several = list(one) if isinstance(one, Iterable) and not whole else [one]
        for text in several:
            if not isinstance(text, str):
                raise OptionError(f"{text!r} is no {what}: a text was expected, or a list of texts")
            found.append(text)
    return found


def _evidence(derivation: Derivation, verify: bool) -> dict[str, Any] | None:
    if not verify:
        return None
    from jacobook.verification import verify as verify_derivation

    return verify_derivation(derivation).as_dict()


@dataclass(frozen=True, repr=False)
class Checked:
    """What there is to say about a reader's answer: true where that is right, and shown as a sentence."""

    judgement: Verdict
    notes: tuple[str, ...] = ()
    """What should be known first: what in the statement or in the answer is read in a way that may surprise."""

    def __bool__(self) -> bool:
        """Return whether the answer is right, so that `assert check(…)` fails where it is not."""
        return self.right

    @property
    def verdict(self) -> str:
        """Return `right`, `other-layout`, `stacked-by-rows`, `symmetric-directions`, `transpose`, `factor`, …."""
        return self.judgement.slug

    @property
    def right(self) -> bool:
        """Return whether the answer is right, in whichever layout."""
        return self.judgement.right

    @property
    def sentence(self) -> str:
        """Return the verdict in words."""
        from jacobook.rendering.verdict_words import verdict_sentence

        return verdict_sentence(self.judgement)

    def as_json(self) -> dict[str, Any]:
        """Return the object of the JSON format, as plain data."""
        from jacobook.rendering.verdict_words import verdict_json

        return verdict_json(self.judgement, self.notes)

    def __repr__(self) -> str:
        return "\n".join([*(f"Note: {note}" for note in self.notes), self.sentence])


def check(
    *expressions: str | Sequence[str],
    given: Sequence[str] | str,
    wrt: str | None = None,
    answer: str,
    order: int = 1,
) -> Checked:
    """Return how a reader's answer compares with the derivative of the function with respect to `wrt`.

    With `order` 2 or 3 it is compared with the second or third derivative, such as the Hessian; beyond two indices with
    that of stacked entries or, where the answer names a direction H that is not declared, with d²f[H, H].
    The answer is an expression in the declared variables and the names of the chain. What is returned is true where
    the answer is right, in whichever layout: `assert check(…)` is a test.

    >>> from jacobook import check
    >>> assert check("x'*x", given="x in R^N", answer="2*x'")
    >>> check("x'*x", given="x in R^N", answer="x'")
    Nearly: your answer is off by the factor 1/2; it is 1/2 times the derivative (equal as expressions).

    Raises LanguageError for input that cannot be read, Refusal where no rule covers the derivative, OptionError for an
    argument that does not fit, and UnsoundError if the derivative fails its own check; JacobookError is all of these.
    """
    _check_option("order", order, ORDERS)
    texts, declarations = _texts("expression", expressions), _texts("declaration", [given])
    _check_name("wrt", wrt)
    if not isinstance(answer, str):
        raise OptionError(f"answer={answer!r}: the answer is one expression, as a text")
    from jacobook.calculus.higher_derivatives import derive_to_order
    from jacobook.language import parse_statement
    from jacobook.language.remarks import remarks_on_answer
    from jacobook.verification.answers.judge import judge

    statement = parse_statement(declarations, texts, wrt)
    derivation = derive_to_order(statement, order, both=False)[-1]
    judgement = judge(derivation, answer)
    said = dict.fromkeys((*remarks_on_answer(statement, judgement.answer), *judgement.remarks))
    above = [] if order == 1 else [_about_order(derivation, order)]
    return Checked(judgement, (*above, *_notes(said)))


@dataclass(frozen=True, repr=False)
class CheckedCode:
    """What there is to say about a reader's function: true where that is right, and shown as a sentence."""

    judgement: CodeVerdict

    def __bool__(self) -> bool:
        """Return whether the function is right."""
        return self.judgement.right

    @property
    def verdict(self) -> str:
        """Return `right`, `transpose`, `factor`, `term`, `entries`, `shape`, …."""
        return self.judgement.slug

    def as_json(self) -> dict[str, Any]:
        """Return the object of the JSON format, as plain data."""
        from jacobook.rendering.code_verdict_words import code_verdict_json

        return code_verdict_json(self.judgement)

    def __repr__(self) -> str:
        from jacobook.rendering.code_verdict_words import code_verdict_sentence

        return code_verdict_sentence(self.judgement)


def check_file(
    *expressions: str | Sequence[str],
    given: Sequence[str] | str,
    wrt: str | None = None,
    code: str,
    form: Form = "jacobian",
    seconds: float = 60.0,
) -> CheckedCode:
    """Return how a function of a file, `code="kernel.py:backward"`, compares with the derivative at points of ours.

    The file is executed, in a process of its own, for at most so many seconds. It is for NumPy, PyTorch or JAX, by what
    it imports. The function's arguments are the declared variables, by name; for a vjp the upstream gradient too.

    Raises ReaderCodeError where the function cannot be run, and otherwise as `check`.
    """
    _check_option("form", form, FORMS)
    texts, declarations = _texts("expression", expressions), _texts("declaration", [given])
    _check_name("wrt", wrt)
    name, function = _place_of_code(code)
    from jacobook.calculus.derive import derive as derive_statement
    from jacobook.language import parse_statement
    from jacobook.verification.code_answers import judge_code

    derivation = derive_statement(parse_statement(declarations, texts, wrt), both=False)
    return CheckedCode(judge_code(derivation, Path(name).absolute(), function, form, seconds))


def _about_order(derivation: Derivation, order: int) -> str:
    """Return what an answer of a higher order is compared with."""
    from jacobook.calculus.higher_derivatives import ORDINALS

    statement = derivation.statement
    of, wrt = statement.function, statement.wrt
    hessian = order == 2 and of.shape.is_vector and wrt.shape.is_vector
    first = "gradient" if hessian else f"{ORDINALS[order - 1]} derivative"
    what = "Hessian" if hessian else f"{ORDINALS[order]} derivative"
    derivative = f"the derivative of the {first} {of.name} with respect to {wrt.name}"
    return f"The answer is compared with the {what}: {derivative}."
