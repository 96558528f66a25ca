"""The commands as a stranger types them: answers, typos, exit status, and never a traceback."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.commands import Ran, in_process

VERIFICATION = ("verdict", "why", "passed", "max_relative_error", "instances", "symbolic", "sizes")
KEYS = [
    "id",
    "ok",
    "error",
    "error_kind",
    "line",
    "column",
    "notes",
    "seconds",
    "wrt",
    "output_shape",
    "input_shape",
    "latex",
    "text",
    "python",
    "partials",
    "steps",
    "verification",
]
QUADRATIC = ("x'*A*x", "--given", "x in R^N", "--given", "A in R^(N x N)", "--wrt", "x")
CHAIN = ("f(z) = exp(-1/2*z)", "z = g(y) = y'*inv(S)*y", "y = h(x) = x - mu")
CHAIN_GIVEN = ("--given", "x, mu in R^D", "--given", "S in R^(D x D) invertible", "--wrt", "x")


def process(*arguments, module="jacobook", text=True, **environment):
    """Run a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        text=text,
        encoding="utf-8" if text else None,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"} | environment,
    )


command = in_process


def derive(*arguments: str) -> Ran:
    return in_process("derive", *arguments)


# Arguments, exit status, a part of what is said.
MISTAKES = {
    "mistyped command": (["derve", "x"], 2, "did you mean 'derive'"),
    "unknown command": (["paint"], 2, "the commands are derive, check, build, rules"),
    "mistyped option": (["--chek"], 2, "--check"),
    "mistyped option of derive": (["derive", "x'*x", "--gvien", "x in R^N"], 2, "--given"),
    "mistyped format": (["derive", "x'*x", "--given", "x in R^N", "--format", "jsn"], 2, "json"),
    "mistyped layout": (["derive", "x'*x", "--given", "x in R^N", "--layout", "numerator"], 2, "jacobian"),
    "no expression": (["derive", "--given", "x in R^N"], 2, "an expression is missing"),
    "empty expression": (["derive", "", "--given", "x in R^N"], 2, ""),
    "blank expression": (["derive", "   ", "--given", "x in R^N"], 2, ""),
    "nothing given": (["derive", "x'*x"], 2, "`x`"),
    "empty declaration": (["derive", "x'*x", "--given", ""], 2, ""),
    "unknown variable": (["derive", "x'*x", "--given", "x in R^N", "--wrt", "y"], 2, "`y`"),
    "empty variable": (["derive", "x'*x", "--given", "x in R^N", "--wrt", ""], 2, ""),
    "which variable": (["derive", "a'*x", "--given", "a, x in R^N"], 2, "a"),
    "by the function": (["derive", "f = x'*x", "--given", "x in R^N", "--wrt", "f"], 2, "the function itself"),
    "sizes": (["derive", "A*x", "--given", "x in R^M", "--given", "A in R^(M x N)", "--wrt", "x"], 2, "A'*x"),
    "unknown function": (["derive", "epx(t)", "--given", "t in R"], 2, "exp"),
    "cycle": (["derive", "f = z", "z = f", "--given", "t in R", "--wrt", "t"], 2, "circular"),
    "declared and defined": (["derive", "f = z", "z = t", "--given", "t, z in R"], 2, "`z`"),
    "code": (["derive", "__import__('os').system('x')", "--given", "x in R"], 2, ""),
    "nested": (["derive", "(" * 10_000 + "x" + ")" * 10_000, "--given", "x in R"], 2, "nested parentheses"),
    "output without batch": (["derive", "x", "--given", "x in R", "--output", "x.jsonl"], 2, "--batch"),
    "batch and expression": (["derive", "x", "--batch", "x.jsonl"], 2, "leave EXPR"),
    "no such batch": (["derive", "--batch", "no-such-file.jsonl"], 2, "cannot be read"),
    "variable twice": (["derive", "x'*y", "--given", "x, y in R^N", "--wrt", "x", "--wrt", "y"], 2, "--wrt is given 2"),
    "layout twice": (["derive", "x", "--layout", "jacobian", "--layout=denominator"], 2, "--layout is given 2 times"),
    "format thrice": (["derive", "x", *["--format", "json"] * 3], 2, "--format is given 3 times; it may be given once"),
    "answer twice": (["check", "x", "--answer", "1", "--answer", "2"], 2, "--answer is given 2 times"),
    "jobs twice": (["build", "--jobs", "1", "--jobs", "2"], 2, "--jobs is given 2 times"),
    "docs twice": (["--docs", "a", "--docs", "b"], 2, "--docs is given 2 times"),
    "mistyped route": (["derive", "x", "--route", "foo"], 2, "'matrix', 'component'"),
    "jobs without batch": (["derive", "x", "--given", "x in R", "--jobs", "2"], 2, "--batch"),
    "format of a batch": (["derive", "--batch", "x.jsonl", "--format", "latex"], 2, "a batch is answered in JSON"),
    "three sizes": (["derive", "tr(A)", "--given", "A in R^(n,n,n)"], 2, "at most two indices"),
    "an option behind --": (["derive", "--", "-x^2", "--given", "x in R"], 2, "--given stands behind --"),
    "a folder of code": (["check", "x^2", "--given", "x in R", "--code", ".:f"], 2, "is no file"),
    "no code": (["check", "x^2", "--given", "x in R", "--code", "no-such.py:f"], 2, "there is no such file"),
    "no jobs": (["--jobs", "0"], 2, "--jobs"),
    "no such collection": (["--collection", "no-such-folder"], 2, "no such folder"),
}


