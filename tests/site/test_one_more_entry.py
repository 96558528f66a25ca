"""One more YAML file and nothing else: what is tested of the whole collection holds with a stranger's entry too."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from jacobook.site.generation import write_pages

from .test_golden import PAGES, changes
from .test_published import LIST, entry_pages, lost_pages

EXAMPLE = re.compile(r"```yaml\n(# yaml-language-server.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def with_one_more(root: Path, pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of the whole collection and of the entry that README.md prints."""
    folder = tmp_path_factory.mktemp("stranger")
    shutil.copytree(root / "generator" / "jacobook" / "collection", folder / "collection")
    shutil.copytree(root / ".cache" / "jacobook", folder / ".cache" / "jacobook")
    example = EXAMPLE.search((root / "README.md").read_text("utf-8"))
    assert example is not None
    (folder / "collection" / "mine.yaml").write_text(example[1], "utf-8")
    assert write_pages(folder / "docs", folder / "collection", jobs=1) == 0
    return folder / "docs"


def test_the_entry_has_a_page_that_is_not_on_the_list(with_one_more):
    page = "exercises/logarithm-of-a-squared-length.md"
    assert page in entry_pages(with_one_more)
    assert page not in LIST.read_text("utf-8")
    assert f"(../{page})" in (with_one_more / "rules" / "product.md").read_text("utf-8")


def test_no_published_page_is_lost(with_one_more):
    assert lost_pages(with_one_more) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_golden_page_stays(with_one_more, pages, name):
    assert changes(with_one_more, name, before=pages) == ""
