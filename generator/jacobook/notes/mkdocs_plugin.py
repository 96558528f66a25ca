"""The plugin for MkDocs and ProperDocs: the Markdown extension, its style sheet, and one list of faults at the end.

It is optional: the extension alone puts derivations into pages. A build with faults ends when all pages were looked at.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

try:
    from mkdocs.config import base, config_options
    from mkdocs.exceptions import PluginError
    from mkdocs.plugins import BasePlugin, event_priority
    from mkdocs.structure.files import File
except ImportError:
    from properdocs.config import base, config_options
    from properdocs.exceptions import PluginError
    from properdocs.plugins import BasePlugin, event_priority
    from properdocs.structure.files import File

from jacobook.notes.markdown_extension import JacobookExtension
from jacobook.site.served_address import check_address

_BUILDER = BasePlugin.__module__.partition(".")[0]
FIRST = 100
"""Before plugins that take over the extensions as they find them, as mkdocstrings does for docstrings."""
STYLE = "assets/jacobook.css"
log = logging.getLogger("mkdocs.plugins.jacobook")


class PluginOptions(base.Config):
    """The options of the plugin."""

    strict = config_options.Type(bool, default=True)
    cache = config_options.Type(str, default=".cache/jacobook")
    layout = config_options.Choice(("any", "jacobian", "denominator"), default="any")


class JacobookPlugin(BasePlugin[PluginOptions]):
    """Puts the extension into the configuration, and ends a build with faults."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.is_serving = False
        self.is_starting = False
        """Whether the site is about to be served, for the first time."""

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Remember whether pages are only shown: a fault must not end that."""
        self.is_serving = self.is_starting = command == "serve"

    @event_priority(FIRST)  # type: ignore[untyped-decorator]
    def on_config(self, config: Any) -> Any:
        """Add the extension and the style sheet."""
        if self.is_starting:
            host, port = config.dev_addr
            check_address(host, port, f"{_BUILDER} serve --dev-addr {host}:{port + 1}")
            self.is_starting = False
        options = {"cache": self._cache(config), "layout": self.config.layout}
        extension = JacobookExtension(**options)
        extension.collect = self._take
        config.markdown_extensions = [
            *(one for one in config.markdown_extensions if one != "jacobook"),
            extension,
        ]
        config.extra_css = [STYLE, *config.extra_css]
        return config

    def _take(self, faults: list[str], warnings: list[str]) -> None:
        self.faults += faults
        for line in warnings:
            log.warning(line)

    def on_pre_build(self, *, config: Any) -> None:
        """Forget the faults of the build before."""
        self.faults.clear()

    def on_files(self, files: Any, *, config: Any) -> Any:
        """Add the style sheet to the files of the site."""
        source = Path(__file__).resolve().parent / "assets" / "jacobook.css"
        files.append(File.generated(config, STYLE, content=source.read_text(encoding="utf-8")))
        return files

    def on_post_build(self, *, config: Any) -> None:
        """Say all faults. Raises PluginError, unless pages are only shown."""
        for line in self.faults:
            log.log(logging.WARNING if self.is_serving or not self.config.strict else logging.ERROR, line)
        if self.faults and self.config.strict and not self.is_serving:
            raise PluginError(_summary(self.faults))

    def _cache(self, config: Any) -> str:
        """Return the folder of finished work, beside the configuration of the site."""
        folder = self.config.cache
        return os.path.join(os.path.dirname(config.config_file_path or ""), folder) if folder else ""


def _summary(faults: list[str]) -> str:
    count = len(faults)
    return f"Jacobook found {count} fault{'' if count == 1 else 's'} in the notes; see above."
