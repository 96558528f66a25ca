"""`jacobook notes check`: what it prints, how it ends, what it looks at, and what it keeps."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jacobook.notes.gate import share_of
from jacobook.notes.kept_fragments import KeptFragments
from tests.commands import Ran, in_process

RIGHT = "`#!jb d(x'*A*x)/dx = x'*(A + A')`\n"
WRONG = "`#!jb d(x'*A*x)/dx = x'*A`\n"
MISTYPED = "`#!jb d(x'*A*x +)/dx = x'*A`\n"
REFUSED = "`#!jb d(x'*X^(k - n)*x)/dX = X`\n"
UNCHECKED = "`#!jb d(log(-1 - x'*x))/dx = 2*x'/(1 + x'*x)`\n"
HEAD = "---\njacobook:\n  given: [x in R^N, A in R^(N x N), X in R^(N x N) invertible, 'k, n in N']\n---\n"
Gate = Callable[..., Ran]


@pytest.fixture
def gate(tmp_path, monkeypatch) -> Gate:
    """A function that checks the folder `docs` of a folder of its own, in this process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    Path("docs").mkdir()
    return lambda *arguments: in_process("notes", "check", *(arguments or ("docs",)))


def note(text: str, name: str = "docs/note.md") -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "status", "summary"),
    [
        (RIGHT, 0, "1 derivation and 1 claim in 1 file: no faults."),
        (WRONG, 1, "1 derivation and 1 claim in 1 file: 1 fault."),
        (MISTYPED, 2, "0 derivations and 0 claims in 1 file: 1 fault."),
        (REFUSED, 3, "0 derivations and 0 claims in 1 file: 1 fault."),
        (REFUSED + MISTYPED + WRONG, 1, "1 derivation and 1 claim in 1 file: 3 faults."),
        (REFUSED + MISTYPED, 2, "0 derivations and 0 claims in 1 file: 2 faults."),
        ("Words.", 0, "0 derivations and 0 claims in 1 file: no faults."),
    ],
)
def test_how_it_ends(gate, text, status, summary):
    note(text)
    run = gate()
    assert (run.returncode, run.stderr) == (status, summary + "\n")


def test_every_fault_is_one_line_with_its_place(gate):
    note(RIGHT + MISTYPED + WRONG)
    lines = gate().stdout.splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["docs/note.md:6:16", "docs/note.md:7:22"]
    assert "Depends on an assumption" not in lines[0]


def test_annotations(gate, monkeypatch):
    note(WRONG, "docs/a,b:c.md")
    note(MISTYPED)
    run = gate("docs", "--format", "github")
    first, second = run.stdout.splitlines()
    assert first.startswith("::error file=docs/a%2Cb%3Ac.md,line=5,col=22,title=A claim does not hold::")
    assert second.startswith("::error file=docs/note.md,line=5,col=16,title=A statement cannot be read::")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert gate().stdout == run.stdout
    assert gate("docs", "--format", "text").stdout.startswith("docs/a,b:c.md:5:22: ")


