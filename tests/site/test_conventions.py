"""The pages of conventions: what they say of shapes and layouts is what the engine says."""

from __future__ import annotations

import re
from itertools import product

import pytest

from jacobook.language import ShapeClash, parse_expression
from jacobook.language.declarations import parse_declarations
from jacobook.rendering.shape_words import shape_text
from jacobook.site.generation import PACKAGE
from jacobook.site.pages.conventions import MOVED_SECTIONS, conventions_data, moved_conventions
from jacobook.site.pages.shape_gallery import CLASHING, DECLARATIONS, FITTING, ONE_COLUMN, ONE_ENTRY, verdict
from jacobook.site.render import environment

SYMBOLS = parse_declarations(DECLARATIONS)


@pytest.fixture(scope="module")
def data():
    return conventions_data((PACKAGE / "site" / "templates" / "language.md").read_text(encoding="utf-8").strip())


@pytest.fixture(scope="module")
def page(data):
    """All three pages."""
    names = ("layouts.md.j2", "notation.md.j2", "how_to_read.md.j2")
    return "\n".join(
        environment().get_template(name).render(root="", identity=lambda row: "", **data) for name in names
    )


def asked(expression: str) -> tuple[str, str]:
    """Return kind and shape of an expression, or no and why, from the engine itself."""
    try:
        shape = parse_expression(expression, SYMBOLS).shape
    except ShapeClash as clash:
        return "no", clash.message
    return shape.kind.value, shape_text(shape)


@pytest.mark.parametrize(("group", "operands"), [(0, ONE_ENTRY), (1, ONE_COLUMN)])
def test_every_verdict_is_the_engines(data, group, operands):
    found = data["alike"]["groups"][group]
    refused = []
    for table, operator in zip(found["tables"], (" + ", "*"), strict=True):
        cells = [cell for row in table["rows"] for cell in row["cells"]]
        for cell, (left, right) in zip(cells, product(operands, operands), strict=True):
            kind, said = asked(f"{left}{operator}{right}")
            assert cell == {"fits": kind != "no", "result": said if kind == "matrix" else kind}
            refused += [said] if kind == "no" else []
    assert found["refused"] == refused


def test_what_the_page_says_of_the_tables_holds():
    for operands in (ONE_ENTRY, ONE_COLUMN):
        for left, right in product(operands, operands):
            filled = (left == "t") != (right == "t") and "m" not in (left, right)  # m is square
            assert (asked(f"{left} + {right}")[0] != "no") == (left == right or filled)
        assert all(asked(f"t*{one}")[0] != "no" != asked(f"{one}*t")[0] for one in operands)
    assert asked("v*v")[0] == asked("x*x")[0] == asked("v'*v'")[0] == asked("x'*x'")[0] == "no"
    assert asked("x'*x") == ("scalar", "1×1")
    assert asked("x'*C") == ("row", "1×1")


@pytest.mark.parametrize("expression", [*FITTING, *CLASHING])
def test_a_picture_says_the_same_as_the_engine(data, expression):
    drawn = data["alike"]["fitting"] + data["alike"]["clashing"]
    one = next(one for one in drawn if one["expression"] == f"`{expression}`")
    refused = re.search("does not fit|cannot be added", one["picture"]) is not None
    assert refused == (verdict(expression, SYMBOLS).shape is None) == bool(one["message"]) == (expression in CLASHING)


def test_a_fault_that_is_no_clash_of_shapes_is_no_verdict():
    with pytest.raises(Exception, match="unknown"):
        verdict("t*unknown", SYMBOLS)


def test_layouts_hold_the_same_numbers_turned(data):
    turned = 0
    for row in data["layouts"]:
        rows, columns = row["shape"].split("×")
        expected = row["shape"] if row["kinds"].endswith("by matrix") else f"{columns}×{rows}"
        assert row["turned"] == expected
        turned += row["turned"] != row["shape"]
    assert turned >= 4
    assert "the result is a row with N entries" in data["chain"]["jacobian"]
    assert "the result is a vector with N entries" in data["chain"]["denominator"]
    assert "does not fit" not in "".join(data["chain"].values())


def test_shapes_of_the_books(data):
    assert data["shapes"] == {
        "scalar_by_vector": {"jacobian": "1×N", "denominator": "N×1"},
        "vector_by_vector": {"jacobian": "M×N", "denominator": "N×M"},
        "scalar_by_matrix": {"jacobian": "M×N", "denominator": "M×N"},
        "stacked": "1×M·N",
    }


def test_headings_that_others_link_to_are_there(page):
    headings = re.findall(r"^##? (.+)$", page, re.MULTILINE)
    for name in ("Shapes", "Two layouts {#layouts}", "Symbols {#notation}", "How to read a page", "The command line"):
        assert name in headings


def test_every_section_of_the_former_page_has_a_new_place(pages):
    """The anchors of the page of conventions, as it was published last."""
    published = [
        "shapes",
        "what-fits",
        "four-things-that-look-alike",
        "the-same-with-n-entries",
        "crossing-over",
        "layouts",
        "which-book-uses-which",
        "from-one-to-the-other",
        "beyond-two-indices",
        "notation",
        "how-to-read-a-page",
        "the-command-line",
        "declarations",
        "products-powers-and-sums",
        "functions",
        "arrays-entries-and-sizes",
        "chains",
        "programs",
        "latex",
    ]
    moved = moved_conventions()
    assert set(moved["sections"]) <= {*published, "statement", "chain", "result", "answer"}
    assert set(MOVED_SECTIONS) < {page["file"] for page in moved["pages"]}
    for anchor in published:
        text = (pages / f"{moved['sections'].get(anchor, 'layouts')}.md").read_text("utf-8")
        slugs = {re.sub(r"[^a-z0-9]+", "-", head.lower()) for head in re.findall(r"^##+ ([^{\n]+?)$", text, re.M)}
        assert f"{{#{anchor}}}" in text or anchor in slugs or anchor == "how-to-read-a-page", anchor


def test_the_former_page_leads_on(pages):
    text = (pages / "conventions.md").read_text("utf-8")
    assert '<noscript><meta http-equiv="refresh" content="0; url=../layouts/"></noscript>' in text
    assert '"the-command-line": "notation"' in text
    for name in ("layouts.md", "notation.md", "how-to-read.md"):
        assert f"]({name})" in text


def test_the_example_is_a_real_page(data, page):
    part = data["example"]["part"]
    assert part["evidence"].startswith("Checked: ")
    assert part["result"] in page
    assert data["example"]["part"]["partials"][-1]["shape"] == "1×N"
    tabs = part["partials"][-1]["tabs"]
    shown = re.findall(r"^/// tab \| (.+)$", page, re.MULTILINE)
    assert [tab["name"] for tab in tabs] == ["Matrix route", "Component route", "Denominator layout"]
    assert all(tab["name"] in shown and tab["lines"] for tab in tabs)
    assert [tab["name"] for tab in part["together"]] == ["Matrix route", "Denominator layout"]
    for partial in part["partials"]:
        assert f'href="#{partial["anchor"]}"' in page, "an arrow of the chain leads"
        assert f'id="{partial["anchor"]}"' in page, "to what is on the page"


def test_every_function_of_the_language_is_explained(page):
    from jacobook.language.function_table import CALLABLE, SIZED

    for name in (*CALLABLE, *SIZED, "eye"):
        assert re.search(rf"`{name}[`( ]", page), name
