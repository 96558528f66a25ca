"""Another exercise is one more YAML file and nothing else."""

from __future__ import annotations

import shutil

FOURTH = """\
slug: logarithm-of-a-squared-length
group: exercise
title: Logarithm of a shifted squared length
sources:
  - {book: mml, number: Exercise 5.7 z}
question: >-
  Take the squared length of a vector, add one, and take the logarithm. Differentiate with respect to the vector.
given:
  - x in R^D
expression:
  - f(z) = log(1 + z)
  - z = x'*x
tags:
  - chain rule
"""


def take_two_exercises(workshop, root) -> None:
    """Fill the workshop with two exercises of the collection, without their links to others."""
    shutil.rmtree(workshop.collection)
    for name in ("sources.yaml", "mml/mml-5-8-a.yaml", "mml/mml-5-8-b.yaml"):
        text = (root / "generator" / "jacobook" / "collection" / name).read_text("utf-8")
        workshop.write(name, "\n".join(line for line in text.splitlines() if not line.startswith("related:")))


def test_a_fourth_exercise(workshop, root):
    take_two_exercises(workshop, root)
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
    new = {
        "exercises/logarithm-of-a-squared-length.md",
        "assets/generated/more/fourth.yaml",
        "assets/generated/cards/exercises-logarithm-of-a-squared-length.png",
        "assets/generated/markdown/exercises/logarithm-of-a-squared-length/index.md.txt",
    }
    assert set(after) - before == new
    assert b"exercises/logarithm-of-a-squared-length.md" in after["assets/generated/navigation.json"]
    assert b"(../exercises/logarithm-of-a-squared-length.md)" in after["rules/product.md"]
    # 5.7 stands before 5.8.
    table = after["exercises/index.md"].decode()
    assert table.index("5.7 z") < table.index("5.8 a")


DETERMINANT = """\
slug: logarithm-of-a-determinant
title: Logarithm of a determinant, symmetric matrix
group: structured
sources:
  - {book: cookbook, number: (141)}
question: Differentiate the logarithm of the determinant of a symmetric matrix with respect to the matrix.
given:
  - X in R^(N x N) symmetric, invertible
expression:
  - logdet(X)
"""


def test_a_symmetric_variable_has_a_section_on_its_free_entries(workshop, root):
    take_two_exercises(workshop, root)
    workshop.write("more/determinant.yaml", DETERMINANT)
    assert workshop.run() == 0
    files = workshop.files()
    page = files["identities/structured/logarithm-of-a-determinant.md"].decode()
    section = page.split("## If X stays symmetric: only its free entries vary {#free-entries data-search-exclude}\n")[
        1
    ].split("\n## ")[0]
    copy = files["assets/generated/markdown/identities/structured/logarithm-of-a-determinant/index.md.txt"].decode()
    formula = r"2\boldsymbol{X}^{-1} - \boldsymbol{X}^{-1} \odot \boldsymbol{I}_{N}"
    assert formula in copy.replace(r"\,", "").partition("If X stays symmetric")[2]
    assert "rules/symmetric-entries.md" in section
    assert "rules/symmetric-gradient.md" in section
    assert "free entries, line 3" in page
    assert "free entries vary" not in files["exercises/mml-5-8-a.md"].decode()