@pytest.mark.parametrize(("arguments", "status", "said"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes(arguments, status, said):
    run = command(*arguments)
    assert run.returncode == status, run.stderr
    assert said in run.stderr
    assert run.stderr.strip()
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
    assert len(run.stderr) < 3000


@pytest.mark.parametrize(
    "arguments",
    [
        ("x'*A*x",),
        ("norm(A*x - b)^2",),
        ("x'*A*y", "--given", "y in R^3"),
        ("a'*x", "--wrt", "x"),
        ("f = exp(z)", "z = p(x)"),
        (r"\|y - Xw\|^2 + \lambda\|w\|^2",),
    ],
    ids=" ".join,
)
def test_the_declarations_that_are_suggested_can_be_pasted(arguments):
    refused = derive(*arguments)
    assert refused.returncode == 2
    *_, said, options = refused.stderr.splitlines()
    assert said == "You may mean:"
    run = derive(*arguments, *shlex.split(options), "--no-verify")
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("x'*A*x", "--format", "json"),
        ("A*x", "--given", "x in R^M", "--given", "A in R^(M x N)"),
        ("x'*(y + 1", "--given", "x in R^N"),
        ("eigmax(A)",),
    ],
    ids=" ".join,
)
def test_nothing_is_suggested_where_declarations_are_not_what_is_missing(arguments):
    run = derive(*arguments)
    assert run.returncode == 2
    assert "You may mean" not in run.stderr + run.stdout


@pytest.mark.parametrize(
    "expression", ["-x'*x", "-w'*x", "-g*x'*x", "-h*x'*x", "-1/2*x'*x", "-(x'*x)", "--x'*x", "- x'*x"]
)
def test_an_expression_may_begin_with_a_minus(expression):
    run = derive(expression, "--given", "w, x in R^N", "--given", "g, h in R", "--wrt", "x", "--no-verify")
    assert run.returncode == 0, run.stderr
    assert "∂" in run.stdout


@pytest.mark.parametrize("form", ["text", "latex", "markdown", "python", "json"])
@pytest.mark.parametrize("layout", ["jacobian", "denominator"])
def test_every_format(form, layout):
    run = derive(*QUADRATIC, "--format", form, "--layout", layout, "--route", "component")
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    assert run.stdout.endswith("\n")
    if form == "json":
        answer = json.loads(run.stdout)
        assert list(answer) == KEYS
        assert answer["text"] == ("x'*(A + A')" if layout == "jacobian" else "(A + A')*x")
        assert answer["verification"]["passed"] is True
        assert set(answer["verification"]) == {*VERIFICATION}
    if form == "python":
        names: dict[str, object] = {}
        exec(run.stdout, {"np": __import__("numpy")}, names)
        assert callable(names["derivative"])


