"""Batches: one line out for each line in, in order, going on after a failure."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

GOOD = {"id": "good", "given": ["x in R^N"], "expr": "x'*x", "wrt": "x", "note": "other keys are ignored"}
LINES = [
    json.dumps(GOOD),
    "{not json",
    json.dumps(GOOD | {"id": "sizes", "expr": "x*x"}),
    "",
    json.dumps(["a list"]),
    json.dumps({"id": "nothing"}),
    json.dumps(GOOD | {"id": "given", "given": "x in R^N"}),
    json.dumps(GOOD | {"id": "wrt", "wrt": 3}),
    json.dumps(GOOD | {"id": "chain", "expr": ["f = log(1 + z)", "z = x'*x"]}),
    json.dumps(GOOD | {"id": "surrogate \ud800", "expr": "\ud800"}),
    "[" * 100_000,
    json.dumps(GOOD | {"id": "last"}),
]


def batch(path, *options):
    return subprocess.run(
        [sys.executable, "-m", "generator", "derive", "--batch", str(path), *options],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def cases(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(LINES), "utf-8")
    return path


def without_seconds(text):
    return [json.loads(line) | {"seconds": None} for line in text.splitlines()]


def test_every_line_is_answered_in_order(cases):
    run = batch(cases, "--no-verify")
    assert run.returncode == 0
    assert run.stderr == ""
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


def test_jobs_change_nothing_but_the_seconds(cases):
    one, two = (batch(cases, "--jobs", jobs).stdout for jobs in ("1", "2"))
    assert without_seconds(one) == without_seconds(two)
    assert without_seconds(one)[0]["verification"]["passed"] is True


def test_an_output_file_appears_whole(cases, tmp_path):
    output = tmp_path / "results.jsonl"
    output.write_text("of an earlier run", "utf-8")
    run = batch(cases, "--no-verify", "--output", str(output))
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
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


def test_results_are_streamed(cases):
    with subprocess.Popen(
        [sys.executable, "-m", "generator", "derive", "--batch", "/dev/stdin", "--no-verify"],
        stdin=cases.open("rb"),
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["id"] == "good"
        process.communicate()
