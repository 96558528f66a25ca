"""Finished work is kept by its content: only what changed is derived, and only pages that change are written."""

from __future__ import annotations

import pytest

from jacobook.site import generation
from jacobook.site.cache import Cache, engine_version
from jacobook.site.generation import REFERENCE

from .conftest import GOOD, OTHER


@pytest.fixture
def derived(monkeypatch):
    """The slugs of the entries that were worked out, in order."""
    found = []
    attempt = generation._attempt

    def noted(task):
        found.append(task[0].slug)
        return attempt(task)

    monkeypatch.setattr(generation, "_attempt", noted)
    return found


def kept(workshop):
    return {path.name: path.stat().st_mtime_ns for path in workshop.cache.glob("*.json")}


def written(workshop, before):
    """The pages below docs/ whose bytes a run wrote, since these were their times."""
    changed = {path for path, time in workshop.times().items() if before.get(path) != time}
    return {path.removeprefix(f"{workshop.docs}/") for path in changed} - {".manifest.json"}


def test_what_was_worked_out_before_is_not_derived_again(unbuilt_workshop, derived):
    before = kept(unbuilt_workshop)
    assert unbuilt_workshop.run() == 0
    assert derived == []
    assert kept(unbuilt_workshop) == before


def test_with_nothing_changed_nothing_is_written(workshop, derived):
    pages, work = workshop.times(), kept(workshop)
    (workshop.docs / ".manifest.json").unlink()  # so that hashes alone do not end the run
    assert workshop.run() == 0
    assert derived == []
    assert written(workshop, pages) == set()
    assert kept(workshop) == work


def test_of_one_changed_entry_this_one_is_derived_and_its_pages_are_written(workshop, derived):
    pages, work = workshop.times(), kept(workshop)
    workshop.write("good.yaml", GOOD.replace("Differentiate the squared length.", "What is its derivative?"))
    assert workshop.run() == 0
    assert derived == ["good"]
    assert written(workshop, pages) == {
        "exercises/good.md",
        "assets/generated/good.yaml",
        "assets/generated/markdown/exercises/good/index.md.txt",
        "llms.txt",  # with the question as the description
    }
    after = kept(workshop)
    assert len(after.keys() - work.keys()) == len(work.keys() - after.keys()) == 1
    assert all(after[name] == time for name, time in work.items() if name in after)


def test_a_page_that_lists_an_entry_is_written_when_what_it_lists_changes(workshop, derived):
    pages = workshop.times()
    workshop.write("other.yaml", OTHER.replace("Linear form", "Linear function"))
    assert workshop.run() == 0
    assert derived == ["other"]
    assert {"exercises/other.md", "exercises/index.md", "verification.md"} <= written(workshop, pages)
    assert not {"exercises/good.md", "layouts.md"} & written(workshop, pages)


@pytest.mark.usefixtures("finished_reference")
@pytest.mark.parametrize("spoilt", [b"", b"{", b"\xff\xfe", b'{"slug": "good"'])
def test_a_spoilt_file_is_made_anew(workshop, derived, spoilt):
    pages = workshop.files()
    before = {path.name: path.read_bytes() for path in workshop.cache.glob("*.json")}
    for path in workshop.cache.glob("*.json"):
        path.write_bytes(spoilt)
    (workshop.docs / ".manifest.json").unlink()
    assert workshop.run() == 0
    assert derived == ["good", "other"]
    assert {path.name: path.read_bytes() for path in workshop.cache.glob("*.json")} == before
    assert workshop.files() == pages


def test_what_nobody_asks_for_goes_away(workshop):
    stray = workshop.cache / "0123456789abcdef.json"
    stray.write_text("{}", "utf-8")
    assert len(kept(workshop)) == len(REFERENCE) + 3
    (workshop.collection / "other.yaml").unlink()
    assert workshop.run() == 0
    assert len(kept(workshop)) == len(REFERENCE) + 1
    assert not stray.exists()


def test_work_of_an_entry_with_a_problem_elsewhere_is_kept(workshop, derived):
    workshop.write("good.yaml", "slug: [")
    assert workshop.run() == 2
    assert derived == []
    workshop.write("good.yaml", GOOD)
    assert workshop.run() == 0
    assert "other" not in derived


def test_another_title_of_a_cited_work_changes_the_pages_that_cite_it(workshop, derived):
    works = workshop.collection / "sources.yaml"
    works.write_text(works.read_text("utf-8").replace("title: A book", "title: A renamed book"), "utf-8")
    assert workshop.run() == 0
    assert sorted(derived) == ["good", "other"]
    assert "A renamed book" in workshop.page("exercises/good.md")


def test_work_of_another_engine_counts_as_not_there(tmp_path):
    old, new = Cache(tmp_path, "engine 1"), Cache(tmp_path, "engine 2")
    old.save(old.key(b"entry"), {"slug": "a"})
    assert old.load(old.key(b"entry")) == {"slug": "a"}
    assert new.load(new.key(b"entry")) is None
    assert old.key(b"a", b"bc") != old.key(b"ab", b"c")
    new.forget_unused()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("file", ["calculus/proofs/arguments/algebra.md", "language/grammar.lark", "facade.py"])
def test_another_argument_in_words_or_grammar_is_another_engine(tmp_path, file):
    changed = tmp_path / file
    changed.parent.mkdir(parents=True, exist_ok=True)
    changed.write_text("before", "utf-8")
    before = engine_version(tmp_path)
    changed.write_text("after", "utf-8")
    assert engine_version(tmp_path) != before
