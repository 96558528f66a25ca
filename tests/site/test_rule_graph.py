"""The graph of rules: layers, what is left out of the picture, every rule in the lists, every name a link."""

from __future__ import annotations

import re
from graphlib import CycleError

import pytest

from jacobook.calculus.proofs.rule_proofs import proof_of
from jacobook.calculus.rules.table import RULES
from jacobook.site.pages.rule_graph import OFTEN, graph_picture, proof_layers, used_often, without_rules

NEEDS = {"a": [], "b": ["a"], "c": ["a", "b"], "d": [], "e": ["c"]}


@pytest.fixture(scope="module")
def needs() -> dict[str, list[str]]:
    """Return which rules the proof of every rule cites, from the proofs themselves."""
    return {slug: sorted({claim.rule for claim in proof_of(rule).walk()} - {slug}) for slug, rule in RULES.items()}


def test_a_rule_stands_above_all_that_its_proof_uses():
    assert proof_layers(NEEDS) == {"a": 0, "b": 1, "c": 2, "d": 0, "e": 3}


def test_no_rule_is_proved_from_itself(needs):
    layers = proof_layers(needs)
    assert all(layers[one] < layers[slug] for slug, found in needs.items() for one in found)
    with pytest.raises(CycleError):
        proof_layers({**NEEDS, "a": ["e"]})


def test_what_nearly_every_proof_uses_is_not_drawn(needs):
    often = used_often(needs)
    assert set(often) >= {"definition", "entries"}
    assert min(often.values()) >= OFTEN
    drawn = without_rules(needs, often)
    assert not drawn.keys() & often.keys()
    assert drawn["quotient"] == ["product"]
    assert without_rules(NEEDS, {"a": 9}) == {"b": [], "c": ["b"], "e": ["c"]}


def test_every_name_is_a_link_and_every_use_a_line():
    titles = {slug: f"<{slug}> & more" for slug in NEEDS}
    picture = graph_picture(without_rules(NEEDS, {}), titles, dict.fromkeys(NEEDS, "algebra"))
    assert re.findall(r'href="\.\./(\w)/"', picture) == ["a", "b", "c", "e"]
    assert picture.count("<path ") == 4
    assert "&lt;a&gt; &amp; more" in picture
    assert "4 rules in 4 layers, and 4 lines" in picture


def test_names_do_not_cover_each_other(needs):
    names = {slug: rule.name for slug, rule in RULES.items()}
    drawn = without_rules(needs, used_often(needs))
    picture = graph_picture(drawn, names, dict.fromkeys(names, "algebra"))
    boxes = [
        tuple(map(float, box)) for box in re.findall(r'<rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"', picture)
    ]
    assert len(boxes) == len(drawn)
    for k, (x, y, width, height) in enumerate(boxes):
        for left, top, wide, high in boxes[:k]:
            assert x >= left + wide or left >= x + width or y >= top + high or top >= y + height


def test_the_page_lists_every_rule_and_the_rules_of_its_proof(pages):
    text = (pages / "rules" / "graph.md").read_text("utf-8")
    rows = dict(re.findall(r'^<li markdown="span">\[[^\]]+\]\(([\w-]+)\.md\)(.*)</li>$', text, re.M))
    assert set(rows) == set(RULES)
    assert re.findall(r"\(([\w-]+)\.md\)", rows["inverse"]) == ["constant", "product"]