def test_json_of_a_chain():
    run = derive(*CHAIN, *CHAIN_GIVEN, "--format", "json", "--no-verify")
    answer = json.loads(run.stdout)
    assert list(answer) == KEYS
    assert answer["verification"] is None
    assert (answer["output_shape"], answer["input_shape"], answer["wrt"]) == ([], ["D"], "x")
    shapes = {(partial["of"], partial["wrt"]): partial["shape"] for partial in answer["partials"]}
    assert shapes == {("f", "z"): ["1", "1"], ("z", "y"): ["1", "D"], ("y", "x"): ["D", "D"]}
    assert all(set(partial) == {"of", "wrt", "shape", "latex", "text", "total"} for partial in answer["partials"])
    assert all(set(step) == {"claim", "rule", "reason", "latex", "text"} for step in answer["steps"])


def test_json_of_a_mistake():
    run = derive("epx(t)", "--given", "t in R", "--format", "json")
    assert run.returncode == 2
    answer = json.loads(run.stdout)
    assert list(answer) == KEYS
    assert (answer["ok"], answer["error_kind"], answer["line"], answer["column"]) == (False, "input", 1, 1)


def test_without_verification_nothing_is_claimed():
    run = derive(*QUADRATIC, "--no-verify")
    assert "Not verified." in run.stdout


def test_help_and_version():
    for arguments in (["--help"], ["-h"], ["derive", "--help"], ["rules", "--help"]):
        run = command(*arguments)
        assert run.returncode == 0
        assert run.stdout.startswith("Usage: python -m jacobook")
    assert command("--version").stdout.startswith("Jacobook ")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("derive", *QUADRATIC, "--format", "json", "--no-verify"), 0),
        (("derive", "epx(t)", "--given", "t in R", "--format", "json"), 2),
        (("derive", "x'*x"), 2),
        (("--chek",), 2),
    ],
)
def test_a_process_of_its_own_says_the_same(arguments, status):
    """The other tests run the command in this process."""
    there, here = process(*arguments), in_process(*arguments)
    assert there.returncode == here.returncode == status
    assert without_seconds(there.stdout) == without_seconds(here.stdout)
    assert there.stderr == here.stderr


def without_seconds(text: str) -> str:
    return re.sub(r'"seconds": [^,]+,', "", text)


SCRIPT = "import sys; from jacobook.cli import main; sys.argv[0] = 'jacobook'; main()"


def script_process(*arguments, folder=None):
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=folder,
        env=os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.getcwd()},
    )


def script(*arguments: str) -> Ran:
    return in_process(*arguments, program="jacobook")


def test_without_arguments_the_installed_command_helps_and_writes_nothing(tmp_path):
    run = script_process(folder=tmp_path)
    assert run.returncode == 0, run.stderr
    assert run.stdout == script("--help").stdout
    assert run.stdout.startswith("Usage: jacobook ")
    assert "build " in run.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("program", "arguments"),
    [(command, []), (command, ["build"]), (script, ["build"])],
    ids=["bare", "build", "script"],
)
def test_what_builds_the_pages(program, arguments, tmp_path):
    """In a clone nothing more is needed; the name of a folder that is not there shows that building has begun."""
    missing = str(tmp_path / "missing")
    run = program(*arguments, "--collection", missing)
    assert (run.returncode, run.stdout) == (2, "")
    assert missing in run.stderr


def test_the_help_says_what_everything_does():
    whole = script_process("--help").stdout
    assert "..." not in whole.replace("[ARGS]...", "")
    for name in ("build", "check", "derive", "rules"):
        shown = script_process(name, "--help").stdout
        assert "python -m" not in shown
        assert shown.startswith(f"Usage: jacobook {name}")
    shown = " ".join(script_process("derive", "--help").stdout.split())
    for said in (
        "jacobook derive --batch",
        "rows belong to the function",
        "entry by entry, with indices",
        "the body of a",
    ):
        assert said in shown
    for key in ("`id`", "`given`", "`expr`", "`wrt`", "`order`", "`layout`", "`route`"):
        assert key in shown
    shown = process("derive", "--help").stdout
    assert "python -m jacobook derive --batch" in shown


def test_flags_may_be_repeated():
    assert derive("x", "--given", "x in R", "--no-verify", "--no-verify").returncode == 0


