"""A folder of entries on its own, and added to the built-in collection."""

from __future__ import annotations

import pytest

from jacobook.site import generation
from jacobook.site.generation import write_pages

from .conftest import GOOD, WORKS, Workshop, claim, entry

BUILT_IN_WORKS = "printed:\n  title: A built-in work\n"
MINE = GOOD.replace("slug: good", "slug: mine").replace("book: reader", "book: printed")


@pytest.fixture
def mine(unbuilt_workshop, tmp_path, monkeypatch) -> Workshop:
    """A folder of one entry beside a built-in collection, which is the one that was worked out before."""
    (unbuilt_workshop.collection / "sources.yaml").write_text(WORKS + BUILT_IN_WORKS, "utf-8")
    monkeypatch.setattr(generation, "BUILT_IN", unbuilt_workshop.collection)
    own = Workshop(tmp_path / "mine", unbuilt_workshop.docs)
    own.write("mine.yaml", MINE)
    return own


def both(own: Workshop) -> int:
    return write_pages(own.docs, own.collection, jobs=1, with_built_in=True)


def test_a_folder_on_its_own_may_cite_the_works_that_are_built_in(mine):
    assert mine.run() == 0
    assert "A built-in work" in mine.page("exercises/mine.md")
    assert "exercises/good.md" not in mine.files()


def test_a_folder_beside_the_built_in_collection(mine):
    mine.write("sources.yaml", "own:\n  title: A work of mine\n")
    mine.write(
        "cited.yaml", entry("cited", "a'*x", "a, x in R^N", wrt="x", related=["good"], sources=[{"book": "own"}])
    )
    assert both(mine) == 0
    pages = mine.files()
    assert {f"exercises/{name}.md" for name in ("mine", "cited", "good", "other")} <= pages.keys()
    assert "A work of mine" in mine.page("exercises/cited.md")
    assert "[Squared length](" in mine.page("exercises/cited.md")
    assert pages["assets/generated/mine.yaml"] == MINE.encode()


def test_a_slug_that_is_taken_is_one_message_with_both_files(mine, capsys):
    path = mine.write("mine.yaml", MINE.replace("slug: mine", "slug: good"))
    assert both(mine) == 2
    taken = generation.BUILT_IN / "good.yaml"
    assert capsys.readouterr().err == f"{path}:1:7: slug: good is taken by {taken} too\n"
    assert (mine.docs / "exercises" / "good.md").is_file()


def test_a_file_of_the_same_name_is_one_message_with_both_files(mine, capsys):
    path = mine.write("good.yaml", MINE)
    assert both(mine) == 2
    said = f"{path}: {generation.BUILT_IN / 'good.yaml'} has the same name; rename your file\n"
    assert capsys.readouterr().err == said
    assert not mine.docs.exists()


def test_a_work_of_the_same_key_is_one_message_with_both_files(mine, capsys):
    path = mine.write("sources.yaml", "own:\n  title: Mine\nprinted:\n  title: Another work\n")
    assert both(mine) == 2
    built_in = generation.BUILT_IN / "sources.yaml"
    assert capsys.readouterr().err == f"{path}:4:3: printed is another work in {built_in}\n"
    assert mine.run() == 0, "on its own, a collection may call its works what it likes"
    assert "Another work" in mine.page("exercises/mine.md")


def test_the_same_work_may_be_named_twice(mine):
    mine.write("sources.yaml", BUILT_IN_WORKS)
    assert both(mine) == 0


def judged(*formulas: str, **fields) -> str:
    claims = [claim(formula, **fields) for formula in formulas]
    return entry("judged", "x'*A*x", "x in R^N", "A in R^(N x N)", wrt="x", claims=claims, sources=[{"name": "Notes"}])


@pytest.mark.parametrize("strict", [False, True])
def test_formulas_of_ones_own_that_do_not_hold_are_named_at_their_line(mine, capsys, strict):
    """Of x'Ax: right; right in the other layout; half of it is missing; right for symmetric A alone."""
    text = judged("x'*(A + A')", "(A + A')*x", "x'*A", "2*x'*A")
    path = mine.write("judged.yaml", text)
    assert write_pages(mine.docs, mine.collection, jobs=1, strict=strict) == (1 if strict else 0)
    lines = text.splitlines()
    wrong, conditional = (
        lines.index(next(line for line in lines if line.endswith(f": {one}"))) + 1 for one in ("x'*A", "2*x'*A")
    )
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"{path}:{wrong}:12: claims, item 3: x'*A: Disagrees: ")
    assert second.startswith(f"{path}:{conditional}:12: claims, item 4: 2*x'*A: Depends on an assumption: ")
    assert "only if A is symmetric" in second
    assert "x'*A" in mine.page("exercises/judged.md")


def test_with_strict_a_formula_fails_every_build_until_it_is_mended(mine, capsys):
    mine.write("judged.yaml", judged("x'*A"))
    assert mine.run() == 0
    for _ in range(2):
        assert write_pages(mine.docs, mine.collection, jobs=1, strict=True) == 1
        assert "claims, item 1: x'*A: Disagrees" in capsys.readouterr().err.splitlines()[-1]
    mine.write("judged.yaml", judged("x'*(A + A')"))
    assert write_pages(mine.docs, mine.collection, jobs=1, strict=True) == 0
    assert capsys.readouterr().err == ""


def test_what_is_wrong_in_the_built_in_collection_is_not_said_again(mine, capsys):
    generation.BUILT_IN.joinpath("judged.yaml").write_text(judged("x'*A"), "utf-8")
    assert write_pages(mine.docs, mine.collection, jobs=1, with_built_in=True, strict=True) == 0
    assert capsys.readouterr().err == ""
    assert "Disagrees" in mine.page("errata.md")
