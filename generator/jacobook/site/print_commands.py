"""The commands `jacobook book` and `jacobook deck`: the collection on paper, and on cards."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import click

from jacobook.files import write_file
from jacobook.site import missing_packages
from jacobook.terminal import BAD_INPUT

_COLLECTION = click.option(
    "--collection",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Read entries from this folder. Default: collection/ if there is one, else the built-in entries.",
)


@click.command("book", short_help="Print the collection as one book in LaTeX.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.tex")
@_COLLECTION
@click.option("--title", default="Jacobook", show_default=True, help="What stands on the first page.")
def printed_book(file: Path, collection: Path | None, title: str) -> None:
    """Write the collection to FILE.tex as a book: a chapter for each group, a section for each entry.

    \b
    jacobook book book.tex && pdflatex book.tex && pdflatex book.tex
    """  # noqa: D301
    if missing := missing_packages():
        _end(missing)
    from jacobook.site.derived_collection import derived_collection, own_or_built_in
    from jacobook.site.entry_files import EntryError
    from jacobook.site.printed_book import book_latex

    try:
        found = list(derived_collection(own_or_built_in(collection)))
    except EntryError as error:
        _end(str(error))
    _write(file, book_latex(found, title).encode())
    print(f"{file}: {len(found)} entries written")


@click.command("deck", short_help="Write the identities as a deck of cards for Anki.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.apkg")
@_COLLECTION
@click.option("--title", default="Jacobook", show_default=True, help="What the deck is called.")
def card_deck(file: Path, collection: Path | None, title: str) -> None:
    """Write the cheat sheet to FILE.apkg: a card for each identity, the function in front, the derivative behind.

    A deck that is imported again changes the cards that are there; what was learned stays.
    """
    if missing := missing_packages():
        _end(missing)
    if find_spec("genanki") is None:
        _end('A deck needs genanki: python -m pip install "jacobook[anki]"')
    from jacobook.site.card_deck import deck_bytes, deck_cards
    from jacobook.site.derived_collection import derived_collection, own_or_built_in
    from jacobook.site.entry_files import EntryError

    folder = own_or_built_in(collection)
    try:
        cards = deck_cards(derived_collection(folder))
    except EntryError as error:
        _end(str(error))
    if not cards:
        _end(f"{folder}: holds exercises alone, and cards are made of identities")
    _write(file, deck_bytes(cards, title))
    print(f"{file}: {len(cards)} cards written")


def _write(file: Path, data: bytes) -> None:
    try:
        write_file(file, data)
    except OSError as error:
        _end(f"{file}: cannot be written ({error.strerror})")


def _end(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(BAD_INPUT)