SURPRISING = ("tr(exp(X)) + norm2(X)^2", "--given", "X in R^(N x N)", "--no-verify")
NOTES = [
    "exp(X) acts entry by entry; the matrix exponential is expm(X).",
    "norm2(X) is the Frobenius norm, the root of the sum of the squares of all entries; the spectral norm is "
    "another function, spectralnorm.",
]


@pytest.mark.parametrize("form", ["text", "latex", "markdown", "python"])
@pytest.mark.parametrize("order", ["1", "2"])
def test_what_may_surprise_stands_before_the_result(form, order):
    function = SURPRISING if order == "1" else ("sum((x*x')^2)", "--given", "x in R^N", "--no-verify")
    run = derive(*function, "--format", form, "--order", order)
    assert run.returncode == 0, run.stderr
    said = {"1": "the matrix exponential is", "2": "entry by entry it would be"}[order]
    whole = " ".join(run.stdout.split())
    assert whole.count(said) == 1
    assert whole.index(said) < 500
    if form == "python":
        names: dict[str, object] = {}
        exec(run.stdout, {"np": __import__("numpy")}, names)
        assert callable(names["derivative"])


def test_notes_are_data():
    assert json.loads(derive(*SURPRISING, "--format", "json").stdout)["notes"] == NOTES
    assert json.loads(derive(*QUADRATIC, "--format", "json", "--no-verify").stdout)["notes"] == []
    assert json.loads(derive("epx(t)", "--given", "t in R", "--format", "json").stdout)["notes"] == []
    second = derive("sum((x*x')^2)", "--given", "x in R^N", "--order", "2", "--no-verify", "--format", "json")
    assert json.loads(second.stdout)["notes"] == [
        "(x*x')^2 is the matrix product x*x'*x*x'; entry by entry it would be (x*x').^2."
    ]


def test_rules_lists_every_rule():
    run = command("rules")
    assert run.returncode == 0
    assert "derivative-of-tanh" in run.stdout
    assert "\x1b" not in run.stdout


def test_the_script_is_the_same_command():
    assert script_process("--help").stdout.startswith("Usage: jacobook [OPTIONS]")


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_a_terminal_that_knows_ascii_only(form):
    statement = ("mu'*x", "--given", "μ, x in R^N", "--wrt", "x")
    run = process("derive", *statement, "--format", form, text=False, PYTHONIOENCODING="ascii")
    assert run.returncode == 0, run.stderr
    assert run.stdout.isascii()
    if form == "json":
        assert json.loads(run.stdout)["ok"] is True


CLOSED_AT_ONCE = "import os, sys; from jacobook.cli import main; os.read(0, 1); sys.argv[1:] = {!r}; main()"
"""A command that waits until nobody reads what it writes."""


