#!/usr/bin/env python3
"""Judge symbolic matrix derivatives against an independent numeric oracle.

    evaluate.py [--cases cases.jsonl] --results results.jsonl

cases.jsonl holds one JSON object per line: id, source, tier (1, 2 or 3), given
(declarations), expr, wrt, dims, oracle (a numpy lambda computing the function
itself, arguments by name), note, and optionally "analytic": false when the oracle
does not accept complex input (abs, sign, maximum).

results.jsonl holds one JSON object per line:

    {"id": "...", "ok": true, "python": "def derivative(X, a, b): ...", "seconds": 0.01}
    {"id": "...", "ok": false, "error": "why not"}

The source must be a closed form (no imports, no step sizes) and is executed in a fresh
namespace in which np is numpy.  derivative is
called by keyword with the variables it names (all of them if it takes **kwargs),
as python floats (scalars), 1-D arrays (vectors) and 2-D arrays (matrices), and must
return an array of shape f.shape + x.shape: entry [i.., j..] is d f[i..] / d x[j..].
Entries of a symmetric variable count as independent.

Each case is tried on three random instances that satisfy the declarations, keep away
from kinks and stay inside the domain of the function.  They depend only on the case
id.  The reference derivative is the complex step where the oracle is analytic and a
Richardson-extrapolated central difference otherwise.  The largest error, relative to
the largest entry of the derivative, must not exceed 1e-6.

Prints right, wrong and refused per tier and lists the wrong ones; exits 0 only if
every case was answered and none is wrong.  Needs numpy only.
"""

import argparse
import ast
import inspect
import json
import os
import re
import statistics
import sys
import zlib

import numpy as np

INSTANCES = 3
TOLERANCE = 1e-6
DECLARATION = re.compile(
    r"^\s*([A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*)\s+in\s+R"
    r"(?:\^(?:\(\s*(\w+)\s*x\s*(\w+)\s*\)|(\w+)))?\s*(.*)$"
)
PROPERTIES = {"invertible", "symmetric", "positive-definite", "positive"}


# ---------------------------------------------------------------- declarations
def declarations(case):
    """{name: (shape with numbers, set of properties)} in order of declaration."""
    out = {}
    for line in case["given"]:
        m = DECLARATION.match(line)
        if not m:
            raise ValueError(f"{case['id']}: cannot read declaration {line!r}")
        names, rows, cols, length, properties = m.groups()
        size = lambda d: int(d) if d.isdigit() else case["dims"][d]
        shape = (size(rows), size(cols)) if rows else (size(length),) if length else ()
        props = {p.strip() for p in properties.split(",") if p.strip()}
        if props - PROPERTIES:
            raise ValueError(f"{case['id']}: unknown property in {line!r}")
        for name in names.split(","):
            out[name.strip()] = (shape, props)
    return out


# ---------------------------------------------------------------- random instances
def orthogonal(rng, n):
    return np.linalg.qr(rng.standard_normal((n, n)))[0]


def draw(rng, shape, props):
    """A random value of the given shape with the declared properties."""
    if shape == ():
        return float(rng.uniform(0.5, 2) if "positive" in props else rng.standard_normal())
    if len(shape) == 2 and props & {"symmetric", "positive-definite"}:
        n = shape[0]
        eigenvalues = rng.uniform(0.5, 2, n)
        if "positive-definite" not in props:
            eigenvalues *= rng.choice([-1.0, 1.0], n)
        q = orthogonal(rng, n)
        a = (q * eigenvalues) @ q.T
        return (a + a.T) / 2
    if "invertible" in props:
        n = shape[0]
        return (orthogonal(rng, n) * rng.uniform(0.5, 2, n)) @ orthogonal(rng, n)
    if "positive" in props:
        return rng.uniform(0.5, 2, shape)
    return rng.standard_normal(shape)


def central(f, values, wrt, h):
    """d f / d values[wrt] by central differences extrapolated from h, h/2, h/4 and h/8."""
    x = np.asarray(values[wrt], float)
    columns = []
    for index in np.ndindex(x.shape):

        def at(step):
            y = x.copy()
            y[index] += step
            return np.asarray(f(**{**values, wrt: y if y.shape else float(y)}), float)

        row = [(at(h / 2**k) - at(-h / 2**k)) / (2 * h / 2**k) for k in range(4)]
        for order in range(1, 4):
            row = [b + (b - a) / (4**order - 1) for a, b in zip(row, row[1:])]
        columns.append(row[0])
    return np.stack(columns, axis=-1).reshape(columns[0].shape + x.shape)


def complex_step(f, values, wrt, h=1e-30):
    """d f / d values[wrt] by the complex step; exact to rounding for analytic f."""
    x = np.asarray(values[wrt], complex)
    columns = []
    for index in np.ndindex(x.shape):
        y = x.copy()
        y[index] += 1j * h
        columns.append(np.asarray(f(**{**values, wrt: y if y.shape else complex(y)})).imag / h)
    return np.stack(columns, axis=-1).reshape(np.shape(columns[0]) + x.shape)


