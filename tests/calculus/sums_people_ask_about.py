"""Sums over samples as people ask for them: declarations, function, variable, and the function in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
SIZES = {"N": 5, "D": 3, "K": 2, "T": 5, "M": 4}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question."""

    name: str
    given: list[str]
    function: str
    wrt: str
    oracle: Callable[..., float | Array]
    """Takes the variables by name; the members of a family are the rows of a matrix."""
    matrices: bool = True
    """Whether the result can be written with whole matrices."""


def sigmoid(t: Array) -> Array:
    return 1 / (1 + np.exp(-t))


def softmax_of_rows(z: Array) -> Array:
    powers = np.exp(z)
    return powers / powers.sum(axis=1, keepdims=True)


SAMPLES, LABELS, WEIGHTS = "x[i] in R^D for i in 1..N", "y[i] in R for i in 1..N", "w in R^D"
MATRIX, TARGETS = "X in R^(N x D)", "y in R^N"

QUESTIONS = [
    Asked(
        "least squares over rows",
        [MATRIX, TARGETS, WEIGHTS],
        "sum(i, 1, dim(N), (y[i] - X[i,:]*w)^2)",
        "w",
        lambda X, y, w: ((y - X @ w) ** 2).sum(),
    ),
    Asked(
        "least squares by the data",
        [MATRIX, TARGETS, WEIGHTS],
        "1/dim(N)*sum(i, 1, N, (y[i] - X[i,:]*w)^2)",
        "X",
        lambda X, y, w: ((y - X @ w) ** 2).sum() / len(y),
    ),
    Asked(
        "ridge, in LaTeX with a family",
        [SAMPLES, LABELS, WEIGHTS, "lambda in R"],
        r"\frac{1}{N}\sum_{i=1}^N (y_i - w^\top x_i)^2 + \lambda w^\top w",
        "w",
        lambda x, y, w, **other: ((y - x @ w) ** 2).sum() / len(y) + other["lambda"] * w @ w,
    ),
    Asked(
        "log likelihood of logistic regression",
        [SAMPLES, LABELS, WEIGHTS],
        "sum(i, 1, N, y[i]*log(sigmoid(w'*x[i])) + (1 - y[i])*log(1 - sigmoid(w'*x[i])))",
        "w",
        lambda x, y, w: (y * np.log(sigmoid(x @ w)) + (1 - y) * np.log(1 - sigmoid(x @ w))).sum(),
    ),
    Asked(
        "logistic loss with labels of plus and minus one, x_i typed with an underscore",
        ["x_i in R^D, i = 1..N", LABELS, WEIGHTS, "b in R"],
        "sum(i, 1, N, log(1 + exp(-y[i]*(w'*x_i + b))))",
        "w",
        lambda x, y, w, b: np.log(1 + np.exp(-y * (x @ w + b))).sum(),
    ),
    Asked(
        "the same by the bias",
        ["x_1, ..., x_N in R^D", LABELS, WEIGHTS, "b in R"],
        "sum(i, 1, N, log(1 + exp(-y[i]*(w'*x_i + b))))",
        "b",
        lambda x, y, w, b: np.log(1 + np.exp(-y * (x @ w + b))).sum(),
    ),
    Asked(
        "log of a product: Gaussian likelihood by the mean",
        [SAMPLES, "mu in R^D", "S in R^(D x D) positive-definite"],
        "log(prod(i, 1, N, exp(-1/2*(x[i] - mu)'*inv(S)*(x[i] - mu))/sqrt(det(S))))",
        "mu",
        lambda x, mu, S: sum(-(r @ np.linalg.solve(S, r)) / 2 - np.log(np.linalg.det(S)) / 2 for r in x - mu),
    ),
    Asked(
        "Gaussian likelihood by the covariance",
        [SAMPLES, "mu in R^D", "S in R^(D x D) positive-definite"],
        "-dim(N)/2*log(det(S)) - 1/2*sum(i, 1, N, (x[i] - mu)'*inv(S)*(x[i] - mu))",
        "S",
        lambda x, mu, S: -len(x) / 2 * np.log(np.linalg.det(S)) - sum(r @ np.linalg.solve(S, r) for r in x - mu) / 2,
    ),
    Asked(
        "Poisson regression",
        [MATRIX, TARGETS, WEIGHTS],
        "sum(i, 1, N, y[i]*(X[i,:]*w) - exp(X[i,:]*w))",
        "w",
        lambda X, y, w: (y * (X @ w) - np.exp(X @ w)).sum(),
    ),
    Asked(
        "multinomial with one-hot rows",
        [SAMPLES, "Y in R^(N x K)", "W in R^(K x D)"],
        "-sum(i, 1, N, Y[i,:]*log(softmax(W*x[i])))",
        "W",
        lambda x, Y, W: -(Y * np.log(softmax_of_rows(x @ W.T))).sum(),
    ),
    Asked(
        "softmax over j inside a sum over i",
        [MATRIX, "W in R^(K x D)", "c in R^K"],
        "sum(i, 1, N, log(sum(j, 1, K, exp(W[j,:]*X[i,:]' + c[j]))))",
        "c",
        lambda X, W, c: np.log(np.exp(X @ W.T + c).sum(1)).sum(),
    ),
    Asked(
        "weighted k-means by one centre",
        [SAMPLES, "r in R^N", "m in R^D"],
        "sum(i, 1, N, r[i]*norm2(x[i] - m)^2)",
        "m",
        lambda x, r, m: (r * ((x - m) ** 2).sum(1)).sum(),
    ),
    Asked(
        "k-means by all centres",
        [SAMPLES, "R in R^(N x K)", "m[k] in R^D for k in 1..K"],
        "sum(i, 1, N, sum(k, 1, K, R[i,k]*norm2(x[i] - m[k])^2))",
        "m",
        lambda x, R, m: (R * ((x[:, None, :] - m[None, :, :]) ** 2).sum(2)).sum(),
    ),
    Asked(
        "pairwise distances",
        [SAMPLES],
        "sum(i != j, norm2(x[i] - x[j])^2)",
        "x",
        lambda x: ((x[:, None, :] - x[None, :, :]) ** 2).sum(),
    ),
    Asked(
        "repulsion of all pairs, in LaTeX",
        [SAMPLES],
        r"\sum_{i \ne j} \frac{1}{\lVert x_i - x_j \rVert}",
        "x",
        lambda x: sum(1 / np.sqrt(((x[i] - x[j]) ** 2).sum()) for i in range(len(x)) for j in range(len(x)) if i != j),
        matrices=False,
    ),
    Asked(
        "contrastive loss over pairs",
        [MATRIX, "S in R^(N x N)", "L in R^(K x D)"],
        "sum(i < j, S[i,j]*norm2(L*X[i,:]' - L*X[j,:]')^2)",
        "L",
        lambda X, S, L: sum(
            S[i, j] * ((L @ (X[i] - X[j])) ** 2).sum() for i in range(len(X)) for j in range(i + 1, len(X))
        ),
        matrices=False,
    ),
    Asked(
        "dual of a support vector machine",
        [SAMPLES, "alpha, y in R^N"],
        "sum(i, 1, N, alpha[i]) - 1/2*sum(i, 1, N, sum(j, 1, N, alpha[i]*alpha[j]*y[i]*y[j]*x[i]'*x[j]))",
        "alpha",
        lambda x, alpha, y: alpha.sum() - (alpha * y) @ (x @ x.T) @ (alpha * y) / 2,
    ),
    Asked(
        "kernel expansion",
        ["K in R^(N x N) symmetric", "a, y in R^N"],
        "sum(i, 1, N, (y[i] - sum(j, 1, N, a[j]*K[i,j]))^2)",
        "a",
        lambda K, a, y: ((y - K @ a) ** 2).sum(),
    ),
    Asked(
        "matrix factorisation, entry by entry",
        ["R in R^(M x N)", "U in R^(M x K)", "V in R^(N x K)"],
        "sum(i, 1, M, sum(j, 1, N, (R[i,j] - U[i,:]*V[j,:]')^2))",
        "U",
        lambda R, U, V: ((R - U @ V.T) ** 2).sum(),
    ),
    Asked(
        "an autoregression, with the sample before",
        ["X in R^(T x D)", "A in R^(D x D)"],
        "sum(t, 2, T, norm2(X[t,:]' - A*X[t-1,:]')^2)",
        "A",
        lambda X, A: ((X[1:] - X[:-1] @ A.T) ** 2).sum(),
    ),
    Asked(
        "scatter matrix against the mean",
        [SAMPLES, "a in R^D", "mu in R^D"],
        "a'*sum(i, 1, N, (x[i] - mu)*(x[i] - mu)')*a",
        "mu",
        lambda x, a, mu: (((x - mu) @ a) ** 2).sum(),
    ),
    Asked(
        "entropy of weights",
        ["p in R^N positive"],
        "-sum(i, 1, N, p[i]*log(p[i]))",
        "p",
        lambda p: -(p * np.log(p)).sum(),
    ),
    Asked(
        "a vector-valued sum",
        [SAMPLES, "w in R^D"],
        "sum(i, 1, N, tanh(w'*x[i])*x[i])",
        "w",
        lambda x, w: x.T @ np.tanh(x @ w),
    ),
    Asked(
        "a mixture of two Gaussians by a mean",
        [SAMPLES, "p, q in R positive", "m, c in R^D"],
        "sum(i, 1, N, log(p*exp(-1/2*norm2(x[i] - m)^2) + q*exp(-1/2*norm2(x[i] - c)^2)))",
        "m",
        lambda x, p, q, m, c: np.log(
            p * np.exp(-((x - m) ** 2).sum(1) / 2) + q * np.exp(-((x - c) ** 2).sum(1) / 2)
        ).sum(),
    ),
]
