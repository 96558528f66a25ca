"""The plugin for MkDocs and ProperDocs, before anything is built; `test_sites.py` builds with it."""

from __future__ import annotations

import socket

import pytest
from mkdocs.config.defaults import MkDocsConfig

from jacobook.notes.mkdocs_plugin import JacobookPlugin


def test_a_taken_port_is_one_sentence_and_asked_about_once():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        config = MkDocsConfig()
        config.load_dict({"site_name": "Notes", "dev_addr": f"127.0.0.1:{port}"})
        assert config.validate() == ([], [])

        def configured(command: str) -> JacobookPlugin:
            plugin = JacobookPlugin()
            plugin.load_config({})
            plugin.on_startup(command=command, dirty=False)
            plugin.on_config(config)
            return plugin

        configured("build")
        with pytest.raises(SystemExit) as ended:
            configured("serve")
    said = f"Choose another port, as in `mkdocs serve --dev-addr 127.0.0.1:{port + 1}`."
    assert str(ended.value).endswith(said)

    plugin = configured("serve")  # now it is free; while it is served, it is taken by the server itself
    with socket.socket() as own:
        own.bind(("127.0.0.1", port))
        own.listen()
        plugin.on_config(config)
