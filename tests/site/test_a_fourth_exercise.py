"""Another exercise is one more YAML file and nothing else."""

from __future__ import annotations

import shutil

FOURTH = """\
slug: logarithm-of-a-squared-length
title: Logarithm of a shifted squared length
source:
  book: Mathematics for Machine Learning
  number: Exercise 5.7 a
question: Take the squared length of a vector, add one, and take the logarithm. Differentiate by the vector.
given:
  - x in R^D
expression:
  - f(z) = log(1 + z)
  - z = x'*x
tags:
  - chain rule
"""


def test_a_fourth_exercise(workshop, root):
    shutil.rmtree(workshop.collection)
    shutil.copytree(root / "generator" / "collection", workshop.collection)
    assert workshop.run() == 0
    before = set(workshop.files())
    workshop.write("more/fourth.yaml", FOURTH)
    assert workshop.run() == 0
    after = workshop.files()
    page = after["exercises/logarithm-of-a-squared-length.md"].decode()
    assert "# Logarithm of a shifted squared length\n" in page
    assert r"\frac{\partial f}{\partial z}" in page
    assert r"2\boldsymbol{x}^{\top}" in page
    assert "(1×1)(1×D) = 1×D" in page
    assert "All of them are also proved exactly" in page
    assert b"logarithm-of-a-squared-length.md" in after["exercises/index.md"]
    assert set(after) - before == {
        "exercises/logarithm-of-a-squared-length.md",
        "assets/generated/more/fourth.yaml",
    }
    # 5.7 stands before 5.8.
    table = after["exercises/index.md"].decode()
    assert table.index("5.7 a") < table.index("5.8 a")
