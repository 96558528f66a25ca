"""The collection as a book that pdflatex sets, and as a deck that Anki reads."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import zipfile

import pytest

from jacobook.site import print_commands
from jacobook.site.card_deck import DECK, FIELDS
from tests.commands import in_process
from tests.conftest import one_in

ENTRIES = {
    "distance": """\
slug: squared-distance
group: exercise
title: Squared distance & more
sources: [{name: My notes}, {book: mml, number: Exercise 5.7 a}]
question: Differentiate the squared distance of x from a.
given: ["x, a in R^N"]
expression: [f = z'*z, z = x - a]
wrt: x
cases:
  - {title: The other variable, wrt: a}
""",
    "log-det": """\
slug: log-det
group: determinant
title: Logarithm of a determinant
sources: [{book: cookbook, number: (57)}]
question: The logarithm of the determinant of an invertible matrix.
given: X in R^(N x N) invertible
expression: log(det(X))
wrt: X
""",
    "norm": """\
slug: norm
group: norm
title: Euclidean norm
sources: [{name: a < b}]
question: The norm of a vector, twice differentiated.
given: x in R^N
expression: norm2(x)
wrt: x
order: 2
""",
    "product": """\
slug: product-differential
group: linear
title: Differential of a product
sources: [{name: My notes}]
question: Both factors vary.
given: [X in R^(M x N), Y in R^(N x K)]
expression: X*Y
differential: [X, Y]
""",
}


@pytest.fixture
def collection(tmp_path):
    folder = tmp_path / "entries"
    folder.mkdir()
    for name, text in ENTRIES.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return folder


def printed(command, file, collection, *options):
    return in_process(command, str(file), "--collection", str(collection), *options)


def test_a_book(collection, tmp_path):
    book = tmp_path / "book.tex"
    ran = printed("book", book, collection, "--title", "Mine & yours")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == f"{book}: 4 entries written\n"
    latex = book.read_text("utf-8")
    assert re.findall(r"\\chapter\{(.+)\}", latex) == ["Exercises", "Linear functions", "Determinants", "Norms"]
    assert latex.count(r"\section[") == 4
    for part in ("The second derivative", "The other variable"):
        assert rf"\subsection*{{\raggedright {part}}}" in latex
    assert "From: My notes; Mathematics for Machine Learning, Exercise 5.7 a." in latex
    for _ in range(2):
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", book.name]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
        assert ran.returncode == 0, ran.stdout[-2000:]
        assert not re.search(r"^Overfull \\hbox \(\d\d", ran.stdout, re.MULTILINE)
    contents = (tmp_path / "book.toc").read_text("utf-8")
    assert contents.count("{section}") == 4
    assert contents.count("{chapter}") == 4


def notes(apkg, folder):
    """The notes of a deck by their guid, and the numbers of its decks."""
    with zipfile.ZipFile(apkg) as archive:
        archive.extract("collection.anki2", folder)
    with sqlite3.connect(folder / "collection.anki2") as database:
        rows = database.execute("select guid, mid, flds, tags from notes").fetchall()
        (decks,) = database.execute("select decks from col").fetchone()
    return {
        guid: (model, dict(zip(FIELDS, fields.split("\x1f"), strict=True)), tags.strip())
        for guid, model, fields, tags in rows
    }, set(json.loads(decks))


def test_a_deck(collection, tmp_path):
    pytest.importorskip("genanki")
    first, second = tmp_path / "a.apkg", tmp_path / "b.apkg"
    ran = printed("deck", first, collection)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == f"{first}: 3 cards written\n"
    found, decks = notes(first, tmp_path)
    assert str(DECK) in decks
    cards = {fields["Title"]: (fields, tags) for _, fields, tags in found.values()}
    assert set(cards) == {"Logarithm of a determinant", "Euclidean norm", "Differential of a product"}
    fields, tags = cards["Logarithm of a determinant"]
    assert tags == "determinant"
    assert r"\det" in fields["Function"]
    assert r"\boldsymbol{X}^{-\top}" in fields["Derivative"]
    assert fields["Shape"] == "Shape: N×N"
    assert fields["Conditions"].startswith(r"\(\boldsymbol{X}\) invertible")
    assert cards["Euclidean norm"][0]["Source"] == "a &lt; b"
    assert r"\neq \boldsymbol{0}" in cards["Euclidean norm"][0]["Conditions"]
    for card, _ in cards.values():
        assert all(text.count(r"\(") == text.count(r"\)") for text in card.values())
        assert not any("<" in re.sub("<br>", "", text) for text in card.values())

    # Another title and another formula make the same card; another slug makes another one.
    (collection / "norm.yaml").write_text(ENTRIES["norm"].replace("Euclidean norm", "Length"), "utf-8")
    (collection / "log-det.yaml").write_text(ENTRIES["log-det"].replace("slug: log-det", "slug: ln-det"), "utf-8")
    assert printed("deck", second, collection).returncode == 0
    again, decks_again = notes(second, tmp_path)
    assert decks_again == decks
    assert len(found.keys() & again.keys()) == 2
    assert len({model for model, *_ in (*found.values(), *again.values())}) == 1


@pytest.mark.parametrize("command", ["book", "deck"])
def test_bad_input_is_one_message(command, collection, tmp_path):
    file = tmp_path / "out"
    for name, old, new, said in (
        ("norm", "norm2(x)", "norm2(y)", "norm.yaml:7:13: `y` is not declared"),
        ("norm", "title", "titel", "titel: is not a field; did you mean title?"),
        ("log-det", "cookbook", "cookbok", "cookbok is not in sources.yaml; did you mean cookbook?"),
    ):
        (collection / f"{name}.yaml").write_text(ENTRIES[name].replace(old, new), "utf-8")
        ran = printed(command, file, collection)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert said in ran.stderr
        assert "Traceback" not in ran.stderr
        (collection / f"{name}.yaml").write_text(ENTRIES[name], "utf-8")
    assert not file.exists()
    ran = printed(command, file, tmp_path / "nothing")
    assert ran.stderr == f"{tmp_path / 'nothing'}: there is no such folder of entries\n"
    ran = printed(command, collection / "norm.yaml" / "out", collection)
    assert (ran.returncode, "cannot be written" in ran.stderr) == (2, True)


def test_exercises_alone_make_no_deck(collection, tmp_path):
    for name in ("log-det", "norm", "product"):
        (collection / f"{name}.yaml").unlink()
    ran = printed("deck", tmp_path / "a.apkg", collection)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == f"{collection}: holds exercises alone, and cards are made of identities\n"


def test_without_its_package_a_deck_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(print_commands, "find_spec", lambda name: None)
    ran = in_process("deck", str(tmp_path / "a.apkg"))
    assert (ran.returncode, ran.stderr) == (2, 'A deck needs genanki: python -m pip install "jacobook[anki]"\n')


@pytest.mark.slow
def test_the_built_in_collection_is_a_book(root, tmp_path):
    built_in, book = root / "generator" / "jacobook" / "collection", tmp_path / "book.tex"
    for path in (*sorted(built_in.glob("*/*.yaml"))[:: one_in(24)], built_in / "sources.yaml"):
        copy = tmp_path / "sample" / path.relative_to(built_in)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    assert printed("book", book, tmp_path / "sample").returncode == 0
    command = [shutil.which("pdflatex") or "pdflatex", "-interaction=nonstopmode", "-halt-on-error", book.name]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert ran.returncode == 0, ran.stdout[-2000:]
    # The derivation of the backward pass of a layer norm has names side by side that cannot be broken.
    assert len(re.findall(r"^Overfull \\hbox \(\d\d", ran.stdout, re.MULTILINE)) <= 8
