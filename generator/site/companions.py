"""What goes with every page: metadata in its front matter, a plain copy, and the card of links to it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from generator.site.cards import Card, card_files, card_name, entry_card
from generator.site.entries import Work
from generator.site.metadata import entry_resource, rule_resource, unquoted, with_metadata
from generator.site.plain import copy_name, plain_copy

Record = Mapping[str, Any]
_FIELD = re.compile(r'(?m)^(title|description): (".*")$')
_UNSEARCHED = re.compile(r"(?m)^search:\n  exclude: true$")
"""A page that only a builder fills says nothing in Markdown."""


def with_companions(
    files: Mapping[str, bytes],
    records: Sequence[Record],
    rules: Mapping[str, Any],
    works: Mapping[str, Work],
    kept: Path,
    only_looks: bool = False,
) -> dict[str, bytes]:
    """Return the files with what goes with the pages among them; `kept` is the folder of cards drawn before.

    Pages of former addresses get nothing. A plain copy that is there already stays. For `only_looks` see `Cache`.
    """
    found = dict(files)
    entries = {record["file"]: record for record in records}
    resources = {file: entry_resource(record, works) for file, record in entries.items()}
    resources |= {f"rules/{rule['slug']}.md": rule_resource(rule, works) for rule in rules["rows"]}
    cards: dict[str, Card] = {}
    for name, data in files.items():
        if not name.endswith(".md") or b"\nredirect: " in data.partition(b"\n---\n")[0]:
            continue
        page = data.decode()
        card = card_name(name)
        if name in entries:
            cards[card] = entry_card(entries[name], works)
        elif name not in resources:
            head = {field[1]: unquoted(field[2]) for field in _FIELD.finditer(page.partition("\n---\n")[0])}
            cards[card] = Card(
                "Matrix calculus, every step shown" if name == "index.md" else head["title"], head["description"]
            )
        metadata: dict[str, Any] = {"card": card}
        if not _UNSEARCHED.search(page.partition("\n---\n")[0]):
            metadata["markdown"] = copy_name(name)
            found.setdefault(metadata["markdown"], plain_copy(page, name))
        if name in resources:
            metadata["structured"] = resources[name]
        found[name] = with_metadata(data, metadata)
    return found | card_files(cards, kept, only_looks)
