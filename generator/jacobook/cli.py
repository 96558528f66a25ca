"""The commands: derive, check an answer, list the rules, build the pages. See `jacobook --help`."""

from __future__ import annotations

import difflib
import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jacobook.notes import missing_for_notes
from jacobook.notes.latex_command import latex_of_notes
from jacobook.notes.notes_commands import notes
from jacobook.site.new_command import new_things
from jacobook.site.print_commands import card_deck, printed_book
from jacobook.terminal import (
    BAD_INPUT,
    DONE,
    INTERRUPTED,
    NO,
    REFUSED,
    TERMINATED,
    json_line,
    output_encoding,
    tolerate_every_character,
)

SITE = "http://127.0.0.1:8000/"
"""Where `make serve` shows the site."""

if TYPE_CHECKING:
    from jacobook.calculus.refusal import Refusal
    from jacobook.facade import Form, Format, Kind, Layout, Route
    from jacobook.language import LanguageError


class _Command(click.Command):
    """A command whose options stand once unless they are declared as `multiple`, and whose help names the program."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # `-h` may be an expression, minus h; alone it asks for help.
        if args == ["-h"]:
            args = ["--help"]
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        for parameter in dict.fromkeys(order):
            once = isinstance(parameter, click.Option) and not (parameter.multiple or parameter.is_flag)
            if once and order.count(parameter) > 1:
                name = parameter.opts[0]
                raise click.UsageError(f"{name} is given {order.count(parameter)} times; it may be given once", ctx=ctx)
        return super().parse_args(ctx, args)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.help = (self.help or "").replace("{program}", ctx.find_root().info_name or "jacobook")
        super().format_help_text(ctx, formatter)


class _Commands(click.Group):
    """The commands; it knows what a mistyped one may mean, and that options alone are those of `build`."""

    command_class = _Command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {name for parameter in self.get_params(ctx) for name in (*parameter.opts, *parameter.secondary_opts)}
        if not args:
            args = ["build"] if ctx.obj == "build" else ["--help"]
        elif args[0].startswith("-") and args[0].partition("=")[0] not in own:
            args = ["build", *args]
        return super().parse_args(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        if ctx.obj == "build":
            formatter.write_text("Without a command, the same as build.")
        formatter.write_text(
            "Exit status: 0 done (a derivation that could not be checked says so); 1 the answer is no (check, "
            "verification failed, stale pages); 2 bad input; 3 refused: no rule covers the derivative."
        )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(ctx, args[0]) is None:
            near = difflib.get_close_matches(args[0], self.commands, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"the commands are {', '.join(self.commands)}"
            ctx.fail(f"no such command: '{args[0]}'; {hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jacobook", prog_name="Jacobook", message="%(prog)s %(version)s")
def cli() -> None:
    """Matrix calculus, step by step: derivations with a reason on every line, and every line checked."""


_GIVEN = click.option(
    "--given", multiple=True, metavar="DECL", help="A declaration, such as 'x, mu in R^D'. May be repeated."
)


def _form_option(words: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the option that says of which form a derivative is, with its words in the help."""
    return click.option(
        "--form",
        "what",
        type=click.Choice(["jacobian", "gradient", "vjp", "jvp"]),
        default="jacobian",
        show_default=True,
        help=words,
    )


_ORDER = click.option(
    "--order",
    type=click.IntRange(1, 3),
    default=1,
    show_default=True,
    help="1: the first derivative. 2: the second, for a scalar function of a vector its Hessian. 3: the third.",
)
_WRT = click.option("--wrt", default=None, metavar="NAME", help="The variable of differentiation.")