@pytest.mark.parametrize(
    "arguments",
    [
        ["rules"],
        ["--help"],
        ["derive", "--help"],
        ["derive", "x^2", "--given", "x in R", "--no-verify"],
        ["check", "x^2", "--given", "x in R", "--answer", "x"],
    ],
    ids=" ".join,
)
def test_a_pipe_that_nobody_reads(arguments):
    command = [sys.executable, "-c", CLOSED_AT_ONCE.format(arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdin is not None
        assert run.stdout is not None
        run.stdout.close()
        run.stdin.close()
        assert run.wait() == 0
        assert run.stderr is not None
        assert run.stderr.read() == b""


def test_what_is_cut_off_is_no_mistake():
    code = f"set -o pipefail; {sys.executable} -m jacobook rules | head -1 > /dev/null"
    run = subprocess.run(["bash", "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0
    assert run.stderr == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device that is always full")
@pytest.mark.parametrize("arguments", [["rules"], ["derive", "x'*x", "--given", "x in R^N"]])
def test_a_disk_that_is_full_is_one_sentence(arguments):
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "jacobook", *arguments]
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr == "The output: cannot be read or written (No space left on device)\n"


def _heeds_interrupts() -> None:
    """A shell lets its background jobs ignore an interrupt, and so all that they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c(tmp_path, jobs):
    cases = tmp_path / "cases.jsonl"
    cases.write_text(
        (json.dumps({"id": "a", "given": ["x in R^N"], "expr": "x'*x", "wrt": "x"}) + "\n") * 3000, "utf-8"
    )
    arguments = [sys.executable, "-m", "jacobook", "derive", "--batch", str(cases), "--jobs", jobs]
    with subprocess.Popen(
        arguments,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_heeds_interrupts,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert said.strip() == "Interrupted."


INTERRUPTED_EARLY = """
import sys
class Interrupt:
    def find_spec(self, name, *_):
        if name == "click":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupt())
from jacobook.__main__ import start
start()
"""


def test_ctrl_c_while_the_command_is_being_loaded():
    run = subprocess.run([sys.executable, "-c", INTERRUPTED_EARLY], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (130, "", "Interrupted.\n")


def test_the_second_derivative():
    run = derive("log(1 + exp(-a'*x))", "--given", "x, a in R^N", "--wrt", "x", "--order", "2", "--format", "json")
    assert run.returncode == 0, run.stderr
    answer = json.loads(run.stdout)
    assert answer["output_shape"] == ["N"]  # of the gradient, whose Jacobian is the Hessian
    assert answer["verification"]["passed"]
    shown = derive("x'*A*x", "--given", "x in R^N", "--given", "A in R^(N x N)", "--wrt", "x", "--order", "2").stdout
    assert shown.index("x'*(A + A')") < shown.index("The second derivative") < shown.rindex("A + A'")


def test_more_than_two_indices():
    run = derive("X*X'", "--given", "X in R^(M x N)", "--format", "json")
    answer = json.loads(run.stdout)
    assert (answer["output_shape"], answer["input_shape"]) == (["M", "M"], ["M", "N"])
    assert answer["partials"][0]["shape"] == [["M", "M"], ["M", "N"]]
    assert answer["text"] == "kron(X, eye(M)) + kron(eye(M), X)*commutation(M, N)"


def test_open_prints_an_address_that_holds_the_statement(monkeypatch):
    opened: list[str] = []

    def browser(address: str) -> bool:
        opened.append(address)
        return True

    monkeypatch.setattr("webbrowser.open", browser)
    monkeypatch.setenv("JACOBOOK_SITE", "https://example.org/book")
    chain = ("f = exp(-z)", "z = x'*x & 1")
    run = script("derive", *chain, "--given", "x in R^N", "--wrt", "x", "--order", "2", "--open")
    address = run.stdout.strip()
    assert (run.returncode, run.stderr, opened) == (0, "", [address])
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://example.org/book/your-own-function/"
    fields = [("f", line) for line in chain] + [("given", "x in R^N"), ("wrt", "x"), ("order", "2")]
    assert parse_qsl(parts.fragment) == fields


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (("--format", "torch", "--form", "vjp"), 0, "def vjp(x, A, g):"),
        (("--format", "jax", "--form", "gradient"), 0, "def gradient(x, A):"),
        (("--format", "numpy"), 0, "def derivative(x, A):"),
        (("--format", "torch", "--as", "operation"), 0, "class Operation(torch.autograd.Function):"),
        (("--format", "jax", "--form", "jvp", "--batched"), 0, "jax.vmap(jvp, in_axes=(0, None, 0))"),
        (("--form", "vjp"), 0, "Backward: from g to dL/dx"),
        (("--form", "jvp", "--format", "json"), 0, '"forward": {"tangent": "v"'),
        (("--as", "operation"), 2, "--as goes with --format torch or jax"),
        (("--batched",), 2, "--batched goes with --format numpy, torch or jax"),
        (("--format", "torch", "--order", "2"), 2, "for the first derivative: leave --order out"),
        (("--format", "numpy", "--as", "operation"), 2, "--as goes with --format torch or jax"),
        (("--format", "julia", "--as", "operation"), 2, "--as goes with --format torch or jax"),
        (("--format", "julia", "--batched"), 2, "--batched goes with --format numpy, torch or jax"),
        (("--format", "torch", "--as", "operation", "--form", "jvp"), 2, "leave --form jvp out"),
        (("--format", "jax", "--as", "operation", "--batched"), 2, "leave --batched out"),
        (("--format", "jax", "--as", "operation", "--form", "vjp"), 0, "jax.custom_vjp"),
    ],
)
def test_forms_of_code(options, status, said):
    ran = derive(*QUADRATIC, *options)
    assert (ran.returncode, said in (ran.stdout if status == 0 else ran.stderr)) == (status, True), ran
