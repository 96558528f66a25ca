"""Pages that list entries: every entry once, by book and number; the navigation; former addresses."""

from __future__ import annotations

import json
import re

import pytest

from jacobook.site.course.lesson_files import LESSON_FILES
from jacobook.site.pages.groups import GROUPS, natural

from .conftest import entry

TRACE = {"group": "trace"}


@pytest.fixture(scope="module")
def collection(new_workshop):
    """Three exercises of two books, and identities of two groups."""
    workshop = new_workshop()
    second = [{"book": "second", "number": "(1)"}]
    page = [{"name": "A page", "link": "https://example.org/page"}]
    workshop.only(
        e10=entry("e10", "2*t", "t in R", number="Exercise 5.10"),
        e9b=entry("e9b", "3*t", "t in R", number="Exercise 5.9 b"),
        e9a=entry("e9a", "4*t", "t in R", number="Exercise 5.9 a"),
        another=entry("another", "5*t", "t in R", sources=second),
        somewhere=entry("somewhere", "6*t", "t in R", sources=page),
        tr_b=entry("tr-b", "tr(X*X)", "X in R^(N x N)", number="(100)", **TRACE),
        tr_a=entry("tr-a", "tr(X)", "X in R^(N x N)", number="≈ (99)", redirects=["trace-of-x", "tr-x"], **TRACE),
        line=entry("line", "A*x", "x in R^N", "A in R^(M x N)", wrt="x", group="linear", related=["tr-a"]),
    )
    assert workshop.run() == 0
    return workshop


def linked(text: str) -> list[str]:
    """The pages to which a table or the rows of a sheet link, in order."""
    rows = [line for line in text.splitlines() if line.startswith(("|", '<div class="sheet-title"'))]
    return [page for row in rows for page in re.findall(r"\]\(([^)]+\.md)\)", row)]


def test_exercises_stand_by_book_and_number(collection):
    text = collection.page("exercises/index.md")
    assert linked(text) == ["e9a.md", "e9b.md", "e10.md", "another.md", "somewhere.md"]
    headings = re.findall("^## (.+)$", text, re.M)
    assert headings == ["A book", "Another book", "Elsewhere"]


def test_the_home_page_counts_exercises_by_the_works_they_come_from(collection):
    text = collection.page("index.md")
    assert "5 worked exercises (3 of *A book*, 1 of *Another book*, 1 from elsewhere), with every" in text


def test_the_home_page_names_the_only_work(workshop):
    assert "2 worked exercises of *A book*, with every" in workshop_page(workshop)
    workshop.only(single=entry("single", "2*t", "t in R"))
    assert "1 worked exercise of *A book*, with every" in workshop_page(workshop)
    workshop.only(own=entry("own", "2*t", "t in R", sources=[{"name": "My notes"}]))
    assert "\n1 worked exercise, with every" in workshop_page(workshop)


def workshop_page(workshop) -> str:
    assert workshop.run() == 0
    return workshop.page("index.md")


def test_a_group_lists_its_entries_once_by_number(collection):
    assert linked(collection.page("identities/trace/index.md")) == ["tr-a.md", "tr-b.md"]
    assert linked(collection.page("identities/linear/index.md")) == ["line.md"]


def test_the_cheat_sheet_lists_every_identity_once(collection):
    assert linked(collection.page("identities/index.md")) == ["linear/line.md", "trace/tr-a.md", "trace/tr-b.md"]


def test_a_group_without_entries_has_no_page(collection):
    made = {name.split("/")[1] for name in collection.files() if re.fullmatch("identities/.+/index.md", name)}
    assert made == {"linear", "trace"}
    assert made < {group.slug for group in GROUPS}


def test_without_identities_there_is_no_cheat_sheet(workshop):
    assert not [name for name in workshop.files() if name.startswith("identities/")]
    assert "identities" not in workshop.page("assets/generated/navigation.json")


def test_a_row_shows_function_variable_derivative_and_shape(collection):
    rows = re.findall("<li .+?</li>", collection.page("identities/linear/index.md"), re.S)
    row = next(row for row in rows if "line.md" in row)
    function, variable = row.index(r"\boldsymbol{A}\boldsymbol{x}"), row.index(r"by \(\boldsymbol{x}\)")
    derivative, shape = row.index(r"\(\boldsymbol{A}\)"), row.index('<span class="shape in-jacobian">M×N')
    assert function < variable < derivative < shape


def test_related_entries_are_linked_across_groups(collection):
    assert "- [About tr-a](../../identities/trace/tr-a.md)" in collection.page("identities/linear/line.md")


def pages_of(navigation) -> list[str]:
    if isinstance(navigation, str):
        return [navigation]
    inner = navigation.values() if isinstance(navigation, dict) else navigation
    return [page for one in inner for page in pages_of(one)]


def test_the_navigation_has_every_page_once_besides_redirects_and_tags(collection):
    pages = pages_of(json.loads(collection.page("assets/generated/navigation.json"))["sections"])
    made = {name for name in collection.files() if name.endswith(".md")}
    unlisted = {"identities/trace/trace-of-x.md", "identities/trace/tr-x.md", "conventions.md", "tags.md"}
    assert len(pages) == len(set(pages))
    assert set(pages) == made - unlisted
    assert unlisted <= made


def test_the_navigation_is_in_reading_order(collection):
    pages = pages_of(json.loads(collection.page("assets/generated/navigation.json"))["sections"])
    course = ["course/index.md", *(f"course/{slug}.md" for slug in LESSON_FILES), "glossary.md"]
    assert pages[: 8 + len(course)] == [
        "index.md",
        *course,
        "exercises/index.md",
        "practice.md",
        *(f"exercises/{slug}.md" for slug in ("e9a", "e9b", "e10", "another", "somewhere")),
    ]
    assert pages.index("identities/linear/line.md") < pages.index("identities/trace/index.md")


def test_a_former_address_leads_to_the_page(collection):
    for old in ("trace-of-x", "tr-x"):
        text = collection.page(f"identities/trace/{old}.md")
        assert 'content="0; url=../tr-a/"' in text
        assert "(tr-a.md)" in text
        assert 'search: {"exclude": true}\n' in text


@pytest.mark.parametrize("taken", ["good", "was-good"])
def test_a_former_address_that_is_taken(workshop, capsys, taken):
    workshop.write("good.yaml", entry("good", "t", "t in R", redirects=["was-good"]))
    thief = workshop.write("thief.yaml", entry("thief", "t", "t in R", redirects=[taken]))
    assert workshop.run() == 2
    said = capsys.readouterr().err
    assert f"{taken} is taken by" in said
    assert str(thief) in said


def test_an_entry_that_moves_keeps_its_old_address(collection):
    path = collection.collection / "line.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("slug: line", "slug: map") + "redirects: [line]\n", "utf-8")
    try:
        assert collection.run() == 0
        assert "(map.md)" in collection.page("identities/linear/line.md")
        assert "map.md" in linked(collection.page("identities/linear/index.md"))
    finally:
        path.write_text(text, "utf-8")
        assert collection.run() == 0


@pytest.mark.parametrize(
    "numbers", [["5.8", "5.10"], ["(9)", "(10)"], ["Exercise 2 a", "Exercise 2 b", "Exercise 10 a"], ["", "(1)"]]
)
def test_numbers_sort_as_people_count(numbers):
    shuffled = numbers[::-1]
    assert sorted(shuffled, key=natural) == numbers
