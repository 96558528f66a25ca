"""Common mistakes on a page: an aside in the line where they happen, and what shows them to be wrong."""

from __future__ import annotations

from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.rendering.outline import verification_sentence
from jacobook.site.pages.evidence_words import evidence_paragraph, evidence_sentence
from jacobook.site.pages.markup import steps
from jacobook.verification import verify
from jacobook.verification.refuted_mistakes import each, refutations, refuted_mistakes


def test_the_aside_stands_at_its_line_and_nowhere_else() -> None:
    derivation = derive(parse_statement(["x in R^N", "B in R^(N x N)"], ["x'*B*x"], "x"))
    shown = refuted_mistakes(derivation)
    block = derivation.partials[0].matrix_route
    rows = steps(block, shown[block])
    assert [row["rule"] for row in rows if row["mistake"]] == ["product", "scalar-transpose", "collect"]
    assert "cannot be added" in rows[1]["mistake"]
    assert r"\(N\times 1\){data-search-exclude} and \(1\times N\)" in rows[1]["mistake"]
    assert not any(row["mistake"] for row in steps(block))
    assert not any(below["mistake"] for row in rows for below in row["steps"])


def test_the_evidence_says_how_many_mistakes_were_refuted_and_how() -> None:
    derivation = derive(parse_statement(["x in R^N", "B in R^(N x N)"], ["x'*B*x"], "x"))
    shown = refuted_mistakes(derivation)
    found = verify(derivation, symbolic=False).as_dict()
    counts = refutations(shown)
    assert sum(counts.values()) == len(list(each(shown))) == 4
    assert "4 common mistakes noted here are refuted, 3 by their values at such points and 1 by their" in (
        evidence_paragraph(found | {"mistakes": counts})
    )
    assert "common mistake" not in evidence_paragraph(found)
    assert "common mistake" not in evidence_paragraph(found | {"mistakes": {"shape": 0, "value": 0}})
    alone = evidence_paragraph(found | {"mistakes": {"shape": 1, "value": 0}})
    assert "The common mistake noted here is refuted by its shape." in alone
    both = evidence_paragraph(found | {"mistakes": {"shape": 0, "value": 2}})
    assert "The 2 common mistakes noted here are refuted, by their values at such points." in both


def test_without_the_symbolic_check_nothing_is_said_to_be_proved() -> None:
    derivation = derive(parse_statement(["x in R^N", "B in R^(N x N)"], ["x'*B*x"], "x"))
    numbers, both = (verify(derivation, symbolic=symbolic).as_dict() for symbolic in (False, True))
    assert numbers["symbolic"] == "skipped"
    for said in (evidence_paragraph(numbers), evidence_sentence(numbers), verification_sentence(numbers)):
        assert f"{numbers['instances']} comparisons" in said or "at random points" in said
        assert "proved" not in said.replace("none of them is proved", "")
        assert "exactly" not in said
    assert "They are checked numerically only; none of them is proved." in evidence_paragraph(numbers)
    assert "All of them are also proved exactly" in evidence_paragraph(both)
