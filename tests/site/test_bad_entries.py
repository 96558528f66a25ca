"""An entry that cannot be used: one message with file, line and column, and everything else stays as it is."""

from __future__ import annotations

import pytest

from .conftest import GOOD, OTHER

DEEP = "(" * 10_000 + "x" + ")" * 10_000

# What is wrong, how the entry OTHER is spoiled, where the message points, words of the message, exit status.
SPOILED = [
    ("malformed", ("given:\n", "given: [\n"), "9:", "is not YAML", 2),
    ("tab", ("  - name", "\t- name"), "5:1", "is not YAML", 2),
    ("unknown field", ("question:", "qestion:"), "7:1", "did you mean question?", 2),
    ("unknown field inside", ("- name:", "- nam:"), "5:5", "did you mean name?", 2),
    ("missing field", ("question: Differentiate the linear form.\n", ""), "1:1", "question: is missing", 2),
    ("number for text", ("Exercise 1.2", "1.2"), "6:13", "put it in quotes", 2),
    ("text for a list", ("expression:\n  - f = a'*x", "expression: f = a'*x"), "10:13", "not a list", 2),
    ("empty list", ("expression:\n  - f = a'*x", "expression: []"), "10:13", "empty list", 2),
    ("empty title", ("Linear form", "''"), "2:8", "is empty", 2),
    ("bad slug", ("slug: other", "slug: Other One"), "1:7", "slug", 2),
    ("reserved slug", ("slug: other", "slug: index"), "1:7", "the pages that list the others", 2),
    ("repeated field", ("wrt: x", "wrt: x\nslug: more"), "13:1", "a second time", 2),
    ("control character", ("Linear form", '"Lin\\u0002ear"'), "2:8", "cannot be printed", 2),
    ("javascript link", ("    number:", "    link: javascript:alert(1)\n    number:"), "6:11", "link", 2),
    ("link that ends", ("    number:", "    link: 'https://a.b) <i>'\n    number:"), "6:11", "link", 2),
    ("undeclared", ("a'*x", "c'*x"), "11:9", "`c`", 2),
    ("sizes", ("- x, a in R^N", "- x in R^N\n  - a in R^M"), "12:9", "N", 2),
    ("declared and defined", ("f = a'*x", "x = a'*a"), "11:", "x", 2),
    ("cycle", ("f = a'*x", "f = z\n  - z = f"), "11:", "circle", 2),
    ("unknown function", ("a'*x", "epx(a'*x)"), "11:9", "exp", 2),
    ("nested", ("a'*x", DEEP), "11:", "inside one another", 2),
    ("code", ("f = a'*x", """'__import__(''os'').system(''x'')'"""), "11:", "", 2),
    ("unknown variable", ("wrt: x", "wrt: q"), "12:6", "`q`", 2),
    (
        "no such property",
        ("wrt: x", "assumed:\n  - {symbol: a, property: nice, reason: why}"),
        "13:27",
        "invertible",
        2,
    ),
    (
        "assumed of nothing",
        ("wrt: x", "wrt: x\nassumed:\n  - {symbol: q, property: positive, reason: w}"),
        "14:14",
        "q",
        2,
    ),
    ("related to nothing", ("wrt: x", "wrt: x\nrelated: [nowhere]"), "13:11", "nowhere", 2),
    ("refused", ("a'*x", "tr(adj(x*a'))"), "11:5", "adjugate", 3),
]


@pytest.mark.parametrize(
    ("change", "place", "said", "status"), [case[1:] for case in SPOILED], ids=[c[0] for c in SPOILED]
)
def test_a_spoiled_entry(workshop, capsys, change, place, said, status):
    assert workshop.run() == 0
    before = workshop.files()
    times = workshop.times()
    assert change[0] in OTHER
    spoiled = workshop.write("other.yaml", OTHER.replace(*change))
    found = workshop.run()
    message = capsys.readouterr().err
    assert found == status
    assert message.startswith(f"{spoiled}:{place}"), message
    assert said in message
    assert "Traceback" not in message
    assert len(message) < 2000
    assert workshop.files() == before
    assert {path: time for path, time in workshop.times().items() if ".manifest" not in path} == {
        path: time for path, time in times.items() if ".manifest" not in path
    }

    workshop.write("other.yaml", OTHER)
    assert workshop.run() == 0
    assert workshop.files() == before
    assert capsys.readouterr().err == ""


def test_what_cannot_be_read(workshop, capsys):
    assert workshop.run() == 0
    before = workshop.files()
    path = workshop.collection / "other.yaml"
    path.unlink()
    path.symlink_to(workshop.collection / "nowhere.yaml")
    assert workshop.run() == 2
    assert f"{path}: cannot be read" in capsys.readouterr().err
    path.unlink()
    path.write_bytes(OTHER.encode().replace(b"Linear", b"Line\xe4r"))
    assert workshop.run() == 2
    assert f"{path}:2:12: is not UTF-8 text" in capsys.readouterr().err
    assert workshop.files() == before


def test_a_slug_that_is_taken(workshop, capsys):
    assert workshop.run() == 0
    before = workshop.files()
    thief = workshop.write("a-thief.yaml", OTHER.replace("slug: other", "slug: good"))
    assert workshop.run() == 2
    message = capsys.readouterr().err
    assert f"{thief}:1:7: slug: good is taken by {workshop.collection / 'good.yaml'}" in message
    assert workshop.files() == before
    thief.unlink()
    assert workshop.run() == 0
    assert workshop.files() == before


def test_one_bad_entry_does_not_stop_a_changed_one(workshop):
    assert workshop.run() == 0
    before = workshop.files()
    workshop.write("other.yaml", "slug: [")
    workshop.write("good.yaml", GOOD.replace("Squared length", "Length, squared"))
    assert workshop.run() == 2
    after = workshop.files()
    assert b"Length, squared" in after["exercises/good.md"]
    assert after["exercises/other.md"] == before["exercises/other.md"]
    assert b"other.md" in after["exercises/index.md"]


def test_a_bad_entry_from_the_start(workshop, capsys):
    workshop.write("other.yaml", "slug: [")
    assert workshop.run() == 2
    assert "exercises/good.md" in workshop.files()
    assert "exercises/other.md" not in workshop.files()
    assert b"other.md" not in workshop.files()["exercises/index.md"]


@pytest.mark.parametrize("folder", ["nowhere", "empty"])
def test_no_collection(workshop, capsys, tmp_path, folder):
    (tmp_path / "empty").mkdir()
    workshop.collection = tmp_path / folder
    assert workshop.run() == 2
    assert str(tmp_path / folder) in capsys.readouterr().err
    assert workshop.files() == {}


def test_docs_that_cannot_be_written(workshop, capsys, tmp_path):
    (tmp_path / "file").write_text("in the way", "utf-8")
    workshop.docs = tmp_path / "file" / "docs"
    assert workshop.run() == 2
    message = capsys.readouterr().err
    assert "cannot be written" in message
    assert message.count("\n") == 1
