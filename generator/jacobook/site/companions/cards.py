"""Social cards: the picture that a link to a page brings along, 1200×630 pixels, with the result where it can be set.

Drawn by Pillow with the fonts that Matplotlib brings, formulas by its mathtext. The same text gives the same bytes.
"""

from __future__ import annotations

import base64
import io
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jacobook.site.cache import Cache, version
from jacobook.site.entry_model import Source, Work
from jacobook.site.manifest import digest

FOLDER = "assets/generated/cards/"
WIDTH, HEIGHT = 1200, 630
MARGIN = 80
PAPER, INK, QUIET, SURFACE, ACCENT = "#fdfcf9", "#20283a", "#5a6070", "#eef1fa", "#2746a6"
BLENDS = ((INK, PAPER), (QUIET, PAPER), (ACCENT, PAPER), (INK, SURFACE))
"""Colours of letters on what is behind them; few colours make small files."""
SHADES = 7
TITLE_SIZES = (66, 56, 48)
FORMULA_SIZES = (60, 48, 38, 30, 24)
TEXT_SIZES = (40, 32, 26)
BOX = (MARGIN, 350, WIDTH - MARGIN, 530)
"""Where the formula stands."""

Image = Any  # Pillow is imported when something is drawn


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says; `formula` is LaTeX, and `text` stands where that cannot be set."""

    title: str
    line: str
    formula: str = ""
    text: str = ""


def card_files(cards: Mapping[str, Card], kept: Path, only_looks: bool = False) -> dict[str, bytes]:
    """Return the pictures of cards by their names, each from the folder of those `kept` if it was drawn before."""
    cache = drawn_before(kept, only_looks)
    files = {name: drawn_card(card, cache) for name, card in cards.items()}
    cache.forget_unused()
    return files


def drawn_before(kept: Path, only_looks: bool = False) -> Cache:
    """Return the cards that were drawn before; with others, or by other libraries, they might look otherwise."""
    libraries = (f"{name} {version(name)}" for name in ("matplotlib", "pillow"))
    return Cache(kept, digest(Path(__file__).read_bytes() + "\n".join(libraries).encode()), only_looks)


def drawn_card(card: Card, before: Cache) -> bytes:
    """Return a card as PNG, from those drawn before if it is among them; else it is then."""
    key = before.key(repr(card).encode())
    found = before.load(key)
    if found is None:
        found = base64.b64encode(picture(card)).decode()
        before.save(key, found)
    return base64.b64decode(found)


def picture(card: Card) -> bytes:
    """Return a card as PNG."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 16, HEIGHT), fill=ACCENT)
    draw.text((MARGIN, 56), "Jacobook", font=_font("STIXGeneralBol", 36), fill=ACCENT)
    size, lines = _fitted_title(card.title)
    top = 120
    for line in lines:
        draw.text((MARGIN, top), line, font=_font("STIXGeneralBol", size), fill=INK)
        top += round(size * 1.12)
    draw.text((MARGIN, top + 14), _shortened(card.line, 34), font=_font("STIXGeneral", 34), fill=QUIET)
    _draw_formula(image, draw, card)
    closing = "Derived and checked by a machine, every step shown"
    draw.text((MARGIN, HEIGHT - 70), closing, font=_font("STIXGeneral", 30), fill=QUIET)
    written = io.BytesIO()
    image.quantize(palette=_palette(), dither=Image.Dither.NONE).save(written, format="PNG", compress_level=6)
    return written.getvalue()


@cache
def _palette() -> Image:
    """Return an image that has the colours of all cards: those above, and the shades at the rims of letters."""
    from PIL import Image, ImageColor

    colours = dict.fromkeys(
        tuple(
            round(back + (front - back) * step / SHADES)
            for front, back in zip(*map(ImageColor.getrgb, pair), strict=True)
        )
        for pair in BLENDS
        for step in range(SHADES + 1)
    )
    found = Image.new("P", (1, 1))
    found.putpalette([part for colour in colours for part in colour])
    return found


@cache
def _font(name: str, size: int) -> Any:
    from matplotlib import get_data_path
    from PIL import ImageFont

    file = Path(get_data_path()) / "fonts" / "ttf" / f"{name}.ttf"
    return ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)


