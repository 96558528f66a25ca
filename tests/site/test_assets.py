"""MathJax is copied whole, once, and from nowhere but the locked packages."""

from __future__ import annotations

import json

import pytest

from jacobook.site.assets import AssetError, copy_mathjax


@pytest.fixture
def node_modules(root):
    return root / "node_modules"


def test_a_second_copy_writes_nothing(node_modules, tmp_path):
    first = copy_mathjax(node_modules, tmp_path)
    assert {path.relative_to(tmp_path).as_posix() for path in first} >= {
        "assets/mathjax/startup.js",
        "assets/mathjax/fonts/mathjax-newcm-font/chtml.js",
        "assets/mathjax/fonts/mathjax-newcm-font/chtml/woff2/mjx-ncm-n.woff2",
    }
    assert copy_mathjax(node_modules, tmp_path) == []


def test_a_changed_file_is_mended_and_an_old_one_removed(node_modules, tmp_path):
    copy_mathjax(node_modules, tmp_path)
    changed = tmp_path / "assets" / "mathjax" / "core.js"
    changed.write_text("changed", "utf-8")
    old = changed.with_name("of-another-version.js")
    old.write_text("old", "utf-8")
    assert copy_mathjax(node_modules, tmp_path) == [changed]
    assert not old.exists()


def test_without_npm_packages_it_says_what_to_do(tmp_path):
    with pytest.raises(AssetError, match="make assets"):
        copy_mathjax(tmp_path / "node_modules", tmp_path)


def test_every_component_that_is_loaded_is_copied(root, node_modules, tmp_path):
    copy_mathjax(node_modules, tmp_path)
    script = (root / "generator/jacobook/site/static/assets/javascripts/formulas.js").read_text("utf-8")
    load = script.split("load: [")[1].split("],")[0].replace("[tex]", "input/tex/extensions")
    assert "input/tex" in load
    for component in (part.strip(' "') for part in load.split(",")):
        assert (tmp_path / "assets" / "mathjax" / f"{component}.js").is_file(), component


def test_lock_files_hold_no_addresses(root):
    package_lock = json.loads((root / "package-lock.json").read_text("utf-8"))
    assert all("resolved" not in package for package in package_lock["packages"].values())
    assert all("integrity" in package for name, package in package_lock["packages"].items() if name)
    for lock in root.glob("requirements*.lock"):
        assert "://" not in lock.read_text("utf-8"), lock.name
