"""A collection that several machines work out, each its share; one of them writes the pages from what they kept."""

from __future__ import annotations

import shutil

import pytest
from click.testing import CliRunner

from jacobook.cli import cli
from jacobook.site import generation
from jacobook.site.generation import write_pages

from .conftest import entry


@pytest.fixture
def worked_on(monkeypatch):
    """What was worked out, in order: slugs of entries and parts of the reference."""
    found = []
    answer = generation._answer

    def noted(task):
        found.append(task if isinstance(task, str) else task[0].slug)
        return answer(task)

    monkeypatch.setattr(generation, "_answer", noted)
    return found


@pytest.mark.usefixtures("finished_reference")
def test_merged_shares_give_the_same_bytes(workshop, tmp_path, worked_on):
    workshop.write("third.yaml", entry("third", "x'*A*x", "x in R^N", "A in R^(N x N)", wrt="x", related=["good"]))
    assert workshop.run() == 0
    shares = []
    for number in (1, 2):
        worked_on.clear()
        folder = tmp_path / f"share-{number}"
        assert write_pages(folder / "docs", workshop.collection, jobs=1, shard=(number, 2)) == 0
        assert [path.name for path in folder.iterdir()] == [".cache"]
        shutil.copytree(folder / ".cache", tmp_path / "merged" / ".cache", dirs_exist_ok=True)
        shares.append(list(worked_on))
    assert all(len(share) == len(set(share)) for share in shares)
    assert sorted(shares[0] + shares[1]) == sorted([*generation.REFERENCE, "good", "other", "third"])
    assert {"good", "third"} <= set(shares[0])
    drawn = {path.name for path in (tmp_path / "merged").rglob("cards/*.json")}
    assert len(drawn) == 3

    worked_on.clear()
    before = workshop.files()
    workshop.docs = tmp_path / "merged" / "docs"
    assert workshop.run() == 0
    assert worked_on == []
    assert workshop.files() == before


def test_a_share_says_which_of_its_entries_cannot_be_used(workshop, tmp_path, capsys):
    path = workshop.write("other.yaml", "slug: [")
    assert write_pages(tmp_path / "1" / "docs", workshop.collection, jobs=1, shard=(1, 40)) == 0
    assert write_pages(tmp_path / "2" / "docs", workshop.collection, jobs=1, shard=(2, 40)) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"{path}:")
    assert said.out.splitlines() == [
        f"{tmp_path / '1' / '.cache' / 'jacobook'}: share 1 of 40, 1 entries worked out, 0 were before",
        f"{tmp_path / '2' / '.cache' / 'jacobook'}: share 2 of 40, 0 entries worked out, 0 were before",
    ]


@pytest.mark.parametrize("text", ["3/2", "0/2", "1", "1/0", "a/b", "-1/2"])
def test_a_share_that_does_not_exist(text):
    said = CliRunner().invoke(cli, ["build", f"--shard={text}"])
    assert said.exit_code == 2
    assert "is not like 2/3, the second of three shares" in said.output


def test_a_share_has_no_pages_to_compare():
    assert CliRunner().invoke(cli, ["build", "--shard", "1/2", "--check"]).exit_code == 2
