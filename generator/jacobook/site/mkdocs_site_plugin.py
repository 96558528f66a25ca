"""The plugin `jacobook-site` of MkDocs: everything that the pages of a collection need, from the installed package.

It stands for the theme, the extensions, the style sheets, the scripts and the hook of this project's own `mkdocs.yml`;
what the site's configuration says of its own goes before.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import yaml
from mkdocs.config.base import Config
from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.plugins import BasePlugin
from mkdocs.theme import Theme

from jacobook.site import hooks

SETTINGS = Path(__file__).resolve().parent / "site_settings.yml"
THEME = Path(__file__).resolve().parent / "theme"
NO_MATHJAX = (
    "MathJax is not installed here, so that pages show formulas as TeX: npm install mathjax@4 "
    "@mathjax/mathjax-newcm-font@4 && python -m jacobook.site.assets"
)
log = logging.getLogger("mkdocs.plugins.jacobook")


class NoOptions(Config):
    """The plugin has no options: what it sets, the configuration of the site may set otherwise."""


class JacobookSitePlugin(BasePlugin[NoOptions]):
    """Sets a site up for pages of the collection, and does what the hook of the project does."""

    def __init__(self) -> None:
        self.own_styles: list[str] = []

    def on_startup(self, *, command: Any, dirty: bool) -> None:
        """Remember whether the site is served."""
        hooks.on_startup(command=command, dirty=dirty)

    def on_config(self, config: Any) -> Any:
        """Fill in what the configuration does not say itself."""
        settings = yaml.safe_load(SETTINGS.read_text("utf-8"))
        config.theme = _theme(config, settings["theme"])
        names = [*map(_name, settings["markdown_extensions"])]
        options = {_name(one): one[_name(one)] for one in settings["markdown_extensions"] if isinstance(one, dict)}
        own = [one for one in config.markdown_extensions if one not in names]
        config.markdown_extensions = [*names, *own]
        config.mdx_configs = {**options, **config.mdx_configs}
        self.own_styles = [*config.extra_css]
        config.extra_css = settings["extra_css"]
        config.extra_javascript = [*map(_script, settings["extra_javascript"])]
        config.extra = {**settings["extra"], **config.extra}
        hooks.on_config(config)
        docs = Path(config.docs_dir)
        installed = (hooks.root / "node_modules" / "mathjax").is_dir()
        if not installed and not (docs / "assets" / "mathjax" / "startup.js").is_file():
            log.info(NO_MATHJAX)
        return config

    def on_pre_build(self, *, config: Any) -> None:
        """Make sure that there are pages; while serving, write them."""
        hooks.on_pre_build(config)

    def on_files(self, files: Any, *, config: Any) -> Any:
        """Put the pages in order."""
        hooks.on_files(files, config)
        return files

    def on_page_markdown(self, markdown: str, *, page: Any, config: Any, files: Any) -> str:
        """Name the plain copy of the page."""
        hooks.on_page_markdown(markdown, page, config, files)
        return markdown

    def on_env(self, env: Any, *, config: Any, files: Any) -> Any:
        """Typeset all formulas, and join the style sheets of the project; those of the site come after them."""
        hooks.on_env(env, config, files)
        config.extra_css = [*config.extra_css, *self.own_styles]
        return env

    def on_post_page(self, output: str, *, page: Any, config: Any) -> str:
        """Put the formulas into the page."""
        return hooks.on_post_page(output, page, config)

    def on_post_template(self, output_content: str, *, template_name: str, config: Any) -> str:
        """Finish a page that is made from a template alone."""
        return hooks.on_post_template(output_content, template_name, config)

    def on_post_build(self, *, config: Any) -> None:
        """Write what all pages share."""
        hooks.on_post_build(config)

    def on_serve(self, server: Any, *, config: Any, builder: Any) -> Any:
        """Watch the collection."""
        hooks.on_serve(server, config, builder)
        return server

    def on_shutdown(self) -> None:
        """Watch no more."""
        hooks.on_shutdown()


def _theme(config: Any, base: dict[str, Any]) -> Theme:
    """Return Material with our templates, after those of the site, and with our settings, below those of the site."""
    usual = Theme(name="material")
    own = {name: value for name, value in config.theme.items() if name not in usual or usual[name] != value}
    own_folder = config.theme.custom_dir
    theme = Theme(**{**base, **own, "name": "material", "custom_dir": own_folder or str(THEME)})
    if own_folder:
        theme.dirs.insert(1, str(THEME))
    return theme


def _name(extension: str | dict[str, Any]) -> str:
    return extension if isinstance(extension, str) else next(iter(extension))


def _script(said: str | dict[str, Any]) -> str | ExtraScriptValue:
    if isinstance(said, str):
        return said
    script = ExtraScriptValue(said["path"])
    script.defer = bool(said.get("defer"))
    return script
