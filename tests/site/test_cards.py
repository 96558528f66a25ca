"""Social cards: of the right size, small, the same every time, drawn once, and never a formula half understood."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from jacobook.site.companions import cards
from jacobook.site.companions.cards import (
    BOX,
    HEIGHT,
    PAPER,
    SURFACE,
    WIDTH,
    Card,
    card_files,
    card_name,
    picture,
    spelled,
)

RESULT = r"\frac{\mathrm{d}f}{\mathrm{d}\boldsymbol{x}} = \boldsymbol{x}^{\top}(\boldsymbol{A} + \boldsymbol{A}^{\top})"
CARD = Card("Gradient of a quadratic form", "(81) of The Matrix Cookbook", RESULT, "x'*A*x")


def pixels(card: Card) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture(card))).convert("RGB")).astype(int)


def colour(name: str) -> list[int]:
    return [int(name[place : place + 2], 16) for place in (1, 3, 5)]


def box(card: Card) -> np.ndarray:
    left, top, right, bottom = BOX
    return pixels(card)[top:bottom, left:right]


def test_a_card_is_a_small_picture_of_the_usual_size():
    data = picture(CARD)
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.mode, image.size) == ("PNG", "P", (1200, 630))
    assert len(data) < 40_000


def test_the_same_text_gives_the_same_bytes_and_another_text_others():
    assert picture(CARD) == picture(CARD)
    others = [
        Card("Another", CARD.line, CARD.formula),
        Card(CARD.title, "-", CARD.formula),
        Card(CARD.title, CARD.line, "x"),
    ]
    assert len({picture(card) for card in (CARD, *others)}) == 4


@pytest.mark.parametrize("unknown", [r"\begin{bmatrix} 1 & 2 \end{bmatrix}", r"\nosuchcommand{x}", r"\frac{1"])
def test_a_formula_with_an_unknown_command_is_not_set(unknown):
    with_text = Card("T", "L", f"x + {unknown}", "x + 1")
    assert picture(with_text) == picture(Card("T", "L", "", "x + 1"))
    assert (box(Card("T", "L", unknown)) == colour(PAPER)).all(), "something is drawn where nothing can be"


def test_a_letter_that_the_font_lacks_is_not_replaced_by_another():
    assert picture(Card("T", "L", "x + \U0001f600", "x")) == picture(Card("T", "L", "", "x"))


@pytest.mark.parametrize("formula", ["x", RESULT, " + ".join([RESULT] * 3)])
def test_a_formula_stays_within_its_box(formula):
    found = box(Card("T", "L", formula, "text"))
    letters = np.all(found < 100, axis=2)
    assert letters.any()
    assert not letters[:, -20:].any()
    assert not letters[:6].any()
    assert not letters[-6:].any()


def test_what_fits_at_no_size_is_left_out():
    huge = Card("T", "L", " + ".join(["x"] * 300), "x" * 300)
    assert (box(huge) == colour(PAPER)).all()


def test_a_long_title_does_not_touch_the_formula():
    long = pixels(Card("Derivative of a rather long function of many matrices and vectors " * 4, "L" * 300, RESULT))
    left, top, right, _ = BOX
    assert (long[top - 6 : top, left:right] == colour(PAPER)).all()
    assert (long[:, right + 2 :] == colour(PAPER)).all(), "letters run into the margin"


def test_other_names_of_commands():
    assert spelled(r"\lVert x \rVert_{2} + \tfrac{1}{2}") == r"\Vert x \Vert_{2} + \frac{1}{2}"


def test_a_card_is_drawn_once(tmp_path, monkeypatch):
    drawn = []

    def draw(card: Card) -> bytes:
        drawn.append(card)
        return picture(card)

    monkeypatch.setattr(cards, "picture", draw)
    other = Card("Other", "L")
    first = card_files({"a.png": CARD, "b.png": other}, tmp_path)
    assert card_files({"a.png": CARD, "b.png": other}, tmp_path) == first
    assert drawn == [CARD, other]
    assert card_files({"a.png": CARD}, tmp_path) == {"a.png": first["a.png"]}
    assert len(list(tmp_path.iterdir())) == 1, "cards of pages that are gone are forgotten"


def test_cards_of_pages(unbuilt_workshop):
    assert unbuilt_workshop.run() == 0
    files = unbuilt_workshop.files()
    found = {name: data for name, data in files.items() if name.startswith("assets/generated/cards/")}
    pages = [name for name in files if name.endswith(".md")]
    former = {"conventions.md"}  # it leads elsewhere
    assert set(found) == {card_name(page) for page in pages if page not in former}
    rules = [name for name in pages if name.startswith("rules/")]
    assert len(rules) > 50
    assert len({card_name(page) for page in rules}) < 3, "all rules share one card"
    assert all(len(data) < 40_000 for data in found.values())
    (unbuilt_workshop.collection / "other.yaml").unlink()
    assert unbuilt_workshop.run() == 0
    assert set(found) - set(unbuilt_workshop.files()) == {"assets/generated/cards/exercises-other.png"}


def test_the_ground_of_a_formula_is_its_own():
    assert (box(CARD)[2, 40:] == colour(SURFACE)).all()
    assert pixels(CARD).shape == (HEIGHT, WIDTH, 3)
