"""What goes with every page: metadata in its front matter, a plain copy, its place on the list of pages, its card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jacobook.site.companions.cards import Card, card_files, card_name, entry_card
from jacobook.site.companions.listing import ANY_ROBOT, LLMS, ROBOTS, Listed, llms_text
from jacobook.site.companions.metadata import entry_resource, rule_resource
from jacobook.site.companions.plain_copy import copy_name, plain_copy
from jacobook.site.entry_model import Work
from jacobook.site.render import Rendered
from jacobook.site.written_page import WrittenPage

Record = Mapping[str, Any]


def with_companions(
    rendered: Rendered,
    records: Sequence[Record],
    rules: Mapping[str, Any],
    works: Mapping[str, Work],
    kept: Path,
    only_looks: bool = False,
) -> dict[str, bytes]:
    """Return all files: the pages, what goes with them, and the others; `kept` is the folder of cards drawn before.

    Pages of former addresses get nothing. A plain copy that is there already stays. For `only_looks` see `Cache`.
    """
    found = dict(rendered.files)
    entries = {record["file"]: record for record in records}
    resources = {file: entry_resource(record, works) for file, record in entries.items()}
    resources |= {f"rules/{rule['slug']}.md": rule_resource(rule, works) for rule in rules["rows"]}
    cards: dict[str, Card] = {}
    listed: dict[str, Listed] = {}
    for name, page in rendered.pages.items():
        if page.is_former:
            found[name] = page.markdown()
            continue
        card, head = card_name(name), page.head
        if name in entries:
            cards[card] = entry_card(entries[name], works)
        elif name not in resources:
            cards[card] = Card(
                "Matrix calculus, every step shown" if name == "index.md" else head["title"], head["description"]
            )
        metadata: dict[str, Any] = {"card": card}
        if page.is_searched:
            metadata["markdown"] = copy_name(name)
            found.setdefault(metadata["markdown"], plain_copy(page.body, name))
            listed[name] = Listed(head["title"], head["description"], metadata["markdown"])
        if name in resources:
            metadata["structured"] = resources[name]
        found[name] = WrittenPage({**head, **metadata}, page.body).markdown()
    found[LLMS] = llms_text(rendered.navigation, listed)
    found[ROBOTS] = ANY_ROBOT
    return found | card_files(cards, kept, only_looks)