# No option of one letter here: `-w'*x` is an expression that begins with a minus.
@cli.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
    short_help="Find a derivative, or a batch of them, with every step.",
)
@click.argument("expressions", nargs=-1, type=click.UNPROCESSED, metavar="EXPR…")
@_GIVEN
@_WRT
@click.option(
    "--layout",
    type=click.Choice(["jacobian", "denominator"]),
    default="jacobian",
    show_default=True,
    help="jacobian: rows belong to the function, columns to the variable, so that the gradient is a row. "
    "denominator: the transpose, so that the gradient is a column. A scalar differentiated with respect to a matrix"
    " has the shape of the matrix in both.",
)
@click.option(
    "--route",
    type=click.Choice(["matrix", "component"]),
    default="matrix",
    show_default=True,
    help="How it is derived. matrix: with differentials of whole matrices. component: entry by entry, with indices.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "latex", "markdown", "json", "python", "numpy", "torch", "jax", "julia"]),
    default="text",
    show_default=True,
    help="What to print. text, latex (the body of a document that loads amsmath and amssymb), markdown (with "
    "formulas between dollars): the whole derivation. json: everything as one object. numpy, torch, jax, julia: the "
    "derivative as a module for that library. python: as a NumPy function without the import.",
)
@_form_option(
    "What to find. gradient: of a scalar function, in the shape of the variable. vjp: the gradient of any scalar "
    "L from that with respect to the function, as a backward pass takes it, link by link. jvp: the change of the "
    "function for a change of the variable, forward."
)
@click.option(
    "--as",
    "kind",
    type=click.Choice(["function", "operation"]),
    default="function",
    show_default=True,
    help="With --format torch or jax. operation: the function with its own backward pass, as a "
    "torch.autograd.Function or with jax.custom_vjp.",
)
@click.option(
    "--batched",
    is_flag=True,
    help="With --format numpy, torch or jax: also a function of arrays with a leading axis, of the variable and of "
    "what is passed in.",
)
@_ORDER
@click.option("--no-verify", is_flag=True, help="Skip the checks.")
@click.option(
    "--open",
    "shown",
    is_flag=True,
    help=f"Show the derivation in a browser instead, on the site at {SITE} (or at the one in the "
    "environment variable JACOBOOK_SITE), and print the address.",
)
@click.option(
    "--batch",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="A file of cases, one JSON object a line; see above.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="Write the results of the batch to this file, which appears when all are done.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="How many cases of a batch to work on at a time.",
)
def derive(
    expressions: tuple[str, ...],
    given: tuple[str, ...],
    wrt: str | None,
    layout: Layout,
    route: Route,
    form: Format,
    what: Form,
    kind: Kind,
    batched: bool,
    order: int,
    no_verify: bool,
    shown: bool,
    batch: Path | None,
    output: Path | None,
    jobs: int,
) -> None:
    """Find the derivative of EXPR (several EXPR are the lines of a chain) and show every step.

    \b
    {program} derive "x'*A*x" --given "x in R^N" --given "A in R^(N x N)" --wrt x
    {program} derive "f(z) = exp(-1/2*z)" "z = x'*x" --given "x in R^D"
    {program} derive --batch cases.jsonl --output results.jsonl

    A case of a batch holds `expr` (a text, or a list: the lines of a chain) and `given` (a list of declarations), and
    may hold `wrt` (a name), `id` (a text or a number, returned with the answer), and `order`, `layout` and `route`,
    which override the options of these names. Other keys are ignored, with a note. One line of JSON answers
    each case, in order. The exit status is 0 if every case was derived, else 1 if a derivative failed its checks,
    else 2 if a case could not be read, else 3 (no rule).

    \b
    {"id": 1, "given": ["x in R^N"], "expr": "x'*x", "wrt": "x"}
    """  # noqa: D301
    _reject_unknown_options(expressions, derive)
    if batch is not None:
        from jacobook.batch import Options, run_batch

        if expressions or given or wrt:
            raise click.UsageError("--batch reads its cases from a file; leave EXPR, --given and --wrt out")
        if shown:
            raise click.UsageError("--open is for one expression")
        if what != "jacobian":
            raise click.UsageError(f"--form {what} is for one expression")
        if batched or _was_typed("kind"):
            raise click.UsageError(f"{'--batched' if batched else '--as'} is for one expression")
        if form != "json" and _was_typed("form"):
            raise click.UsageError(f"--format {form} is for one expression; a batch is answered in JSON")
        sys.exit(run_batch(batch, output, Options(layout, route, order, not no_verify), jobs=jobs))
    if output is not None:
        raise click.UsageError("--output goes with --batch")
    if _was_typed("jobs"):
        raise click.UsageError("--jobs goes with --batch")
    if not expressions:
        raise click.UsageError('an expression is missing, such as "x\'*A*x"; see --help')
    if shown:
        sys.exit(_open(expressions, given, wrt, order))
    _check_forms_of_code(form, what, kind, batched)
    if order > 1 and (what != "jacobian" or form in ("numpy", "torch", "jax", "julia")):
        raise click.UsageError(
            "--form, and --format numpy, torch, jax or julia, are for the first derivative: leave --order out"
        )
    wanted = _Wanted(layout, route, form, order, what, kind, batched)
    sys.exit(_derive_one(expressions, given, wrt, wanted, verify=not no_verify))


