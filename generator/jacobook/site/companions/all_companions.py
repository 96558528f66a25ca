"""What goes with every page: metadata in its front matter, a plain copy, its place on the list of pages, its card."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jacobook.site.companions.cards import Card, card_files, card_name, entry_card
from jacobook.site.companions.listing import ANY_ROBOT, LLMS, ROBOTS, Listed, llms_text
from jacobook.site.companions.metadata import entry_resource, rule_resource, unquoted, with_metadata
from jacobook.site.companions.plain_copy import copy_name, plain_copy
from jacobook.site.entry_model import Work
from jacobook.site.render import NAVIGATION

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
    listed: dict[str, Listed] = {}
    for name, data in files.items():
        if not name.endswith(".md") or b"\nredirect: " in data.partition(b"\n---\n")[0]:
            continue
        page = data.decode()
        card = card_name(name)
        head = {field[1]: unquoted(field[2]) for field in _FIELD.finditer(page.partition("\n---\n")[0])}
        if name in entries:
            cards[card] = entry_card(entries[name], works)
        elif name not in resources:
            cards[card] = Card(
                "Matrix calculus, every step shown" if name == "index.md" else head["title"], head["description"]
            )
        metadata: dict[str, Any] = {"card": card}
        if not _UNSEARCHED.search(page.partition("\n---\n")[0]):
            metadata["markdown"] = copy_name(name)
            found.setdefault(metadata["markdown"], plain_copy(page, name))
            listed[name] = Listed(head["title"], head["description"], metadata["markdown"])
        if name in resources:
            metadata["structured"] = resources[name]
        found[name] = with_metadata(data, metadata)
    found[LLMS] = llms_text(json.loads(files[NAVIGATION]), listed)
    found[ROBOTS] = ANY_ROBOT
    return found | card_files(cards, kept, only_looks)
