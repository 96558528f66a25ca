"""From the collection to Markdown pages: entries are read, worked out, kept, and written through templates."""

from importlib.util import find_spec

NEEDED = ("jinja2", "matplotlib", "pydantic", "yaml")
"""What pages are made with, beyond what the engine needs: the packages of the extra `site`."""


def missing_packages() -> str:
    """Return what to say where pages cannot be made, because the extra is not installed; empty where they can."""
    if all(map(find_spec, NEEDED)):
        return ""
    return 'Pages need packages that are not installed; pip install "jacobook[site]"'