def _check_forms_of_code(form: Format, what: Form, kind: Kind, batched: bool) -> None:
    """Complain of options that do not go together, whatever the derivative is."""
    if batched and form not in ("numpy", "torch", "jax"):
        raise click.UsageError("--batched goes with --format numpy, torch or jax")
    if _was_typed("kind") and form not in ("torch", "jax"):
        raise click.UsageError("--as goes with --format torch or jax")
    if kind == "operation" and (batched or what not in ("jacobian", "vjp")):
        other = "--batched" if batched else f"--form {what}"
        raise click.UsageError(f"--as operation is the function with its backward pass; leave {other} out")


def _open(expressions: Sequence[str], given: Sequence[str], wrt: str | None, order: int) -> int:
    """Print the address of the page that derives the statement, and open it where there is a browser."""
    import webbrowser

    from jacobook.rendering.statement_address import statement_address

    site = os.environ.get("JACOBOOK_SITE") or SITE
    address = f"{site.rstrip('/')}/{statement_address(expressions, given, wrt, order)}"
    print(address)
    if not webbrowser.open(address):
        print("No browser could be started: open the address yourself.", file=sys.stderr)
    return DONE


def _was_typed(parameter: str) -> bool:
    """Return whether an option stands on the command line, rather than having its default."""
    source = click.get_current_context().get_parameter_source(parameter)
    return source is click.core.ParameterSource.COMMANDLINE