def _fitted_title(title: str) -> tuple[int, list[str]]:
    """Return the largest size at which a title fits on two lines, and the lines; the smallest cuts what is left."""
    for size in TITLE_SIZES:
        lines = _wrapped(title, size)
        if len(lines) <= 2:
            return size, lines
    return size, [lines[0], _shortened(" ".join(lines[1:]), size, "STIXGeneralBol")]


def _wrapped(text: str, size: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _font("STIXGeneralBol", size).getlength(longer) > WIDTH - 2 * MARGIN:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _shortened(text: str, size: int, font: str = "STIXGeneral") -> str:
    if _font(font, size).getlength(text) <= WIDTH - 2 * MARGIN:
        return text
    while text and _font(font, size).getlength(f"{text} …") > WIDTH - 2 * MARGIN:
        text = text.rpartition(" ")[0] or text[:-1]
    return f"{text} …"


def _draw_formula(image: Image, draw: Any, card: Card) -> None:
    """Draw the formula into its box, else the text, else nothing."""
    from PIL import Image

    left, top, right, bottom = BOX
    width, height = right - left - 80, bottom - top - 24
    set_formula = _set_formula(card.formula, width, height)
    font = next(
        (font for size in TEXT_SIZES if (font := _font("DejaVuSansMono", size)).getlength(card.text) <= width), None
    )
    if set_formula is None and (font is None or not card.text):
        return
    draw.rectangle(BOX, fill=SURFACE)
    draw.rectangle((left, top, left + 6, bottom), fill=ACCENT)
    if set_formula is not None:
        mask = Image.fromarray(set_formula)
        image.paste(INK, (left + 40, (top + bottom - mask.height) // 2), mask)
    else:
        draw.text((left + 40, (top + bottom) // 2), card.text, font=font, fill=INK, anchor="lm")


def _set_formula(latex: str, width: int, height: int) -> Any:
    """Return the coverage of the pixels of a formula, as large as it fits; None if a command of it is not known."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import MathTextParser

    if not latex:
        return None
    parser = MathTextParser("agg")
    for size in FORMULA_SIZES:
        with _Complaints() as complaints:
            try:
                found = parser.parse(f"${spelled(latex)}$", 72, FontProperties(size=size, math_fontfamily="stix"))
            except ValueError:
                return None
        if complaints.said:
            return None
        coverage = found.image
        if coverage.shape[1] <= width and coverage.shape[0] <= height:
            return coverage
    return None


def spelled(latex: str) -> str:
    """Return a formula with the commands that mathtext knows by another name, or at another size."""
    for pattern, other in (
        (r"\\[lr]Vert(?![a-zA-Z])", r"\\Vert"),
        (r"\\[lr]vert(?![a-zA-Z])", r"\\vert"),
        (r"\\tfrac(?![a-zA-Z])", r"\\frac"),
    ):
        latex = re.sub(pattern, other, latex)
    return latex


class _Complaints(logging.Handler):
    """Notes whether mathtext says that a letter is missing, and keeps it from the terminal."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said = False
        self.logger = logging.getLogger("matplotlib.mathtext")

    def emit(self, record: logging.LogRecord) -> None:
        self.said = True

    def __enter__(self) -> _Complaints:
        self.propagates = self.logger.propagate
        self.logger.propagate = False
        self.logger.addHandler(self)
        return self

    def __exit__(self, *error: object) -> None:
        self.logger.removeHandler(self)
        self.logger.propagate = self.propagates


def entry_card(record: Mapping[str, Any], works: Mapping[str, Work]) -> Card:
    """Return the card of an entry: where it comes from, its result, and the function as the entry states it."""
    part = record["page"]["differential"] or record["page"]["main"]
    source = Source.model_validate(record["sources"][0])
    work = works.get(source.book or "")
    line = " of ".join(filter(None, [source.number, work.title])) if work else source.name or ""
    return Card(record["title"], line, part["result_latex"], "; ".join(record["stated"]))


def card_name(page: str) -> str:
    """Return the picture for a page, both below `docs/`; all rules share one."""
    stem = "rules" if page.startswith("rules/") else page.removesuffix(".md").removesuffix("/index")
    return f"{FOLDER}{stem.replace('/', '-')}.png"
