r"""The cheat sheet as a deck of cards for Anki: a function on the front, its derivative on the back.

A card is known by the slug of its entry, which is permanent: a deck that is imported again changes the cards that it
has. Formulas stand between `\(` and `\)`, which Anki typesets.
"""

from __future__ import annotations

import html
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jacobook.calculus.derivation import Derivation
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.shape_words import jacobian_shape_text, result
from jacobook.rendering.statement_lines import latex_declarations
from jacobook.site.derived_collection import DerivedEntry
from jacobook.site.pages.conditions import conditions_of

DECK, MODEL = 1_846_203_117, 1_846_203_118
"""Numbers by which Anki knows the deck and the form of its cards; never changed."""
FIELDS = ("Title", "Function", "Declarations", "Derivative", "Shape", "Conditions", "Source")
_FRONT = "<p>{{Title}}</p>\n<p>{{Function}}</p>\n<p><small>{{Declarations}}</small></p>"
_BACK = (
    "{{FrontSide}}\n<hr id=answer>\n<p>{{Derivative}}</p>\n<p>{{Shape}}</p>\n"
    "{{#Conditions}}<p>Where {{Conditions}}</p>{{/Conditions}}\n<p><small>{{Source}}</small></p>"
)
_STYLE = ".card { font-family: serif; font-size: 20px; text-align: center; }"


def deck_cards(entries: Iterable[DerivedEntry]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return slug, group and fields of the cards: one for each identity."""
    return [(one.entry.slug, one.entry.group, _fields(one)) for one in entries if one.entry.group != "exercise"]


def _fields(one: DerivedEntry) -> tuple[str, ...]:
    statement = one.statement
    left, value = one.equation
    declared = ", ".join(_inline(text) for text in latex_declarations(statement.declarations))
    shape = "" if one.differential else f"Shape: {jacobian_shape_text(statement.function.shape, statement.wrt.shape)}"
    derivative = _inline(f"{latex(left)} = {latex(value)}")
    if one.parts and (other := _denominator(one.parts[0].derivation)):
        derivative += f"<br>{other}"
    return (
        html.escape(one.entry.title),
        _inline(f"{latex(statement.function)} = {latex(statement.in_variables)}"),
        declared,
        derivative,
        shape,
        "; ".join(map(_plain, conditions_of(statement))),
        html.escape("; ".join(one.sources)),
    )


def _plain(condition: str) -> str:
    """Return a condition, which is Markdown, as HTML."""
    return html.escape(html.unescape(condition.replace("{data-search-exclude}", "")), quote=False)


def _denominator(derivation: Derivation) -> str:
    """Return the derivative in the other layout, where that differs."""
    if not derivation.denominator:
        return ""
    left, value = result(derivation, "denominator")
    return _inline(f"{latex(left)} = {latex(value)}")


def _inline(formula: str) -> str:
    return rf"\({html.escape(formula, quote=False)}\)"


def deck_bytes(cards: Iterable[tuple[str, str, tuple[str, ...]]], title: str) -> bytes:
    """Return the deck as a file for Anki."""
    import genanki

    model: Any = genanki.Model(
        MODEL,
        "Jacobook",
        fields=[{"name": name} for name in FIELDS],
        templates=[{"name": "Derivative", "qfmt": _FRONT, "afmt": _BACK}],
        css=_STYLE,
    )
    deck: Any = genanki.Deck(DECK, title)
    for slug, group, fields in cards:
        deck.add_note(
            genanki.Note(model=model, fields=list(fields), guid=genanki.guid_for("jacobook", slug), tags=[group])
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deck.apkg"
        genanki.Package(deck).write_to_file(str(path))
        return path.read_bytes()
