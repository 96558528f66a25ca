"""Formulas that wait: the finished one is in the page for whoever has no JavaScript, the text for all others."""

from __future__ import annotations

from jacobook.site.typesetting.deferred import deferred

DRAWN = '<span class="sheet-drawn"><mjx-container><mjx-math>𝑥</mjx-math></mjx-container></span>'
ROW = """<li class="sheet-row{later}" data-words="x">
<div class="sheet-function">{plain}{drawn}</div>
<div class="sheet-title"><a href="x/">x</a></div>
<div class="sheet-derivative">{plain}{drawn}</div>
</li>"""
PLAIN = '<span class="sheet-plain" data-search-exclude>x &lt; y</span>'


def test_a_row_that_comes_later_has_its_formulas_in_noscript() -> None:
    found = deferred(ROW.format(later=" later", plain=PLAIN, drawn=DRAWN))
    assert found.count(f"{PLAIN}<noscript>{DRAWN}</noscript>") == 2
    assert found.replace("<noscript>", "").replace("</noscript>", "") == ROW.format(
        later=" later", plain=PLAIN, drawn=DRAWN
    )


def test_the_first_rows_are_drawn() -> None:
    row = ROW.format(later="", plain="", drawn=DRAWN)
    assert deferred(row) == row
