"""An entry that cannot be used: one message with file, line and column, and everything else stays as it is."""

from __future__ import annotations

import pytest

from jacobook.site.manifest import digest

from .conftest import GOOD, OTHER

DEEP = "(" * 10_000 + "x" + ")" * 10_000

WRT = "wrt: x\n"
BOOK = "  - book: reader\n    number: Exercise 1.2"


def claim(formula: str, more: str = "", book: str = "reader") -> tuple[str, str]:
    """The change of OTHER that adds a published formula."""
    lines = ["claims:", f"  - formula: {formula}", f"    source: {{book: {book}}}", *([f"    {more}"] if more else [])]
    return WRT, WRT + "\n".join(lines) + "\n"


def plotted(fields: str) -> tuple[str, str]:
    """The change of OTHER that asks for a picture."""
    return WRT, f"{WRT}plot: {{{fields}}}\n"


# What is wrong, how the entry OTHER is spoiled, where the message points, words of the message, exit status.
SPOILED = [
    ("malformed", ("given:\n", "given: [\n"), "9:", "is not YAML", 2),
    ("tab", ("    number", "\tnumber"), "6:1", "is not YAML", 2),
    ("unknown field", ("question:", "qestion:"), "7:1", "did you mean question?", 2),
    ("unknown field inside", ("- book:", "- bok:"), "5:5", "did you mean book?", 2),
    ("missing field", ("question: Differentiate the linear form.\n", ""), "1:1", "question: is missing", 2),
    ("no group", ("group: exercise\n", ""), "1:1", "group: is missing", 2),
    ("no such group", ("group: exercise", "group: tracing"), "3:8", "trace, norm", 2),
    ("number for text", ("Exercise 1.2", "1.2"), "6:13", "put it in quotes", 2),
    ("text for a list", ("wrt: x", "wrt: x\nsynonyms: linear"), "13:11", "not a list", 2),
    ("empty list", ("expression:\n  - f = a'*x", "expression: []"), "10:13", "empty list", 2),
    ("no sources", ("sources:\n  - book: reader\n    number: Exercise 1.2", "sources: []"), "4:10", "empty list", 2),
    ("empty title", ("Linear form", "''"), "2:8", "is empty", 2),
    ("bad slug", ("slug: other", "slug: Other One"), "1:7", "slug", 2),
    ("reserved slug", ("slug: other", "slug: index"), "1:7", "list the others", 2),
    ("repeated field", ("wrt: x", "wrt: x\nslug: more"), "13:1", "a second time", 2),
    ("control character", ("Linear form", '"Lin\\u0002ear"'), "2:8", "cannot be printed", 2),
    ("unknown book", ("book: reader", "book: raeder"), "5:11", "did you mean reader?", 2),
    ("unheard-of book", ("book: reader", "book: zzz"), "5:11", "there are reader, second", 2),
    ("book and name", ("    number", "    name: A page\n    number"), "5:5", "either a book", 2),
    ("javascript link", (BOOK, "  - name: A page\n    link: javascript:alert(1)"), "6:11", "link", 2),
    ("link that ends", (BOOK, "  - name: A page\n    link: 'https://a.b) <i>'"), "6:11", "link", 2),
    ("undeclared", ("a'*x", "c'*x"), "11:9", "`c`", 2),
    ("sizes", ("- x, a in R^N", "- x in R^N\n  - a in R^M"), "12:9", "N", 2),
    ("declared and defined", ("f = a'*x", "x = a'*a"), "11:", "x", 2),
    ("cycle", ("f = a'*x", "f = z\n  - z = f"), "11:", "circular", 2),
    ("unknown function", ("a'*x", "epx(a'*x)"), "11:9", "exp", 2),
    ("nested", ("a'*x", DEEP), "11:", "nested", 2),
    ("code", ("f = a'*x", """'__import__(''os'').system(''x'')'"""), "11:", "", 2),
    ("unknown variable", ("wrt: x", "wrt: q"), "12:6", "`q`", 2),
    (
        "no such property",
        (WRT, f"{WRT}assumed:\n  - {{symbol: a, property: nice, reason: w}}\n"),
        "14:27",
        "invertible",
        2,
    ),
    (
        "assumed of nothing",
        (WRT, f"{WRT}assumed:\n  - {{symbol: q, property: positive, reason: w}}\n"),
        "14:14",
        "q",
        2,
    ),
    (
        "not declared",
        (WRT, f"{WRT}assumed:\n  - {{symbol: a, property: positive, reason: w}}\n"),
        "14:14",
        "declare a",
        2,
    ),
    ("related to nothing", ("wrt: x", "wrt: x\nrelated: [nowhere]"), "13:11", "nowhere", 2),
    ("fourth derivative", (WRT, f"{WRT}order: 4\n"), "13:8", "none of 1, 2, 3", 2),
    ("two kinds of question", (WRT, f"{WRT}differential: [x, a]\n"), "1:1", "no wrt", 2),
    ("vary nothing", (WRT, "differential: [x, q]\n"), "12:19", "q is not declared", 2),
    ("case, undeclared", (WRT, f'{WRT}cases:\n  - {{title: T, expression: ["c\'*x"]}}\n'), "14:30", "`c`", 2),
    ("case, unknown variable", (WRT, f"{WRT}cases:\n  - {{title: T, wrt: q}}\n"), "14:21", "`q`", 2),
    ("refused", ("f = a'*x\nwrt: x", "f = x*x'\nwrt: x\norder: 2"), "11:5", "second derivative of a matrix", 3),
    ("plot, no constant", plotted("from: -1, to: 1, with: {q: 1}"), "13:35", "plot.with.q: q is no constant", 2),
    ("plot, shape", plotted("from: -1, to: 1, with: {a: [[1, 2]]}"), "13:35", "a vector with N entries", 2),
    ("plot, word", plotted("from: -1, to: 1, with: {a: [1, many]}"), "13:35", "nor a list of numbers", 2),
    ("plot, truth", plotted("from: -1, to: 1, with: {a: true}"), "13:35", "neither a number", 2),
    ("plot, no value", plotted("from: -1, to: 1"), "13:7", "plot: the picture needs a value of a", 2),
    ("plot, no range", plotted("from: -.inf, to: 1"), "13:14", "finite", 2),
    ("plot, levels", plotted("from: -1, to: 1, with: {a: [1, 1]}, levels: [5]"), "13:52", "no line at 5", 2),
    # A claim stands on line 14: `  - formula: a'`, its source on line 15, more on line 16.
    ("claim, unreadable", claim("a'*"), "14:16", "the text ends after", 2),
    ("claim, undeclared", claim("2*c'"), "14:16", "`c`", 2),
    ("claim, unknown book", claim("a'", book="reeder"), "15:20", "did you mean reader?", 2),
    ("claim, no source", (WRT, f"{WRT}claims:\n  - formula: a'\n"), "14:5", "claims, item 1, source: is missing", 2),
    ("claim, no such case", claim("a'", "case: 1"), "1:1", "claim 1 is about case 1, and there are 0", 2),
    ("claim, case zero", claim("a'", "case: 0"), "16:11", "greater than or equal to 1", 2),
    ("claim, no target", claim("a'", "target: gradient"), "16:13", "a target begins with result", 2),
    ("claim, no number", claim("a'", "target: row one"), "16:13", "`row 1`", 2),
    ("claim, no such partial", claim("a'", "target: partial q by x"), "16:13", "q", 2),
    ("claim, no Hessian", claim("a'", "target: hessian"), "16:13", "order: 2", 2),
    ("claim, its own given", claim("a'", "given: ['x in R^']"), "16:21", "a size is", 2),
    ("claim, bad reading", claim("a'", "reading: right"), "16:14", "none of printed, corrected", 2),
    ("claim, wrong correction", claim("2*a'", "reading: corrected"), "14:5", "correction 2*a' disagrees", 1),
]


