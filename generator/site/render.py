"""Pages through the templates: from worked entries to the bytes of every file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from generator.site.manifest import Published
from generator.site.pages import exercise_page, page_name
from generator.site.reference import conventions_page, exercises_page, home_page, rules_page
from generator.site.work import Worked

TEMPLATES = Path(__file__).resolve().parent / "templates"


def environment() -> Environment:
    """Return the templates; a name that the data lack is an error. Values are Markdown, escaped where they are made."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown, not HTML: generator.site.markup escapes
    )


def render_pages(worked: list[Worked], titles: dict[str, str], collection: Path) -> dict[str, bytes]:
    """Return every generated file below `docs/` with its bytes; `titles` are those of all entries, by slug."""
    templates = environment()

    def page(template: str, **data: Any) -> bytes:
        return (templates.get_template(template).render(**data).strip() + "\n").encode()

    language = (TEMPLATES / "language.md").read_text(encoding="utf-8").strip()
    rendered = {
        "index.md": page("index.md.j2", **home_page(worked)),
        "exercises/index.md": page("exercises.md.j2", **exercises_page(worked)),
        "rules.md": page("rules.md.j2", **rules_page()),
        "conventions.md": page("conventions.md.j2", **conventions_page(language)),
        "tags.md": page("tags.md.j2"),
    }
    for item in worked:
        rendered[page_name(item.entry)] = page("exercise.md.j2", page=exercise_page(item, titles))
        rendered[source_name(item)] = (collection / item.path).read_bytes()
    return rendered


def source_name(worked: Worked) -> str:
    """Return the copy of the entry's source, to which its page links, below `docs/`."""
    return f"assets/generated/{worked.path}"


def published(worked: list[Worked]) -> dict[str, Published]:
    """Return what is on the site for each entry, by its file in the collection."""
    return {
        item.path: Published(item.entry.slug, item.entry.title, (page_name(item.entry), source_name(item)))
        for item in worked
    }