def test_sarif(gate):
    note(WRONG + MISTYPED + REFUSED)
    assert gate("docs", "--sarif", "out/found.sarif").returncode == 1
    data = json.loads(Path("out/found.sarif").read_text("utf-8"))
    assert data["version"] == "2.1.0"
    (run,) = data["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "Jacobook"
    rules = {rule["id"]: rule["shortDescription"]["text"] for rule in driver["rules"]}
    assert [result["ruleId"] for result in run["results"]] == ["wrong", "input", "refused"]
    for result, column in zip(run["results"], (22, 16, 9), strict=True):
        assert result["ruleId"] in rules
        assert result["level"] == "error"
        assert result["message"]["text"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == "docs/note.md"
        assert location["physicalLocation"]["region"]["startColumn"] == column


def test_sarif_without_faults_has_an_empty_list(gate):
    note(RIGHT)
    assert gate("docs", "--sarif", "found.sarif").returncode == 0
    assert json.loads(Path("found.sarif").read_text("utf-8"))["runs"][0]["results"] == []


def test_addresses_in_sarif_are_addresses(gate):
    note(WRONG, "docs/with space #1.md")
    gate("docs", "--sarif", "found.sarif")
    (result,) = json.loads(Path("found.sarif").read_text("utf-8"))["runs"][0]["results"]
    address = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert address == "docs/with%20space%20%231.md"


def test_a_layout_for_all_files(gate):
    note("`#!jb d(x'*x)/dx = 2*x'`\n")
    assert gate("docs", "--layout", "jacobian").returncode == 0
    assert gate("docs", "--layout", "denominator").returncode == 1


def test_which_files_a_folder_has(gate):
    for name in ("docs/a.md", "docs/b/c.qmd", "docs/.hidden/d.md", "docs/node_modules/e.md", "docs/f.txt", "docs/G.MD"):
        note(WRONG, name)
    run = gate()
    assert sorted({line.partition(":")[0] for line in run.stdout.splitlines()}) == [
        "docs/G.MD",
        "docs/a.md",
        "docs/b/c.qmd",
    ]
    assert "in 3 files" in run.stderr
    assert "in 3 files" in gate("docs", "docs/a.md", "docs/b").stderr, "each once"


def test_a_link_to_nothing_in_a_folder_is_no_note(gate):
    """So Emacs marks a file that is open in it."""
    note(RIGHT)
    Path("docs/.#note.md").symlink_to("somebody@somewhere.1234")
    Path("docs/other.md").symlink_to("note.md")
    run = gate()
    assert (run.returncode, run.stderr) == (0, "2 derivations and 2 claims in 2 files: no faults.\n")


def test_a_folder_that_may_not_be_entered_is_said(gate, monkeypatch):
    note(RIGHT)
    Path("docs/locked").mkdir()
    scandir = os.scandir

    def guarded(path):
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    run = gate()
    assert (run.returncode, run.stdout, run.stderr) == (2, "", "docs/locked: cannot be read (Permission denied)\n")


def test_shares_make_up_the_whole(gate):
    for number in range(5):
        note(RIGHT, f"docs/{number}.md")
    seen = [int(re.findall(r"in (\d) file", gate("docs", "--shard", f"{share}/3").stderr)[0]) for share in (1, 2, 3)]
    assert seen == [2, 2, 1]
    files = [Path(str(number)) for number in range(7)]
    assert sorted(file for share in (1, 2) for file in share_of(files, (share, 2))) == files


@pytest.mark.parametrize("share", ["0/2", "3/2", "1", "a/b", "1/0", "1/2/3", "²/3", "-1/2"])
def test_shares_that_are_none(gate, share):
    run = gate("docs", "--shard", share)
    assert run.returncode == 2
    assert "it reads I/N, such as 1/4" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "nowhere: there is no such file or folder"),
        (["docs", "nowhere.md"], "nowhere.md: there is no such file or folder"),
        (["note.txt"], "note.txt: notes are in files that end in .md"),
        (["--no-cache"], "name a file or a folder with notes"),
        (["--changed", "docs"], "`docs` was taken for the commit of --changed"),
        (["docs", "--changed"], "--changed: fatal: not a git repository"),
        (["docs", "--sarif", "docs/note.md/x.sarif"], "cannot be written"),
        (["docs", "--layout", "jacobien"], "jacobien"),
    ],
)
def test_bad_input_gets_one_sentence(gate, arguments, says):
    note(RIGHT)
    Path("note.txt").write_text("", "utf-8")
    run = gate(*arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert says in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(gate):
    note(RIGHT).chmod(0)
    run = gate()
    assert run.returncode == 2
    assert "cannot be read" in run.stdout


# --- Only what has changed ------------------------------------------------------------------------------------------


def git(*arguments: str) -> None:
    identity = ["-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(gate):
    note(WRONG, "docs/old.md")
    note(RIGHT, "docs/edited.md")
    git("init", "--quiet", "--initial-branch=main")
    git("add", "docs")
    git("commit", "--quiet", "--message=one")
    return gate


def seen_files(run: Ran) -> int:
    return int(re.findall(r"in (\d+) files?", run.stderr)[0])


def test_what_git_says_has_changed(repository):
    assert (repository("docs", "--changed").returncode, seen_files(repository("docs", "--changed"))) == (0, 0)
    note(WRONG, "docs/edited.md")
    note(WRONG, "docs/new ä.md")
    run = repository("docs", "--changed")
    assert [line.partition(":")[0] for line in run.stdout.splitlines()] == ["docs/edited.md", "docs/new ä.md"]
    git("add", "docs")
    git("commit", "--quiet", "--message=two")
    assert seen_files(repository("docs", "--changed")) == 0
    assert seen_files(repository("docs", "--changed=HEAD~1")) == 2
    assert seen_files(repository("--changed=main~1", "docs")) == 2


def test_it_does_not_matter_from_where_it_is_called(repository, monkeypatch):
    note(WRONG, "docs/edited.md")
    monkeypatch.chdir("docs")
    assert seen_files(repository("edited.md", "old.md", "--changed")) == 1


def test_files_outside_of_the_folder_at_hand_are_seen(repository, tmp_path, monkeypatch):
    note(WRONG, "docs/edited.md")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert seen_files(repository("../docs", "--changed")) == 1


def test_a_commit_that_is_none(repository):
    for reference in ("nowhere", "HEAD~7", "docs/old.md"):
        run = repository("docs", f"--changed={reference}")
        assert (run.returncode, run.stdout) == (2, "")
        assert f"git knows no commit '{reference}'" in run.stderr
    assert "`--changed=HEAD docs/old.md`" in run.stderr


# --- Finished work --------------------------------------------------------------------------------------------------


def fresh(*arguments: str) -> tuple[Ran, set[str]]:
    """Run the gate in a process of its own; return what came of it and which heavy modules it loaded."""
    code = (
        "import sys\nfrom jacobook.cli import main\ntry:\n    main('help')\nfinally:\n"
        "    heavy = [name for name in ('sympy', 'numpy', 'jacobook.calculus.derive') if name in sys.modules]\n"
        "    print('loaded', *heavy, file=sys.stderr)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, "notes", "check", *arguments], capture_output=True, text=True, check=False
    )
    words = run.stderr.splitlines()
    return run, set(words[-1].split()[1:]) if words else set()


@pytest.mark.slow
def test_the_second_run_works_nothing_out(gate):
    note("```jacobook\ngiven: [t in R]\n```\n" + RIGHT + WRONG + MISTYPED)
    first, loaded = fresh("docs")
    assert loaded >= {"sympy", "jacobook.calculus.derive"}
    second, loaded = fresh("docs")
    assert loaded == set()
    assert (second.returncode, second.stdout) == (first.returncode, first.stdout)
    note("```jacobook\ngiven: [t in R]\n```\n" + RIGHT + WRONG + "Words.")
    assert fresh("docs")[1] == set(), "words around change nothing"
    assert "sympy" in fresh("docs", "--no-cache")[1]


def test_a_page_that_declares_otherwise_is_worked_out_anew(gate):
    note(RIGHT)
    assert gate().returncode == 0
    Path("docs/note.md").write_text(HEAD.replace("A in R^(N x N)", "A in R^(N x M)") + RIGHT, "utf-8")
    assert gate().returncode == 2


@pytest.mark.parametrize("spoilt", ["", "{", "[]", "{}", "null", "3", '{"html": 1}', '{"html": "", "faults": [{}]}'])
def test_a_spoilt_cache_is_made_anew(gate, spoilt):
    note(WRONG)
    expected = gate().stdout
    kept = list(Path(".cache/jacobook/notes").glob("*.json"))
    assert kept
    for file in kept:
        file.write_text(spoilt, "utf-8")
    run = gate()
    assert (run.returncode, run.stdout) == (1, expected)
    assert all(file.read_text("utf-8") != spoilt for file in kept)


def test_a_cache_that_cannot_be_written_changes_nothing(gate):
    note(WRONG)
    Path("file").write_text("", "utf-8")
    run = gate("docs", "--cache", "file/folder")
    assert run.returncode in (1, 2)
    assert "Traceback" not in run.stderr
    run = gate("docs", "--cache", "/proc/nowhere")
    assert (run.returncode, run.stderr) == (1, "1 derivation and 1 claim in 1 file: 1 fault.\n")


def test_no_cache_leaves_nothing_behind(gate):
    note(RIGHT)
    gate("docs", "--no-cache")
    assert not Path(".cache").exists()


def test_a_mistake_of_ours_says_at_which_mark_it_came_up(gate, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError

    note(RIGHT)
    monkeypatch.setattr(KeptFragments, "of", fail)
    assert "please report it: ZeroDivisionError" in (said := gate().stderr)
    assert "It came up at docs/note.md:3." in said


# --- The other commands ---------------------------------------------------------------------------------------------


def test_a_note_to_start_from_holds(gate):
    assert in_process("notes", "new", "docs/first.md").returncode == 0
    run = gate()
    assert (run.returncode, run.stdout) == (0, "")
    assert "2 claims" in run.stderr or "3 claims" in run.stderr
    other = in_process("notes", "new", "docs/first.tex")
    assert (other.returncode, other.stdout) == (2, "")
    assert other.stderr == "docs/first.tex: the note is Markdown, in a file that ends in .md, .markdown, .qmd\n"
    assert not Path("docs/first.tex").exists()
    again = in_process("notes", "new", "docs/first.md")
    assert (again.returncode, again.stderr) == (2, "docs/first.md: is there already; it is left as it is\n")


def test_the_style_sheet_is_written(gate):
    assert in_process("notes", "assets", "docs/css").returncode == 0
    assert ".jacobook" in Path("docs/css/jacobook.css").read_text("utf-8")
    Path("docs/file").write_text("", "utf-8")
    run = in_process("notes", "assets", "docs/file/css")
    assert (run.returncode, "cannot be written" in run.stderr) == (2, True)