def error(got, want):
    """Largest error relative to the largest entry of want (never below 0.01)."""
    if not np.size(want):
        return 0.0
    difference = np.max(np.abs(got - want))
    return float(difference / max(np.max(np.abs(want)), 1e-2)) if np.isfinite(difference) else np.inf


def instances(case, count=INSTANCES):
    """Yield (values, f(values), reference derivative) for `count` good random instances."""
    f = eval(case["oracle"], {"np": np})
    variables = declarations(case)
    wrt = case["wrt"]
    found = 0
    for attempt in range(2000):
        rng = np.random.default_rng([zlib.crc32(case["id"].encode()), attempt])
        values = {name: draw(rng, *spec) for name, spec in variables.items()}
        with np.errstate(all="ignore"):
            value = np.asarray(f(**values), float)
            coarse, fine = (central(f, values, wrt, h) for h in (0.02, 0.01))
        if (
            not (np.isfinite(value).all() and np.isfinite(fine).all())
            or np.max(np.abs(fine), initial=0) > 1e3
        ):
            continue  # outside the domain, or badly scaled
        if error(coarse, fine) > 1e-7:
            continue  # a kink or a singularity is near
        exact = complex_step(f, values, wrt) if case.get("analytic", True) else fine
        yield values, value, exact
        found += 1
        if found == count:
            return
    raise RuntimeError(f"{case['id']}: no good random instance found")


# ---------------------------------------------------------------- judging
def forbidden(source):
    """Why the source is no closed form (an import, a step size, access to private names), or None."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.Global, ast.While, ast.Try)):
            return f"contains {type(node).__name__}"
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, (float, complex))
            and 0 < abs(node.value) < 1e-5
        ):
            return f"contains the step size {node.value}"
        if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            return f"reaches for {node.attr}"
    return None


def compile_derivative(source):
    if reason := forbidden(source):
        raise ValueError(f"not a closed form: {reason}")
    namespace = {"np": np}
    exec(compile(source, "<derivative>", "exec"), namespace)
    return namespace["derivative"]


def judge(case, source):
    """None if the source gives the right derivative, else a sentence saying what is wrong."""
    try:
        derivative = compile_derivative(source)
        parameters = inspect.signature(derivative).parameters
        everything = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    except Exception as e:
        return f"source does not load: {type(e).__name__}: {e}"
    for values, value, want in instances(case):
        arguments = {
            k: np.copy(v) if np.ndim(v) else v for k, v in values.items() if everything or k in parameters
        }
        try:
            with np.errstate(all="ignore"):
                got = np.asarray(derivative(**arguments), float)
        except Exception as e:
            return f"raises {type(e).__name__}: {e}"
        if got.shape != want.shape:
            return f"shape {got.shape} where {want.shape} was expected"
        if not error(got, want) <= TOLERANCE:
            return f"relative error {error(got, want):.2g}"
    return None


def read_jsonl(path):
    with open(path) as file:
        return [json.loads(line) for line in file if line.strip()]


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cases", default=os.path.join(here, "cases.jsonl"))
    parser.add_argument("--results", required=True)
    options = parser.parse_args()

    cases = read_jsonl(options.cases)
    results = {r["id"]: r for r in read_jsonl(options.results)}
    unknown = set(results) - {c["id"] for c in cases}
    table, wrong, refused = {}, [], []
    for case in cases:
        row = table.setdefault(case["tier"], {"right": 0, "wrong": 0, "refused": 0, "seconds": []})
        result = results.get(case["id"], {"ok": False, "error": "no line in the results file"})
        if not result.get("ok"):
            row["refused"] += 1
            refused.append((case, str(result.get("error", ""))))
            continue
        if isinstance(result.get("seconds"), (int, float)):
            row["seconds"].append(result["seconds"])
        complaint = judge(case, result.get("python", ""))
        row["wrong" if complaint else "right"] += 1
        if complaint:
            wrong.append((case, complaint))

    print(f"{'tier':>5} {'cases':>6} {'right':>6} {'wrong':>6} {'refused':>8} {'median ms':>10}")
    total = {"right": 0, "wrong": 0, "refused": 0, "seconds": []}
    for tier, row in sorted(table.items()) + [("all", total)]:
        if tier != "all":
            for key in total:
                total[key] += row[key]
        count = row["right"] + row["wrong"] + row["refused"]
        median = f"{1000 * statistics.median(row['seconds']):.1f}" if row["seconds"] else "-"
        print(f"{tier:>5} {count:>6} {row['right']:>6} {row['wrong']:>6} {row['refused']:>8} {median:>10}")
    for title, items in ("wrong", wrong), ("refused", refused):
        if items:
            print(f"\n{title}:")
        for case, complaint in items:
            expr = case["expr"] if isinstance(case["expr"], str) else " ; ".join(case["expr"])
            print(f"  {case['id']}: d/d{case['wrt']} of {expr}\n      {complaint.strip()[:200]}")
    if unknown:
        print(f"\nlines for unknown cases, ignored: {', '.join(sorted(unknown))}")
    return 1 if wrong or refused else 0


if __name__ == "__main__":
    sys.exit(main())
