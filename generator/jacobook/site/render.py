"""Pages through the templates: from records to the bytes of every file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment

from jacobook.site.companions.cards import card_name
from jacobook.site.companions.plain_copy import copy_name, plain_copy
from jacobook.site.entry_model import Work
from jacobook.site.manifest import PublishedPages
from jacobook.site.page_templates import templates_with
from jacobook.site.pages.asked import answer_box
from jacobook.site.pages.citations import place_of_row
from jacobook.site.pages.conventions import LAYOUTS, NOTATION, READING, moved_conventions
from jacobook.site.pages.difficulty import LEVELS
from jacobook.site.pages.glossary_page import GLOSSARY_PAGE, glossary_page, introduced
from jacobook.site.pages.groups import cheat_sheet, exercises_page, group_pages, navigation, ordered
from jacobook.site.pages.home import home_page
from jacobook.site.pages.lesson_pages import COURSE, course_map, course_pages
from jacobook.site.pages.markup import words
from jacobook.site.pages.own_function import OWN_FUNCTION, own_function_page
from jacobook.site.pages.practice import EXERCISES, PRACTICE, practice_data, practice_page
from jacobook.site.pages.rule_graph import RULE_GRAPH, rule_graph
from jacobook.site.pages.verification_report import errata_page, report_page
from jacobook.site.search_spellings import formula_paragraph, other_names, spellings_of
from jacobook.site.written_page import WrittenPage

NAVIGATION = "assets/generated/navigation.json"
"""Where the MkDocs hook finds the sections of the site, and which pages stand in none: former addresses, the tags."""
TAGS = "tags.md"
Record = Mapping[str, Any]


class Rendered(NamedTuple):
    """What is generated below `docs/`: pages, other files, and the sections of the navigation."""

    pages: dict[str, WrittenPage]
    files: dict[str, bytes]
    navigation: list[dict[str, Any]]


@cache
def environment(derivation: str = "_derivation.md.j2") -> Environment:
    """Return the templates of the site, compiled once."""
    return templates_with(derivation=derivation, other_names=other_names, formula_paragraph=formula_paragraph)


def render_pages(
    records: Sequence[Record],
    reference: Mapping[str, Any],
    works: Mapping[str, Work],
    titles: Mapping[str, tuple[str, str]],
    sources: Mapping[str, Path],
) -> Rendered:
    """Return everything that is generated below `docs/`.

    `reference` holds what is made of the engine alone (rules, conventions, planted mistakes, the course); `titles` has
    title and file of every entry, by slug, also of those that have no record now; `sources` the files of entries, by
    the `path` of their records.
    """
    templates, plain_templates = environment(), environment("_plain_derivation.md.j2")
    records = ordered(records, list(works))
    rules = reference["rules"]
    places = cited_places(records)

    def page(template: str, root: str, **data: Any) -> WrittenPage:
        """Return a page: its template sets `head`, and prints the rest."""
        made = templates.get_template(template).make_module({"root": root, **data})
        return WrittenPage(vars(made)["head"], str(made))

    def with_copy(name: str, template: str, **data: Any) -> dict[str, WrittenPage]:
        """Return a page that shows derivations; its plain copy is kept with the other files."""
        root = "../" * name.count("/")
        plain = plain_templates.get_template(template).render(root=root, **data)
        files[copy_name(name)] = plain_copy(plain, name)
        return {name: page(template, root, **data)}

    files: dict[str, bytes] = {EXERCISES: practice_data(records)}
    pages = {
        **with_copy("index.md", "index.md.j2", **home_page(records, len(rules["rows"]), works)),
        "exercises/index.md": page("exercises.md.j2", "../", **exercises_page(records, works)),
        **with_copy(LAYOUTS, "layouts.md.j2", **reference["conventions"]),
        **with_copy(NOTATION, "notation.md.j2", **reference["conventions"]),
        **with_copy(READING, "how_to_read.md.j2", identity=_identities(places, ""), **reference["conventions"]),
        "conventions.md": page("moved.md.j2", "", title="Conventions", **moved_conventions()),
        f"{COURSE}index.md": page("course.md.j2", "../", **course_map(reference["course"])),
        OWN_FUNCTION: page("own_function.md.j2", "../", **own_function_page()),
        PRACTICE: page("practice.md.j2", "../", **practice_page(records)),
        TAGS: page("tags.md.j2", ""),
        "verification.md": page("verification.md.j2", "", **report_page(records, reference["planted"])),
        "errata.md": page("errata.md.j2", "", **errata_page(records)),
        **with_copy(RULE_GRAPH, "rule_graph.md.j2", **rule_graph(rules["rows"], rules["names"])),
        "rules/index.md": page("rules.md.j2", "../", groups=rules["groups"], rows=rules["rows"]),
    }
    lessons = course_pages(reference["course"], reference["glossary"])
    glossary = glossary_page(reference["glossary"], reference["course"], rules["names"])
    pages |= with_copy(GLOSSARY_PAGE, "glossary.md.j2", **glossary)
    for name, data in lessons.items():
        pages |= with_copy(name, "lesson.md.j2", page=data)
    groups = group_pages(records)
    if groups:
        pages["identities/index.md"] = page("identities.md.j2", "../", **cheat_sheet(records, works))
    for name, data in groups.items():
        pages[name] = page("group.md.j2", "../../", page=data)
    for rule in rules["rows"]:
        data = _rule_page(rule, records, places, rules["names"])
        data["terms"] = introduced(reference["glossary"], f"rules/{rule['slug']}.md")
        pages |= with_copy(f"rules/{rule['slug']}.md", "rule.md.j2", page=data)
    for record in records:
        root = "../" * str(record["file"]).count("/")
        data = {**record["page"], "yaml": f"{root}assets/generated/{record['path']}"}
        data["spelled"] = spellings_of(record, works)
        data |= {"level": LEVELS[record["level"]], "level_number": record["level"]}
        data["asked"] = answer_box(record["asked"])
        data["related"] = [_link(slug, titles, root) for slug in record["related"] if slug in titles]
        pages[record["file"]] = page("entry.md.j2", root, page=data, identity=_identities(places, root, record["file"]))
        plain = plain_templates.get_template("plain_entry.md.j2").render(root=root, page=data)
        files[copy_name(record["file"])] = plain_copy(plain, record["file"])
        files[source_name(record)] = sources[record["path"]].read_bytes()
        folder = str(record["file"]).rpartition("/")[0]
        for old in record["redirects"]:
            pages[f"{folder}/{old}.md"] = page(
                "redirect.md.j2", root, title=words(record["title"]), plain_title=record["title"], new=record["slug"]
            )
    sections = [
        (group["title"], [r["slug"] for r in rules["rows"] if r["group"] == group["slug"]]) for group in rules["groups"]
    ]
    sections_of_site = navigation(records, sections, [*lessons, GLOSSARY_PAGE])
    unlisted = sorted([TAGS, *(name for name, page in pages.items() if page.is_former)])
    data = {"sections": sections_of_site, "unlisted": unlisted}
    files[NAVIGATION] = (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()
    return Rendered(pages, files, sections_of_site)


def cited_places(records: Sequence[Record]) -> dict[tuple[str, str], str]:
    """Return the file of the first page of every place that an identity cites: key of the work and number."""
    places: dict[tuple[str, str], str] = {}
    for record in records:
        for source in record["sources"]:
            if source["book"] and source["number"] and record["group"] != "exercise":
                places.setdefault((source["book"], source["number"]), record["file"])
    return places


def _identities(places: Mapping[tuple[str, str], str], root: str, own: str = "") -> Any:
    """Return the function that links a recognised identity to its page, and says nothing on that page itself, `own`."""

    def sentence(identity: Mapping[str, Any]) -> str:
        cited = [place for source in identity["sources"] if (place := place_of_row(source)) is not None]
        found = next((places[place] for place in cited if place in places), None)
        if found and found == own:
            return ""
        name = f"[{identity['name']}]({root}{found})" if found else str(identity["name"])
        return f"This is the derivative of the {name}: {words(', '.join(identity['sources']))}."

    return sentence


def _rule_page(
    rule: Record, records: Sequence[Record], places: Mapping[tuple[str, str], str], names: Mapping[str, str]
) -> dict[str, Any]:
    """Return the page of one rule, with the pages that use it."""
    used = [
        {"title": words(record["title"]), "page": f"../{record['file']}", "number": record["number"]}
        for record in records
        if rule["slug"] in record["rules"]
    ]
    sources = []
    for source in rule["sources"]:
        place = place_of_row(source)
        page = places.get(place) if place else None
        sources.append(f"[{words(source)}](../{page})" if page else words(source))
    cited = [{"slug": slug, "title": names[slug]} for slug in rule["proof_rules"]]
    return {**rule, "used": used, "sources": sources, "proof_rules": cited}


def _link(slug: str, titles: Mapping[str, tuple[str, str]], root: str) -> str:
    title, file = titles[slug]
    return f"[{words(title)}]({root}{file})"


def source_name(record: Record) -> str:
    """Return the copy of the entry's source, to which its page links, below `docs/`."""
    return f"assets/generated/{record['path']}"


def published(records: Sequence[Record]) -> dict[str, PublishedPages]:
    """Return what is on the site for each entry, by its file in the collection."""
    found = {}
    for record in records:
        folder = str(record["file"]).rpartition("/")[0]
        own = (record["file"], source_name(record), copy_name(record["file"]), card_name(record["file"]))
        former = (f"{folder}/{old}.md" for old in record["redirects"])
        found[record["path"]] = PublishedPages(record["slug"], record["title"], (*own, *former))
    return found
