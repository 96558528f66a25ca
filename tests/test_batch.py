"""Batches: one line out for each line in, in order, going on after a failure."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.commands import Ran, in_process

GOOD = {"id": "good", "given": ["x in R^N"], "expr": "x'*x", "wrt": "x"}
LINES = [
    json.dumps(GOOD),
    "{not json",
    json.dumps(GOOD | {"id": "sizes", "expr": "x*x"}),
    "",
    json.dumps(["a list"]),
    json.dumps({"id": "nothing"}),
    json.dumps(GOOD | {"id": "given", "given": 3}),
    json.dumps(GOOD | {"id": "wrt", "wrt": 3}),
    json.dumps(GOOD | {"id": "chain", "expr": ["f = log(1 + z)", "z = x'*x"]}),
    json.dumps(GOOD | {"id": "surrogate \ud800", "expr": "\ud800"}),
    "[" * 100_000,
    json.dumps(GOOD | {"id": "last"}),
]


def batch(path, *options: str) -> Ran:
    return in_process("derive", "--batch", str(path), *options)


def batch_in_a_process_of_its_own(path, *options: str) -> Ran:
    command = [sys.executable, "-m", "jacobook", "derive", "--batch", str(path), *options]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture
def cases(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(LINES), "utf-8")
    return path


def without_seconds(text):
    return [json.loads(line) | {"seconds": None} for line in text.splitlines()]


def test_every_line_is_answered_in_order(cases):
    run = batch(cases, "--no-verify")
    assert run.returncode == 2
    assert run.stderr == "3 of 11 cases derived; 8 could not be read\n"
    answers = without_seconds(run.stdout)
    assert [(answer["id"], answer["ok"]) for answer in answers] == [
        ("good", True),
        (None, False),
        ("sizes", False),
        (None, False),
        ("nothing", False),
        ("given", False),
        ("wrt", False),
        ("chain", True),
        ("surrogate \ud800", False),
        (None, False),
        ("last", True),
    ]
    assert all(answer["error_kind"] == "input" for answer in answers if not answer["ok"])
    assert "line 2 of the batch is not JSON" in answers[1]["error"]
    assert "line 5 of the batch" in answers[3]["error"]
    assert all(set(answer) == set(answers[0]) for answer in answers)


@pytest.mark.slow
def test_jobs_change_nothing_but_the_seconds(cases):
    one, two = (batch_in_a_process_of_its_own(cases, "--jobs", jobs).stdout for jobs in ("1", "2"))
    assert without_seconds(one) == without_seconds(two)
    assert without_seconds(one)[0]["verification"]["passed"] is True


def test_an_output_file_appears_whole(cases, tmp_path):
    output = tmp_path / "results.jsonl"
    output.write_text("of an earlier run", "utf-8")
    run = batch(cases, "--no-verify", "--output", str(output))
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "3 of 11 cases derived; 8 could not be read\n"
    assert without_seconds(output.read_text("utf-8")) == without_seconds(batch(cases, "--no-verify").stdout)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cases.jsonl", "results.jsonl"]


def test_an_output_that_cannot_be_written(cases, tmp_path):
    run = batch(cases, "--no-verify", "--output", str(tmp_path / "nowhere" / "results.jsonl"))
    assert run.returncode == 2
    assert "cannot be written" in run.stderr
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_an_empty_file(tmp_path, content):
    path = tmp_path / "cases.jsonl"
    path.write_text(content, "utf-8")
    run = batch(path)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_byte_order_mark_is_no_part_of_the_first_case(tmp_path, end):
    path = tmp_path / "cases.jsonl"
    lines = [json.dumps(GOOD | {"id": number}) for number in (1, 2)]
    path.write_bytes(end.join(lines).encode("utf-8-sig"))
    run = batch(path, "--no-verify")
    assert (run.returncode, run.stderr) == (0, "")
    assert [json.loads(line)["id"] for line in run.stdout.splitlines()] == [1, 2]


def test_a_file_in_another_encoding(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_bytes(b'{"id": 1}\n{"id": "\xe9"}\n')
    run = batch(path)
    assert (run.returncode, run.stdout, run.stderr) == (2, "", f"{path}:2:9: is not UTF-8 text\n")


@pytest.mark.parametrize("identifier", ["NaN", "-Infinity", "1e999"])
def test_an_id_that_json_has_no_number_for(tmp_path, identifier):
    """What answers is JSON, which no other reader would take with `NaN` in it."""
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(GOOD).replace('"good"', identifier), "utf-8")
    run = batch(path, "--no-verify")
    (answer,) = (json.loads(line, parse_constant=lambda name: f"not JSON: {name}") for line in run.stdout.splitlines())
    assert (run.returncode, answer["id"], answer["error_kind"]) == (2, None, "input")
    assert "`id` is a text or a number" in answer["error"]


@pytest.mark.parametrize("option", [("--batched",), ("--as", "operation"), ("--as", "function")])
def test_forms_of_code_are_for_one_expression(tmp_path, option):
    run, _ = answers_to(tmp_path, GOOD, options=option)
    assert (run.returncode, run.stdout) == (2, "")
    assert f"{option[0]} is for one expression" in run.stderr


def test_results_are_streamed(cases):
    with subprocess.Popen(
        [sys.executable, "-m", "jacobook", "derive", "--batch", "/dev/stdin", "--no-verify"],
        stdin=cases.open("rb"),
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["id"] == "good"
        process.communicate()


def answers_to(tmp_path, *cases, options=("--no-verify",)):
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(json.dumps(case) for case in cases), "utf-8")
    run = batch(path, *options)
    return run, without_seconds(run.stdout)


@pytest.mark.parametrize("identifier", [1, 0, -3, 2.5, True, "1", "", None])
def test_an_id_comes_back_as_it_is(tmp_path, identifier):
    _, answers = answers_to(tmp_path, GOOD | {"id": identifier}, GOOD | {"id": identifier, "expr": "x'*"})
    assert [answer["id"] for answer in answers] == [identifier] * 2
    assert [type(answer["id"]) for answer in answers] == [type(identifier)] * 2


def test_an_id_that_is_a_list_is_said(tmp_path):
    run, (answer,) = answers_to(tmp_path, GOOD | {"id": [1]})
    assert (run.returncode, answer["error"]) == (2, "line 1 of the batch: `id` is a text or a number")


def test_order_layout_and_route_of_a_case(tmp_path):
    quadratic = {"given": ["x in R^N", "A in R^(N x N)"], "expr": "x'*A*x", "wrt": "x"}
    cases = [
        quadratic,
        quadratic | {"order": 2},
        quadratic | {"layout": "denominator"},
        quadratic | {"route": "component"},
    ]
    _, answers = answers_to(tmp_path, *cases)
    assert [answer["text"] for answer in answers] == ["x'*(A + A')", "A + A'", "(A + A')*x", "x'*(A + A')"]
    _, answers = answers_to(tmp_path, quadratic, quadratic | {"order": 1}, options=("--no-verify", "--order", "2"))
    assert [answer["text"] for answer in answers] == ["A + A'", "x'*(A + A')"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"order": 4}, "order=4: the order is 1 or 2 or 3"),
        ({"order": True}, "the order is 1 or 2 or 3"),
        ({"order": "2"}, "the order is 1 or 2 or 3"),
        ({"layout": "numerator"}, "the layout is 'jacobian' or 'denominator'"),
        ({"layout": None}, "the layout is 'jacobian' or 'denominator'"),
        ({"route": "foo"}, "the route is 'matrix' or 'component'"),
        ({"route": ["matrix"]}, "the route is 'matrix' or 'component'"),
    ],
)
def test_an_option_that_does_not_exist(tmp_path, wrong, said):
    run, (answer,) = answers_to(tmp_path, GOOD | wrong)
    assert (run.returncode, answer["ok"], answer["error_kind"]) == (2, False, "input")
    assert said in answer["error"]


def test_keys_that_mean_nothing_are_said(tmp_path):
    run, answers = answers_to(tmp_path, GOOD | {"ordr": 2, "note": "mine"}, GOOD | {"note": "mine"}, GOOD)
    assert run.returncode == 0
    assert run.stderr.count("\n") == 1
    assert "`note` (2), `ordr` (1)" in run.stderr
    assert [answer["notes"] for answer in answers] == [
        ["The key `ordr` was ignored; did you mean `order`?", "The key `note` was ignored."],
        ["The key `note` was ignored."],
        [],
    ]


def test_notes_of_the_statement(tmp_path):
    _, (answer,) = answers_to(tmp_path, {"given": ["X in R^(N x N)"], "expr": "tr(exp(X))"})
    assert answer["notes"] == ["exp(X) acts entry by entry; the matrix exponential is expm(X)."]


REFUSED = {"given": ["X in R^(N x N)", "x in R^N", "k, n in N"], "expr": "x'*X^(k - n)*x", "wrt": "X"}


def test_exit_status_and_summary(tmp_path):
    run, answers = answers_to(tmp_path, GOOD, REFUSED | {"given": [*REFUSED["given"][1:], "X in R^(N x N) invertible"]})
    assert [answer["error_kind"] for answer in answers] == [None, "refused"]
    assert (run.returncode, run.stderr) == (3, "1 of 2 cases derived; 1 refused: no rule covers the derivative\n")
    run, _ = answers_to(tmp_path, GOOD, GOOD)
    assert (run.returncode, run.stderr) == (0, "")


def test_another_format_is_refused_and_json_is_not(tmp_path):
    run, _ = answers_to(tmp_path, GOOD, options=("--format", "text"))
    assert (run.returncode, run.stdout) == (2, "")
    assert "a batch is answered in JSON" in run.stderr
    run, (answer,) = answers_to(tmp_path, GOOD, options=("--format", "json", "--no-verify"))
    assert (run.returncode, answer["ok"]) == (0, True)
