"""The engine in a page: what it answers is what it answers natively; of questions that overlap, one is answered."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jacobook.browser.entry import answered
from jacobook.browser.protocol import PROTOCOL
from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from tests.browser.reading import Reader
from tests.browser.stand_in_run import answers_to
from tests.conftest import EVERY_CASE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("engine in a browser")]

PAGE = "your-own-function/"
BENCHMARK = Path(__file__).resolve().parents[1] / "data" / "benchmark"
STEP, ANSWERED, ANSWERS_STEP = (1, 1, 1) if EVERY_CASE else (18, 4, 5)
"""Every eighteenth statement, and every fifth answer to every fourth, or all of them (`make every-case`)."""

ASK = """async (requests) => {
    const { engine } = await import("../assets/javascripts/engine.js")
    const found = []
    for (const request of requests) found.push(await engine.ask(request, { limit: 300000 }))
    return found
}"""
ROUNDING = "det(X'*A*X)"
"""Its example has more columns than rows: a determinant that is 0 but for rounding, by which the example is chosen."""
RUNAWAY = "*".join(f"sin(x + {k})" for k in range(60))
"""A long product of sums: its second derivative takes seconds."""


@pytest.fixture(scope="module")
def reader(used_context, site) -> Iterator[Reader]:
    """One page with an engine that has started, for all questions; another one would make a snapshot meanwhile."""
    found = Reader(used_context.new_page(), site)
    found.page.goto(site.address + PAGE)
    found.page.evaluate(ASK, [])
    yield found
    found.page.close()
    assert not found.complaints


def statements(name: str) -> list[dict[str, Any]]:
    """Every eighteenth statement of a file, or all of them, as a page asks for it."""
    cases = [json.loads(line) for line in (BENCHMARK / f"{name}.jsonl").read_text("utf-8").splitlines()]
    return [
        {
            "protocol": PROTOCOL,
            "lines": case["expr"] if isinstance(case["expr"], list) else [case["expr"]],
            "given": case["given"],
            "wrt": case["wrt"],
            "root": "../",
        }
        for case in cases[::STEP]
    ]


def differences(reader: Reader, requests: list[dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    """Return the native answers, and the requests that are answered otherwise in the page, with what differs."""
    here = reader.page.evaluate(ASK, requests)
    there = [json.loads(json.dumps(answered(request))) for request in requests]
    assert len(here) == len(there) == len(requests)
    wrong = []
    for request, one, other in zip(requests, here, there, strict=True):
        names = [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]
        if request["lines"] == [ROUNDING] and request["ask"] == "check" and one["verdict"] == other["verdict"]:
            names = sorted({*names} - {"sentence", "example", "entries"})
        if names:
            wrong.append([request, [[name, one.get(name), other.get(name)] for name in names]])
    return there, wrong


@pytest.mark.parametrize(("name", "least"), [("cases", 1.0), ("spellings", 0.6), ("questions", 0.8)])
def test_statements_are_answered_as_natively(reader, name, least):
    """Cases of the benchmark and public questions: read, derived and checked, the same data, the page included.

    Where not everything is asked, a statement is derived or verified: what is verified was derived.
    """
    requests = []
    for number, asked in enumerate(statements(name)):
        kinds: tuple[str, ...] = ("read", "derive", "code", "verify", "complete", "check")
        if not EVERY_CASE and any("kron(" in line for line in asked["lines"]):
            kinds = ("read", "derive", "verify")
        elif not EVERY_CASE:
            kinds = ("read", *(("verify", "complete") if number % 2 else ("derive", "code")), "check")
        requests += [{**asked, "ask": kind, "answer": f"2*{asked['wrt']}"} for kind in kinds]
    natively, wrong = differences(reader, requests)
    assert not wrong
    read = [one for request, one in zip(requests, natively, strict=True) if request["ask"] == "read"]
    assert sum(one["ok"] for one in read) >= least * len(read)
    assert not [one for one in natively if one.get("error_kind") == "internal"]


def test_answers_get_the_native_verdict(reader):
    requests = []
    others: list[str] = []
    cases = [json.loads(line) for line in (BENCHMARK / "cases.jsonl").read_text("utf-8").splitlines()]
    for case in cases[::ANSWERED]:
        lines = case["expr"] if isinstance(case["expr"], list) else [case["expr"]]
        derivation = derive(parse_statement(case["given"], lines, case["wrt"]))
        asked = {"protocol": PROTOCOL, "ask": "check", "lines": lines, "given": case["given"], "wrt": case["wrt"]}
        answers = answers_to(derivation, others)
        requests += [{**asked, "answer": answer} for answer in answers]
        others = answers[:1]
    assert len(requests) >= 400 // ANSWERED
    natively, wrong = differences(reader, requests[::ANSWERS_STEP])
    assert not wrong
    verdicts = Counter(one.get("verdict", one.get("error_kind")) for one in natively)
    assert {"right", "wrong", "factor"} <= verdicts.keys(), verdicts


def test_stop_ends_what_runs_and_the_engine_answers_again(reader):
    said = reader.page.evaluate(
        """async (text) => {
            const { engine } = await import("../assets/javascripts/engine.js")
            const asked = engine.ask({ ask: "derive", lines: [text], given: ["x in R"], wrt: "x", order: 2 })
            const said = asked.then(() => "answered", (error) => error.message)
            await new Promise((resolve) => setTimeout(resolve, 30))
            await engine.stop()
            const again = await engine.ask({ ask: "derive", lines: ["x^2"], given: ["x in R"], wrt: "x" })
            return [await said, again.result]
        }""",
        RUNAWAY,
    )
    assert said == ["Stopped.", "2*x"]


def test_the_engine_that_follows_does_not_load_the_runtime_again(reader):
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    stop = 'async () => (await import("../assets/javascripts/engine.js")).engine.stop()'
    reader.page.evaluate(stop)
    assert "engine.pack" in asked
    assert "pyodide.asm.wasm" not in asked


def test_a_request_that_takes_too_long_is_ended(reader):
    said = reader.page.evaluate(
        """async (text) => {
            const { engine } = await import("../assets/javascripts/engine.js")
            const ask = { ask: "derive", lines: [text], given: ["x in R"], wrt: "x", order: 2 }
            const said = await engine.ask(ask, { limit: 20 }).catch((error) => error.message)
            const again = await engine.ask({ ask: "derive", lines: ["x^3"], given: ["x in R"], wrt: "x" })
            return [said, again.result]
        }""",
        RUNAWAY,
    )
    assert said == ["This took longer than 0.02 seconds, and was stopped.", "3*x^2"]


def test_of_several_questions_the_newest_wins(reader):
    said = reader.page.evaluate(
        """async () => {
            const { engine } = await import("../assets/javascripts/engine.js")
            await engine.start()
            const ask = (text) => engine.ask({ ask: "derive", lines: [text], given: ["x in R"], wrt: "x" })
                .then((answer) => answer.result, (error) => error.constructor.name)
            return Promise.all(["x^2", "x^3", "x^4", "x^5"].map(ask))
        }"""
    )
    assert said == ["2*x", "Stopped", "Stopped", "5*x^4"]