def state(workshop):
    """All that a run leaves and a later one reads: pages, manifest and kept work, whatever the folder is called."""
    folder = workshop.docs.parent
    files = (path for part in (workshop.docs, workshop.cache) for path in sorted(part.rglob("*")) if path.is_file())
    return digest(b"\n".join(f"{path.relative_to(folder)} {digest(path.read_bytes())}".encode() for path in files))


@pytest.fixture(scope="module")
def mended():
    """The states out of which a run was seen to make the same pages once more, from the same two entries."""
    return set()


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    ("change", "place", "said", "status"), [case[1:] for case in SPOILED], ids=[c[0] for c in SPOILED]
)
def test_a_spoiled_entry(workshop, mended, capsys, change, place, said, status):
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

    left = state(workshop)
    if left not in mended:
        workshop.write("other.yaml", OTHER)
        assert workshop.run() == 0
        assert workshop.files() == before
        assert capsys.readouterr().err == ""
        mended.add(left)


@pytest.mark.parametrize(
    ("spoiled", "picture"),
    [
        (OTHER.replace("a'*x", "c'*x"), "\n    f = c'*x\n        ^\n"),
        (OTHER.replace(*claim("a'*")), "\n    a'*\n      ^\n"),
        (OTHER.replace(*claim("a' + 2*c'")), "\n    a' + 2*c'\n           ^\n"),
        (OTHER.replace(*claim("a'", "target: value 2*q")), "q\n"),
    ],
)
def test_a_caret_stands_below_the_mistake(workshop, capsys, spoiled, picture):
    workshop.write("other.yaml", spoiled)
    assert workshop.run() == 2
    assert picture in capsys.readouterr().err