def _reject_unknown_options(expressions: tuple[str, ...], command: click.Command) -> None:
    """Tell `--gvien` from an expression: an expression may begin with a minus, but not look like a whole option."""
    known = [name for parameter in command.params for name in parameter.opts if name.startswith("--")]
    for text in expressions:
        if option := re.match(r"--[a-z][a-z-]+(?=$|=)", text):
            if option[0] in known:
                raise click.UsageError(f"{option[0]} stands behind --, where everything is an expression")
            near = difflib.get_close_matches(option[0], known, n=1)
            raise click.NoSuchOption(option[0], possibilities=near)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What to find, and how to print it."""

    layout: Layout
    route: Route
    format: Format
    order: int
    form: Form
    kind: Kind
    batched: bool


def _derive_one(
    expressions: tuple[str, ...],
    given: tuple[str, ...],
    wrt: str | None,
    wanted: _Wanted,
    verify: bool,
) -> int:
    from jacobook.algebra.messages import JacobookError
    from jacobook.calculus.refusal import Refusal
    from jacobook.facade import derive as derive_worked
    from jacobook.language import LanguageError
    from jacobook.rendering.json_output import error_json

    form = wanted.format
    options: dict[str, Any] = {"layout": wanted.layout, "route": wanted.route, "order": wanted.order}
    try:
        worked = derive_worked(*expressions, given=given, wrt=wrt, form=wanted.form, verify=verify, **options)
        if form == "json":
            shown = json_line(worked.as_json(), output_encoding())
        else:
            shown = worked.report(form, kind=wanted.kind, batched=wanted.batched)
    except (LanguageError, Refusal) as error:
        likelier, hint = _likeliest_meaning(error, expressions, given, wrt)
        return _no_answer(likelier, form, partial(error_json, wrt=wrt), hint)
    except JacobookError as error:  # a form that this derivative does not have
        return _no_answer(Refusal(str(error)), form, partial(error_json, wrt=wrt))
    print(shown, end="" if shown.endswith("\n") else "\n")
    if worked.verdict == "failed":
        print("Verification failed: do not use this result. Please report it.", file=sys.stderr)
        return NO
    if worked.verdict == "unchecked" and verify:
        print("This result could not be checked: use it at your own risk.", file=sys.stderr)
    return DONE


def _likeliest_meaning(
    error: LanguageError | Refusal, expressions: Sequence[str], given: Sequence[str], wrt: str | None
) -> tuple[LanguageError | Refusal, str]:
    """Return the error, and the declarations that are missing, to be copied; none where something else is wrong.

    They are not taken for granted: a derivative is of what its author means. Where the undeclared name is a product or
    a word (`AXB`, `derivative of x^2`), the error that says so takes the place of that of the name.
    """
    from jacobook.language import LanguageError, guess

    if not isinstance(error, LanguageError) or error.suggestion is not None:
        return error, ""
    try:
        found = guess(expressions, given)
    except LanguageError as of_guess:
        return of_guess if of_guess.suggestion is not None else error, ""
    if not found.rows:
        return error, ""
    options = [f'--given "{row.declaration}"' for row in found.rows]
    if wrt is None and len(found.wrt) > 1:
        options.append(f"--wrt {found.wrt[0]}")
    return error, f"You may mean:\n    {' '.join(options)}"


def _no_answer(
    error: LanguageError | Refusal, form: str, as_json: Callable[..., dict[str, Any]], hint: str = ""
) -> int:
    """Say why there is no answer, and return the exit status: the input cannot be read, or no rule covers it."""
    from jacobook.language import LanguageError

    if isinstance(error, LanguageError):
        if form == "json":
            _print_json(as_json(error.message, "input", line=error.line, column=error.column))
        else:
            print(error.render(), *([hint] if hint else []), sep="\n", file=sys.stderr)
        return BAD_INPUT
    if form == "json":
        _print_json(as_json(str(error), "refused"))
    else:
        print(f"Refused: {str(error).rstrip('.')}.", file=sys.stderr)
    return REFUSED


def _print_json(data: dict[str, Any]) -> None:
    print(json_line(data, output_encoding()))


@cli.command(
    "check",
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
    short_help="Compare your own derivative with the right one.",
)
@click.argument("expressions", nargs=-1, type=click.UNPROCESSED, metavar="EXPR…")
@_GIVEN
@_WRT
@click.option("--answer", default=None, metavar="EXPR", help="The derivative that you found.")
@click.option(
    "--code",
    default=None,
    metavar="FILE.py:FUNCTION",
    help="A function of yours instead, for NumPy, PyTorch or JAX. The file is executed, in a process of its own, and "
    "the function is called at points of ours: its arguments are the declared names, for a vjp (or a jvp) and the "
    "gradient (or the tangent) that is passed in.",
)
@_form_option("With --code: what the function returns. jacobian: an array of shape f.shape + x.shape.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="With --code: how long it may take, the import of its library included.",
)
@_ORDER
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What to print. text: the verdict as a sentence. json: the verdict and what it rests on, as one object.",
)
def check_answer(
    expressions: tuple[str, ...],
    given: tuple[str, ...],
    wrt: str | None,
    answer: str | None,
    code: str | None,
    what: Form,
    seconds: float,
    order: int,
    form: str,
) -> None:
    """Compare an answer with the derivative of EXPR (several EXPR are the lines of a chain).

    \b
    {program} check "a'*x" --given "a, x in R^N" --wrt x --answer "a'"
    {program} check "X*W" --given "X in R^(M x N), W in R^(N x P)" --wrt W \\
        --form vjp --code kernel.py:backward

    Exit status: 0 right (also in the other layout), 1 not right, 2 bad input, 3 no rule covers the derivative.
    """  # noqa: D301
    _reject_unknown_options(expressions, check_answer)
    if not expressions:
        raise click.UsageError('an expression is missing, such as "x\'*A*x"; see --help')
    if code is not None:
        if answer is not None or order > 1:
            raise click.UsageError(f"--code goes without {'--order' if answer is None else '--answer'}")
        sys.exit(_check_code(expressions, given, wrt, code, what, seconds, form))
    if _was_typed("what") or _was_typed("seconds"):
        raise click.UsageError(f"{'--form' if _was_typed('what') else '--seconds'} goes with --code")
    if answer is None:
        raise click.UsageError("your answer is missing: --answer EXPR, or --code FILE.py:FUNCTION")
    sys.exit(_check_one(expressions, given, wrt, answer, order, form))


def _check_code(
    expressions: tuple[str, ...],
    given: tuple[str, ...],
    wrt: str | None,
    code: str,
    what: Form,
    seconds: float,
    form: str,
) -> int:
    from jacobook.algebra.messages import JacobookError
    from jacobook.calculus.refusal import Refusal
    from jacobook.facade import check_file
    from jacobook.language import LanguageError
    from jacobook.rendering.verdict_words import verdict_error_json
    from jacobook.verification.reader_process import ReaderCodeError

    try:
        checked = check_file(*expressions, given=given, wrt=wrt, code=code, form=what, seconds=seconds)
    except (LanguageError, Refusal) as error:
        likelier, hint = _likeliest_meaning(error, expressions, given, wrt)
        return _no_answer(likelier, form, verdict_error_json, hint)
    except JacobookError as error:
        fails = isinstance(error, ReaderCodeError) and error.kind in ("raised", "time", "value")
        if form == "json":
            _print_json(verdict_error_json(str(error), "input"))
        else:
            print(f"Your code: {error}" if fails else f"Error: {error}", file=sys.stderr)
        return NO if fails else BAD_INPUT
    if form == "json":
        _print_json(checked.as_json())
    else:
        print(checked)
    return DONE if checked else NO


def _check_one(
    expressions: tuple[str, ...], given: tuple[str, ...], wrt: str | None, answer: str, order: int, form: str
) -> int:
    from jacobook.calculus.refusal import Refusal
    from jacobook.facade import check as check_derivative
    from jacobook.language import LanguageError
    from jacobook.rendering.verdict_words import verdict_error_json
    from jacobook.verification.answers.answer_points import UnsoundError

    try:
        checked = check_derivative(*expressions, given=given, wrt=wrt, answer=answer, order=order)
    except UnsoundError as error:
        if form == "json":
            _print_json(verdict_error_json(str(error), "internal"))
        else:
            print(f"Verification failed: {error}.", file=sys.stderr)
        return NO
    except (LanguageError, Refusal) as error:
        likelier, hint = _likeliest_meaning(error, expressions, given, wrt)
        return _no_answer(likelier, form, verdict_error_json, hint)
    if form == "json":
        _print_json(checked.as_json())
    else:
        print(checked)
    return DONE if checked.right else NO


@cli.command(short_help="Derive, verify and write the pages of the collection.")
@click.option("--check", is_flag=True, help="Write nothing; name the pages that are stale and exit with 1.")
@click.option("--jobs", type=click.IntRange(min=1), default=None, help="How many entries to work on at a time.")
@click.option("--docs", type=click.Path(path_type=Path, file_okay=False), default=None, help="Write into this folder.")
@click.option(
    "--collection",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Read entries from this folder. Default: collection/ if there is one, else the built-in entries.",
)
@click.option("--with-built-in", is_flag=True, help="Keep the built-in entries too.")
@click.option(
    "--shard",
    metavar="I/N",
    callback=lambda _, __, text: _shard(text),
    help="Work out share I of N of the entries, keep it in .cache/, and write no pages.",
)
@click.option(
    "--strict", is_flag=True, help="Exit with 1 if a formula under `claims` in an entry of your own does not hold."
)
def build(
    check: bool,
    jobs: int | None,
    docs: Path | None,
    collection: Path | None,
    with_built_in: bool,
    shard: tuple[int, int] | None,
    strict: bool,
) -> None:
    """Derive, verify and write the pages of the collection into docs/; work only on what changed.

    Formulas under `claims` in entries of your own that do not hold are named, and their pages say what was found.

    Exit status: 0 done; 1 stale pages, or a derivation or a correction that fails its check; 2 an entry that cannot be
    read; 3 one whose derivative no rule covers.
    """
    from jacobook.site.generation import write_pages

    if check and shard:
        raise click.UsageError("--check compares pages, and --shard makes none")
    if strict and shard:
        raise click.UsageError("--strict is for a build of pages, and --shard makes none")
    sys.exit(write_pages(docs, collection, check, jobs, with_built_in, shard, strict))


def _shard(text: str | None) -> tuple[int, int] | None:
    """Read `2/3`, the second of three shares."""
    if text is None:
        return None
    found = re.fullmatch(r"([1-9]\d{0,3})/([1-9]\d{0,3})", text, re.ASCII)
    if found is None or int(found[1]) > int(found[2]):
        raise click.BadParameter(f"{text!r} is not like 2/3, the second of three shares")
    return int(found[1]), int(found[2])


@cli.command(short_help="List every rule that a derivation may cite.")
def rules() -> None:
    """List the rule table: every rule that a derivation may cite."""
    from jacobook.calculus.rules.table import RULES
    from jacobook.language.printer import text

    rows = []
    for rule in RULES.values():
        sides = rule.statement
        statement = f"{text(sides[0])} = {text(sides[1])}" if sides else rule.reason.format(rule.about)
        rows.append((rule.slug, rule.name, statement, rule.domain or "everywhere", ", ".join(rule.sources)))
    _print_table(("slug", "name", "statement", "where it applies", "sources"), rows)


def _print_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table, with cells that wrap where rich is installed, else in plain columns."""
    if find_spec("rich") is None:
        widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
        for row in (titles, *rows):
            print("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(*titles, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*map(escape, row))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


cli.add_command(notes)
cli.add_command(new_things)
cli.add_command(printed_book)
cli.add_command(card_deck)
cli.add_command(latex_of_notes)


@cli.command(short_help="Serve an editor in which you write notes or entries.")
def lsp() -> None:
    """Speak the language server protocol on standard input and output, for editors that are told to start this.

    Diagnostics, the shape of what the cursor is at, suggestions as quick fixes, and completion: in Markdown, LaTeX,
    reStructuredText, docstrings, notebooks, and entries of a collection, saved or not.
    """
    if missing := missing_for_notes():
        print(missing, file=sys.stderr)
        sys.exit(BAD_INPUT)
    if find_spec("pygls") is None:
        print('The language server needs pygls: python -m pip install "jacobook[lsp]"', file=sys.stderr)
        sys.exit(BAD_INPUT)
    from jacobook.notes.language_server.server import serve_editor

    serve_editor()


class _Terminated(BaseException):
    """The process was asked to end: what it has begun is cleared away first."""


def _terminate(number: int, frame: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # asked a second time, it ends at once
    raise _Terminated


def main(bare: str = "help") -> None:
    """Run the command line; what nobody foresaw is one line and a request to report it, not a traceback.

    `bare` is what to do without arguments: `help` for whoever has installed the command, `build` in a clone.
    """
    tolerate_every_character()
    signal.signal(signal.SIGTERM, _terminate)
    try:
        status = _status_of_command(bare)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        print("Interrupted.", file=sys.stderr)
        status = INTERRUPTED
    except _Terminated:
        print("Terminated.", file=sys.stderr)
        status = TERMINATED
    except BrokenPipeError:
        _close_output()  # nobody reads on (`| head`)
        status = DONE
    except OSError as error:
        if os.environ.get("JACOBOOK_TRACEBACK"):
            raise
        _close_output()
        print(f"{error.filename or 'The output'}: cannot be read or written ({error.strerror})", file=sys.stderr)
        status = BAD_INPUT
    except RecursionError:
        print("The expression is nested too deeply to be worked on.", file=sys.stderr)
        status = BAD_INPUT
    except Exception as error:
        if os.environ.get("JACOBOOK_TRACEBACK"):
            raise
        print(f"A mistake of Jacobook's own, please report it: {type(error).__name__}: {error}", file=sys.stderr)
        for note in getattr(error, "__notes__", ()):
            print(note, file=sys.stderr)
        print("(With JACOBOOK_TRACEBACK=1 in the environment, it says where.)", file=sys.stderr)
        status = NO
    sys.exit(status)


def _status_of_command(bare: str) -> int:
    """Run the command that was typed; return its exit status. Raises BrokenPipeError where nobody reads its output."""
    streams = sys.stdout, sys.stderr
    try:
        return int(cli.main(prog_name=_name_of_the_program(), standalone_mode=False, obj=bare) or DONE)
    except SystemExit as ended:
        # click (which puts other streams in the place of these) and rich end with 1 then, as if the answer were no.
        if sys.stdout is not streams[0] or isinstance(ended.__context__, BrokenPipeError):
            sys.stdout, sys.stderr = streams
            raise BrokenPipeError from None
        return int(ended.code or DONE)


def _close_output() -> None:
    """Let nothing be said of the output any more, and no complaint be made when Python closes its streams."""
    with suppress(OSError):
        sys.stdout.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _name_of_the_program() -> str:
    program = Path(sys.argv[0])
    return f"python -m {program.parent.name}" if program.name == "__main__.py" else "jacobook"
