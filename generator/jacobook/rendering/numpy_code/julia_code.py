"""Derivatives as Julia code: rows and vectors are arrays of one axis, indices begin at 1, arrays lie by columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import chain

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.parentheses import factors, rows_of, terms, with_pi, without_minus
from jacobook.algebra.exponents import plain_exponent
from jacobook.algebra.nodes import Node, Position
from jacobook.algebra.shapes import Dimension, Shape
from jacobook.algebra.traverse import walk
from jacobook.rendering.numpy_code.array_expressions import Binding, Code, CodeWriter
from jacobook.rendering.numpy_code.code_nodes import Hypotenuse, LogAddExp, LogDeterminantOfDefinite
from jacobook.rendering.numpy_code.dialects import CodeFormError, Dialect

_CALLED = {"lgamma": "loggamma", "gammafn": "gamma"}
SPECIAL = {
    **{name: f"{_CALLED.get(name, name)}{{dot}}({{0}})" for name in ("erf", "erfc", "lgamma", "gammafn", "digamma")},
    "trigamma": "trigamma{dot}({0})",
    "tetragamma": "polygamma{dot}(2, {0})",
}
"""What the package SpecialFunctions has, which is not in Julia's standard library."""
JULIA = Dialect(
    name="julia",
    title="Julia",
    prefix="",
    imports=("using LinearAlgebra",),
    array="an array",
    number="a number",
    transposed="'",
    whole_quotient="div({0}, {1})",
    calls={
        "pi": "pi",
        "eye": "Matrix(1.0I, {0}, {0})",
        "unit": "Matrix(1.0I, {0}, {0})[:, {1}]",
        "zeros": "zeros({0})",
        "ones": "ones({0})",
        "full": "fill({1}, {0})",
        "no-axes": "0.0",
        "number": "{0}",
        "choice": "ifelse.({0}, {1}, {2})",
        "greater": "{0} .> {1}",
        "less": "{0} .< {1}",
        "tril": "tril({0})",
        "triu": "triu({0})",
        "joined": "vcat({0})",
        "one-entry": "{0}",
        "one-by-one": "fill({0}, 1, 1)",
        "as-column": "reshape({0}, :, 1)",
        "as-row": "{0}'",
        "block-row": "hcat({0})",
        "block-rows": "vcat({0})",
        "kron": "kron({0}, {1})",
        "khatrirao": "reduce(hcat, [kron({0}[:, column], {1}[:, column]) for column in 1:size({0}, 2)])",
        "norm": "norm({0})",
        "length-or-one": "ifelse({0} == 0, 1.0, {0})",
        "by-columns": "reshape({0}, {1})",
        "vech": "[{0}[i, j] for j in 1:{1} for i in j:{1}]",
        "duplication": (
            "Matrix(1.0I, {1}, {1})[[div((min(i, j) - 1) * (2 * {0} - min(i, j)), 2) + max(i, j)"
            " for j in 1:{0} for i in 1:{0}], :]"
        ),
        "elimination": "Matrix(1.0I, {2}, {2})[[i + {0} * (j - 1) for j in 1:{0} for i in j:{0}], :]",
        "commutation": "Matrix(1.0I, {0}, {0})[vec(permutedims(reshape(1:{0}, {1}))), :]",
    },
    operators={
        n.Inverse: "inv({0})",
        n.Trace: "tr({0})",
        n.Determinant: "det({0})",
        n.LogDeterminant: "logabsdet({0})[1]",
        LogDeterminantOfDefinite: "logdet(cholesky(Symmetric({0})))",
        n.EntrySum: "sum({0})",
        n.Norm1: "norm({0}, 1)",
        n.Diag: "Matrix(Diagonal({0}))",
        n.Diagonal: "diag({0})",
        n.Vec: "vec({0})",
        n.MatrixExponential: "exp({0})",
        n.MatrixRoot: "sqrt({0})",
        n.MatrixLogarithm: "log({0})",
        n.Pseudoinverse: "pinv({0})",
        n.NuclearNorm: "sum(svdvals({0}))",
        n.Cholesky: "Matrix(cholesky(Symmetric({0})).L)",
        n.LargestEigenvalue: "eigmax(Symmetric({0}))",
        n.Eigenvalues: "eigvals(Symmetric({0}))",
        n.Eigenvectors: "signedeigvecs({0})",
        n.LeadingEigenvector: "signedeigvecs({0})[:, end]",
        n.PolarFactor: "polar({0})",
        n.ExponentialJacobian: "jacexpm({0})",
        n.LargestPlace: "ismax({0})",
        n.LargestPlaceOfRows: "rowismax({0})",
        n.Largest: "maximum({0})",
        n.LargestOfRows: "vec(maximum({0}, dims=2))",
        n.Arctan2: "atan{dot}({0}, {1})",
        LogAddExp: "logaddexp{dot}({0}, {1})",
        Hypotenuse: "hypot{dot}({0}, {1})",
    },
    functions={
        **{name: f"{name}{{dot}}({{0}})" for name in ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
        **{name: f"{name}{{dot}}({{0}})" for name in ("sqrt", "abs", "sign", "sec", "csc", "cot", "log1p", "expm1")},
        **{f"arc{name}": f"a{name}{{dot}}({{0}})" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
        "sigmoid": "sigmoid{dot}({0})",
        "softplus": "softplus{dot}({0})",
        "relu": "max{dot}({0}, 0)",
        "step": "float(({0}) {dot}> 0)",
        **SPECIAL,
    },
    notes={
        "expm1": "expm1(u) is exp(u) - 1, with all digits for a small u.",
        "cholesky": "cholesky throws a PosDefException for a matrix that is not positive definite.",
    },
)
DEFINED = {
    "logsumexp": "logsumexp(x) = (largest = maximum(x); largest + log(sum(exp.(x .- largest))))",
    "softmax": "softmax(x) = (powers = exp.(x .- maximum(x)); powers ./ sum(powers))",
    "rowlogsumexp": (
        "rowlogsumexp(X) = (largest = maximum(X, dims=2); vec(largest .+ log.(sum(exp.(X .- largest), dims=2))))"
    ),
    "rowsoftmax": "rowsoftmax(X) = (powers = exp.(X .- maximum(X, dims=2)); powers ./ sum(powers, dims=2))",
    "sigmoid": "sigmoid(u) = 1 / (1 + exp(-u))",
    "softplus": "softplus(u) = max(u, 0) + log1p(exp(-abs(u)))",
    "adjugate": (
        "adjugate(A) = (factors = svd(A); s = factors.S; minors = [prod(s[[1:m-1; m+1:end]]) for m in 1:length(s)]; "
        "det(factors.U) * det(factors.V) * factors.V * Diagonal(minors) * factors.U')"
    ),
    "signedeigvecs": (
        "signedeigvecs(S) = (V = eigvecs(Symmetric(S)); "
        "V .* sign.([column[argmax(abs.(column))] for column in eachcol(V)])')"
    ),
    "polar": "polar(X) = (factors = svd(X); factors.U * factors.Vt)",
    "jacexpm": (  # a block of the exponential of a larger matrix (Van Loan, 1978)
        "jacexpm(A) = exp([kron(one(A), A) one(kron(A, A)); zero(kron(A, A)) kron(A', one(A))])"
        "[1:length(A), length(A)+1:end]"
    ),
    "ismax": "ismax(x) = (places = argmax(x); [float(place == places) for place in keys(x)])",
    "rowismax": (
        "rowismax(X) = (places = [argmax(row) for row in eachrow(X)]; "
        "[float(column == places[row]) for row in 1:size(X, 1), column in 1:size(X, 2)])"
    ),
    "logaddexp": "logaddexp(a, b) = max(a, b) + log1p(exp(-abs(a - b)))",
}
"""What Julia lacks, none of which overflows."""
_KEYWORDS = """baremodule begin break catch const continue do else elseif end export false finally for function global
if import in isa let local macro module quote return struct true try using while where abstract mutable primitive type
I pi dot float max maximum sum abs exp log log1p powers largest factors minors places s"""
RESERVED = frozenset(_KEYWORDS.split()) | {
    word
    for template in chain(JULIA.calls.values(), JULIA.operators.values(), JULIA.functions.values(), DEFINED)
    for word in re.findall(r"[A-Za-z]\w*", template)
}
"""Names that a variable must not have: Julia's own, and those of the functions that the code calls."""


def packages(body: str) -> str:
    """Return the lines that load what this code calls."""
    names = "|".join(re.escape(template.split("{")[0]) for template in SPECIAL.values())
    special = re.search(rf"(?<![\w.])(?:{names})\.?\(", body)
    return "using LinearAlgebra\n" + ("using SpecialFunctions\n" if special else "")


def defined_functions(body: str) -> list[str]:
    """Return the lines that define the functions which this code calls."""
    return [line for name, line in DEFINED.items() if re.search(rf"(?<![\w.]){name}\.?\(", body)]


class JuliaWriter(CodeWriter):
    """Writes expressions as Julia code; what acts entry by entry has a dot."""

    def axes(self, dimensions: tuple[Dimension, ...]) -> str:
        return ", ".join(self._dimension(dimension).text for dimension in dimensions)

    def by_columns(self, text: str, count: int, dimensions: tuple[Dimension, ...]) -> str:
        return self.made("by-columns", text, self.axes(dimensions))

    def _with_names(self, names: Mapping[str, str]) -> JuliaWriter:
        return JuliaWriter(names, self.sizes, self.known, self.adjugate, self.dialect, self.like)

    def _operator(self, node: Node, template: str) -> Code:
        dot = "." if node.shape.axes else ""
        return Code(template.format(*(self.write(operand).text for operand in node.operands), dot=dot), Binding.ATOM)

    def _apply(self, node: n.Apply) -> Code:
        if (template := self.dialect.functions.get(node.function)) is None:
            raise CodeFormError(f"{node.function} has no code for Julia: it is not in its standard library")
        dot = "." if node.shape.axes else ""
        return Code(template.format(self.write(node.operands[0]).text, dot=dot), Binding.ATOM)

    def _called(self, function: str, operand: Node) -> Code:
        dot = "." if operand.shape.axes else ""
        return Code(f"{function}{dot}({self.write(operand).text})", Binding.ATOM)

    def _add(self, node: Node) -> Code:
        named = any(operand in self.known for operand in node.operands)
        summands = list(node.operands) if named else terms(node)
        enough = any(not isinstance(without_minus(term)[1], n.Fill) for term in summands)
        dot = "." if node.shape.axes else ""
        written = ""
        for term in summands:
            minus, inside = without_minus(term)
            part = self._spread(inside, enough).within(Binding.PRODUCT)
            if part.startswith("-"):
                part = f"({part})"
            if written:
                written += f" {dot}{'-' if minus else '+'} {part}"
            else:
                written = f"-{part}" if minus else part
        return Code(written, Binding.SUM)

    def _times(self, left: Code, shape: Shape, node: Node, factor: Node) -> Code:
        right = self.write(factor)
        first, second = left.within(Binding.PRODUCT), right.within(Binding.UNARY)
        if second.startswith("-"):
            second = f"({second})"
        if shape.is_scalar or factor.shape.is_scalar:
            return Code(f"{first} * {second}", Binding.PRODUCT)
        if shape.is_vector and factor.shape.is_row:
            return Code(f"{first} * {right.within(Binding.ATOM)}'", Binding.PRODUCT)
        if isinstance(factor, n.Diag) and factor not in self.known:
            scale = self.write(factor.operands[0]).within(Binding.ATOM)
            return Code(f"{first} .* {scale}{'' if shape.is_row else chr(39)}", Binding.PRODUCT)
        if isinstance(node, n.Diag) and node not in self.known:
            scale = self.write(node.operands[0]).within(Binding.PRODUCT)
            return Code(f"{scale} .* {second}", Binding.PRODUCT)
        if (matrix := self._inverted(node)) is not None:
            return Code(f"{self.write(matrix).within(Binding.ATOM)} \\ {second}", Binding.PRODUCT)
        if not shape.is_row:
            return Code(f"{first} * {second}", Binding.PRODUCT)
        if factor.shape.is_vector:
            return Code(f"dot({left.text}, {right.text})", Binding.ATOM)
        if (matrix := self._inverted(factor)) is not None:
            turned = self.write(build.transpose(matrix)).within(Binding.ATOM)
            return Code(f"{turned} \\ {left.within(Binding.UNARY)}", Binding.PRODUCT)
        turned = self.write(build.transpose(factor)).within(Binding.UNARY)
        return Code(f"{turned} * {left.within(Binding.ATOM)}", Binding.PRODUCT)

    def _product(self, node: Node) -> Code:
        named = any(operand in self.known for operand in node.operands)
        parts = with_pi(list(node.operands) if named else factors(node))
        code, whole = self.write(parts[0]), parts[0]
        for factor in parts[1:]:
            code = self._times(code, whole.shape, whole, factor)
            whole = build.product(whole, factor)
        return code

    def _binary(self, node: Node) -> Code:
        first, second = node.operands
        sign = "*" if isinstance(node, n.Hadamard) else "/"
        dot = "." if node.shape.axes else ""
        left = self._spread(first, not isinstance(second, n.Fill) and not second.shape.is_scalar)
        right = self._spread(second, not isinstance(first, n.Fill) and not first.shape.is_scalar)
        return Code(f"{left.within(Binding.PRODUCT)} {dot}{sign} {right.within(Binding.POWER)}", Binding.PRODUCT)

    def _power(self, node: Node) -> Code:
        base, exponent = node.operands
        dot = "" if isinstance(node, n.Power) or not node.shape.axes else "."
        above = self._spread(exponent, not isinstance(base, n.Fill) and not base.shape.is_scalar)
        below = self._spread(base, not isinstance(exponent, n.Fill) and not exponent.shape.is_scalar)
        space = " " if dot else ""
        return Code(f"{below.within(Binding.ATOM)}{space}{dot}^{space}{above.within(Binding.ATOM)}", Binding.POWER)

    def _transpose(self, node: Node) -> Code:
        inside = self.write(node.operands[0])
        return Code(f"{inside.within(Binding.ATOM)}'", Binding.ATOM) if node.shape.is_matrix else inside

    def _position(self, position: Position) -> str:
        if isinstance(position, n.Index):
            return self.names[f"index {position.name}"]
        if isinstance(position, n.Pair):
            count = self._dimension(position.minor_size).within(Binding.UNARY)
            return f"({self._position(position.major)} - 1) * {count} + {self._position(position.minor)}"
        return self._dimension(position).text

    def _counted(self, body: Node, indices: tuple[n.Index, ...]) -> str:
        """Return the inside of a comprehension, one axis for each index."""
        names, loops = dict(self.names), []
        for index in indices:
            used = {*self.names.values(), *names.values(), *self.known.values(), *RESERVED}
            variable = next(
                name for name in (index.name, *(f"{index.name}{m}" for m in range(1, 99))) if name not in used
            )
            names[f"index {index.name}"] = variable
            loops.append(f"{variable} in 1:{self._dimension(index.dimension).within(Binding.UNARY)}")
        return f"[{self._with_names(names).write(body).text} for {', '.join(loops)}]"

    def _loop(self, body: Node, indices: tuple[n.Index, ...]) -> str:
        return self._counted(body, indices)

    def _array(self, node: n.ArrayOf) -> Code:
        return Code(self._counted(node.operands[0], node.indices), Binding.ATOM)

    def _bounded_sum(self, node: n.BoundedSum) -> Code:
        used = {*self.names.values(), *self.known.values(), *RESERVED}
        names = (node.index.name, *(f"{node.index.name}{m}" for m in range(1, 99)))
        variable = next(name for name in names if name not in used)
        writer = self._with_names({**self.names, node.index.name: variable})
        bounds = [
            self.write(plain_exponent(bound)).within(Binding.UNARY) for bound in (node.index.lower, node.index.upper)
        ]
        start = self.made("zeros", self.axes(node.shape.axes)) if node.shape.axes else "0.0"
        body = writer.write(node.operands[0]).text
        return Code(f"reduce(+, [{body} for {variable} in {':'.join(bounds)}]; init={start})", Binding.ATOM)

    def _branch(self, branch: Node, enough: object) -> str:
        text = super()._branch(branch, enough)
        return f"{text}.0" if text.isdecimal() else text  # `ifelse` keeps the types of its values

    def _literal(self, node: n.Literal) -> Code:
        rows = [[self.write(entry).within(Binding.ATOM) for entry in row] for row in rows_of(node)]
        if node.shape.is_matrix:
            return Code(f"[{'; '.join(' '.join(row) for row in rows)}]", Binding.ATOM)
        return Code(f"[{', '.join(entry for row in rows for entry in row)}]", Binding.ATOM)

    def _kronecker(self, node: Node) -> Code:
        first, second = node.operands
        left, right = self.write(first), self.write(second)
        if not node.shape.is_matrix:
            return Code(self.made("kron", left.text, right.text), Binding.ATOM)
        turned = (
            f"{code.within(Binding.ATOM)}'" if operand.shape.is_row else code.text
            for operand, code in ((first, left), (second, right))
        )
        return Code(self.made("kron", *turned), Binding.ATOM)

    def _range(self, before: Dimension, end: Dimension, whole: Dimension) -> str:
        return f"{self._dimension(before + Dimension(1)).text}:{self._dimension(end).text}"

    def _khatri_rao(self, node: Node) -> Code:
        left, right = (self.write(operand).within(Binding.ATOM) for operand in node.operands)
        return Code(self.made("khatrirao", left, right), Binding.ATOM)

    def _softmax(self, node: Node) -> Code:
        rows = "row" if node.operands[0].shape.is_matrix else ""
        name = "softmax" if isinstance(node, n.Softmax) else "logsumexp"
        return Code(f"{rows}{name}({self.write(node.operands[0]).text})", Binding.ATOM)

    def _unvec(self, node: Node) -> Code:
        return Code(self.by_columns(self.write(node.operands[0]).text, 1, node.shape.axes), Binding.ATOM)

    def _commutation(self, node: n.Commutation) -> Code:
        rows, columns = node.sizes
        return Code(
            self.made("commutation", self._dimension(rows * columns).text, self.axes((rows, columns))), Binding.ATOM
        )

    _WRITERS: Mapping[type[Node], Callable[[JuliaWriter, Node], Code]] = {  # type: ignore[assignment]
        n.Add: _add,
        n.Negate: CodeWriter._negate,
        n.Product: _product,
        n.Divide: _binary,
        n.Hadamard: _binary,
        n.HadamardDivide: _binary,
        n.HadamardPower: _power,
        n.Power: _power,
        n.Transpose: _transpose,
        n.Softmax: _softmax,
        n.LogSumExp: _softmax,
        n.Kronecker: _kronecker,
        n.KhatriRao: _khatri_rao,
        n.Unvec: _unvec,
    }


def check_has_code(roots: list[Node]) -> None:
    """Raise CodeFormError for what has no code in Julia."""
    for part in dict.fromkeys(part for root in roots for part in walk(root)):
        if isinstance(part, n.FunctionValue):
            raise CodeFormError("a function that is an argument has no code for Julia yet: it is written for NumPy")