def test_a_complaint_about_a_whole_entry_names_no_field(workshop, capsys):
    path = workshop.write("other.yaml", OTHER + "differential: [x, a]\n")
    assert workshop.run() == 2
    assert capsys.readouterr().err == f"{path}:1:1: an entry with `differential` has no wrt, order, taylor and cases\n"


def test_works_that_cannot_be_read(workshop, capsys):
    before = workshop.files()
    path = workshop.write("sources.yaml", "reader:\n  titel: A book\n")
    assert workshop.run() == 2
    assert f"{path}:2:3: reader, titel: is not a field" in capsys.readouterr().err
    assert workshop.files() == before


def test_what_cannot_be_read(workshop, capsys):
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
    before = workshop.files()
    workshop.write("other.yaml", "slug: [")
    workshop.write("good.yaml", GOOD.replace("Squared length", "Length, squared"))
    assert workshop.run() == 2
    after = workshop.files()
    assert b"Length, squared" in after["exercises/good.md"]
    assert after["exercises/other.md"] == before["exercises/other.md"]
    assert b"other.md" in after["exercises/index.md"]


def test_a_bad_entry_from_the_start(unbuilt_workshop, capsys):
    unbuilt_workshop.write("other.yaml", "slug: [")
    assert unbuilt_workshop.run() == 2
    assert "exercises/good.md" in unbuilt_workshop.files()
    assert "exercises/other.md" not in unbuilt_workshop.files()
    assert b"other.md" not in unbuilt_workshop.files()["exercises/index.md"]


@pytest.mark.parametrize("folder", ["nowhere", "empty"])
def test_no_collection(unbuilt_workshop, capsys, tmp_path, folder):
    (tmp_path / "empty").mkdir()
    unbuilt_workshop.collection = tmp_path / folder
    assert unbuilt_workshop.run() == 2
    assert str(tmp_path / folder) in capsys.readouterr().err
    assert unbuilt_workshop.files() == {}


def test_docs_that_cannot_be_written(workshop, capsys, tmp_path):
    (tmp_path / "file").write_text("in the way", "utf-8")
    workshop.docs = tmp_path / "file" / "docs"
    assert workshop.run() == 2
    message = capsys.readouterr().err
    assert "cannot be written" in message
    assert message.count("\n") == 1


def test_a_page_related_to_one_that_cannot_be_made_is_made_without_the_link(unbuilt_workshop, capsys):
    """On the very first run: nothing of the other page was published before."""
    unbuilt_workshop.write("good.yaml", f"{GOOD}related: [other]\n")
    unbuilt_workshop.write("other.yaml", OTHER.replace(*claim("2*a'", "reading: corrected")))
    assert unbuilt_workshop.run() == 1
    message = capsys.readouterr().err
    assert "correction 2*a' disagrees" in message
    assert "mistake of Jacobook's own" not in message
    assert "exercises/good.md" in unbuilt_workshop.files()
    assert "other.md" not in unbuilt_workshop.page("exercises/good.md")
