"""What the front matter of a page says to machines: schema.org data about it.

Plain data: the theme override (`theme/main.html`) makes tags of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jacobook.site.entry_model import Source, Work
from jacobook.site.pages.citations import place_of_row
from jacobook.site.pages.groups import GROUPS

Record = Mapping[str, Any]

LANGUAGE = "en"
LICENCE = "https://spdx.org/licenses/MIT"


def entry_resource(record: Record, works: Mapping[str, Work]) -> dict[str, Any]:
    """Return the schema.org data of an entry, with the works that its statement comes from."""
    is_exercise = record["group"] == "exercise"
    head = record["page"]["head"]
    group = next((group.title for group in GROUPS if group.slug == record["group"]), "Matrix calculus")
    return _resource(
        name=head["title"],
        description=head["description"],
        kind="worked exercise" if is_exercise else "worked derivation",
        use="practice" if is_exercise else "reference",
        teaches=head.get("tags") or [group],
        sources=[_cited(Source.model_validate(source), works) for source in record["sources"]],
    )


def rule_resource(rule: Record, works: Mapping[str, Work]) -> dict[str, Any]:
    """Return the schema.org data of a rule; its sources are those that the rule table names."""
    name = rule["head"]["title"]
    return _resource(
        name=name,
        description=rule["head"]["description"],
        kind="rule with proof",
        use="reference",
        teaches=[name],
        sources=[_cited_by_letters(source, works) for source in rule["sources"]],
    )


def _resource(
    name: str, description: str, kind: str, use: str, teaches: list[str], sources: Iterable[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "LearningResource",
        "name": name,
        "description": description,
        "learningResourceType": kind,
        "educationalUse": use,
        "teaches": teaches,
        "inLanguage": LANGUAGE,
        "isAccessibleForFree": True,
        "license": LICENCE,
        "isBasedOn": list(sources),
    }


def _cited(source: Source, works: Mapping[str, Work]) -> dict[str, Any]:
    """Return a cited place: what it is called, and the work of which it is a part."""
    if source.book is None or source.book not in works:
        return _creative_work(source.name or "", None, source.link)
    work = works[source.book]
    whole = _creative_work(work.title, work.authors, work.link)
    if source.number is None:
        return whole
    return {**_creative_work(source.number, None, source.link), "isPartOf": whole}


def _cited_by_letters(cited: str, works: Mapping[str, Work]) -> dict[str, Any]:
    place = place_of_row(cited)
    if place is None:
        return _creative_work(cited, None, None)
    return (
        _cited(Source(book=place[0], number=place[1]), works)
        if place[0] in works
        else _creative_work(cited, None, None)
    )


def _creative_work(name: str, author: str | None, link: str | None) -> dict[str, Any]:
    found = {"@type": "CreativeWork", "name": name}
    return found | ({"author": author} if author else {}) | ({"url": link} if link else {})
