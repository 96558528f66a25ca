"""The plugin `jacobook-site` stands for what `mkdocs.yml` of this project sets."""

from __future__ import annotations

import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from jacobook.site import hooks, mkdocs_site_plugin
from jacobook.site.mkdocs_site_plugin import NO_MATHJAX, SETTINGS, JacobookSitePlugin

STYLES = "assets/stylesheets/jacobook.css"


class Tolerant(yaml.SafeLoader):
    """Reads `!ENV` as what stands behind it."""


Tolerant.add_multi_constructor("!", lambda loader, _, node: None)


def settings(path: Path) -> dict[str, Any]:
    return yaml.load(path.read_text("utf-8"), Loader=Tolerant)


def test_it_sets_what_the_project_sets(root):
    own, packaged = settings(root / "mkdocs.yml"), settings(SETTINGS)
    del own["theme"]["custom_dir"]
    assert packaged == {name: own[name] for name in packaged}
    assert packaged.keys() == own.keys() & {"theme", "markdown_extensions", "extra_css", "extra_javascript", "extra"}
    assert [name for name in dir(hooks) if name.startswith("on_")] == [
        name for name in dir(JacobookSitePlugin) if name in dir(hooks) and name.startswith("on_")
    ]
    plugins = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]["mkdocs.plugins"]
    assert plugins["jacobook-site"] == "jacobook.site.mkdocs_site_plugin:JacobookSitePlugin"


@pytest.fixture
def configured(tmp_path, monkeypatch, caplog):
    """A function that returns a configuration after the plugin has seen it."""
    monkeypatch.setattr(hooks, "root", tmp_path)

    def load(**said):
        from mkdocs.config.defaults import MkDocsConfig

        (tmp_path / "docs").mkdir(exist_ok=True)
        config = MkDocsConfig(config_file_path=str(tmp_path / "mkdocs.yml"))
        config.load_dict({"site_name": "Mine", "theme": {"name": "material"}, "plugins": [], **said})
        errors, _ = config.validate()
        assert errors == []
        with caplog.at_level("INFO"):
            return JacobookSitePlugin().on_config(config)

    return load


def test_what_the_site_says_itself_goes_before(configured, tmp_path):
    (tmp_path / "own").mkdir()
    config = configured(
        theme={"name": "material", "language": "de", "custom_dir": "own"},
        markdown_extensions=["abbr", {"toc": {"toc_depth": 2}}, "meta"],
        extra={"offline": False, "mine": 1},
        extra_css=["mine.css"],
    )
    assert config.theme["language"] == "de"
    assert "navigation.tabs" in config.theme["features"]
    assert config.theme.dirs[:2] == [str(tmp_path / "own"), str(mkdocs_site_plugin.THEME)]
    assert config.mdx_configs["toc"] == {"toc_depth": 2}
    assert config.markdown_extensions.count("abbr") == 1
    assert {"meta", "pymdownx.arithmatex"} <= set(config.markdown_extensions)
    assert config.extra["mine"] == 1
    assert config.extra_css[0] == STYLES


def test_missing_mathjax_is_one_sentence(configured, tmp_path, caplog):
    configured()
    assert [record.message for record in caplog.records].count(NO_MATHJAX) == 1
    caplog.clear()
    (tmp_path / "node_modules" / "mathjax").mkdir(parents=True)
    configured()
    assert NO_MATHJAX not in [record.message for record in caplog.records]


def test_tags_are_in_the_order_of_the_alphabet(configured):
    config = configured(plugins=["material/tags"])
    by = config["plugins"]["material/tags"].config["tags_sort_by"]
    tags = [SimpleNamespace(name=name) for name in ("Jacobian", "affine map", "Hessian", "inverse")]
    assert [tag.name for tag in sorted(tags, key=by)] == ["affine map", "Hessian", "inverse", "Jacobian"]
