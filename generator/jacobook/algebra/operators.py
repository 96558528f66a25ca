"""The operators of the language that are written as calls: how each is called, in LaTeX and in NumPy code too."""

from __future__ import annotations

from dataclasses import dataclass

from jacobook.algebra import nodes as n


@dataclass(frozen=True, slots=True)
class Operator:
    """One row. What a call takes, gives and means is in a table of each room, under the class of the node."""

    node: type[n.Node]
    name: str
    latex: str = ""
    """What stands before the parentheses; empty for an operator with a notation of its own."""
    numpy: str = ""
    """The code, with {0} and {1} for the operands; empty for code that depends on their shapes.

    A call, in which the operands are arguments: nothing is put into parentheses, inside or around it.
    """


OPERATORS: dict[type[n.Node], Operator] = {
    row.node: row
    for row in (
        Operator(n.Inverse, "inv", numpy="np.linalg.inv({0})"),
        Operator(n.Adjugate, "adj", r"\operatorname{adj}"),
        Operator(n.Trace, "tr", r"\operatorname{tr}", "np.trace({0})"),
        Operator(n.Determinant, "det", r"\det", "np.linalg.det({0})"),
        Operator(n.LogDeterminant, "logdet", numpy="np.linalg.slogdet({0})[1]"),
        Operator(n.EntrySum, "sum", r"\operatorname{sum}", "np.sum({0})"),
        Operator(n.Norm1, "norm1", numpy="np.sum(np.abs({0}))"),
        Operator(n.Norm2, "norm2", numpy="np.linalg.norm({0})"),
        Operator(n.Diag, "diag", r"\operatorname{diag}", "np.diag({0})"),
        Operator(n.Diagonal, "diag", r"\operatorname{diag}", "np.diag({0})"),
        Operator(n.Skew, "skew"),
        Operator(n.Vec, "vec", r"\operatorname{vec}", 'np.ravel({0}, order="F")'),
        Operator(n.Vech, "vech", r"\operatorname{vech}"),
        Operator(n.Kronecker, "kron"),
        Operator(n.KhatriRao, "khatrirao"),
        Operator(n.Unvec, "unvec"),
        Operator(n.Softmax, "softmax", r"\operatorname{softmax}"),
        Operator(n.LogSumExp, "logsumexp", r"\operatorname{logsumexp}"),
        Operator(n.MatrixExponential, "expm", r"\operatorname{expm}"),
        Operator(n.ExponentialJacobian, "jacexpm", r"\operatorname{jacexpm}"),
        Operator(n.MatrixRoot, "sqrtm"),
        Operator(n.MatrixLogarithm, "logm", r"\operatorname{logm}"),
        Operator(n.Pseudoinverse, "pinv", r"\operatorname{pinv}", "np.linalg.pinv({0})"),
        Operator(n.Cholesky, "chol", r"\operatorname{chol}", "np.linalg.cholesky({0})"),
        Operator(n.LargestEigenvalue, "eigmax", r"\lambda_{\max}", "np.linalg.eigvalsh({0})[-1]"),
        Operator(n.LeadingEigenvector, "eigvecmax", r"\boldsymbol{v}_{\max}"),
        Operator(n.Eigenvalues, "eigvals", r"\operatorname{eigvals}", "np.linalg.eigvalsh({0})"),
        Operator(n.Eigenvectors, "eigvecs", r"\operatorname{eigvecs}"),
        Operator(n.NuclearNorm, "normnuc", "", 'np.linalg.norm({0}, "nuc")'),
        Operator(n.PolarFactor, "polar", r"\operatorname{polar}"),
        Operator(n.Largest, "max", r"\max", "np.max({0})"),
        Operator(n.LargestPlace, "ismax", r"\operatorname{ismax}"),
        Operator(n.LargestOfRows, "rowmax", r"\max_{\text{rows}}", "np.max({0}, axis=1)"),
        Operator(n.LargestPlaceOfRows, "rowismax", r"\operatorname{ismax}_{\text{rows}}"),
        Operator(n.Arctan2, "arctan2", numpy="np.arctan2({0}, {1})"),
    )
}
