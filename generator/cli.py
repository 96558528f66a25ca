"""The commands: write the pages, derive, check an answer, list the rules. See `python -m generator --help`."""

from __future__ import annotations

import difflib
import os
import re
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.terminal import (
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

if TYPE_CHECKING:
    from generator.calculus.refusal import Refusal
    from generator.facade import Layout, Route, Worked
    from generator.language import LanguageError


class _Commands(click.Group):
    """A group whose own options are those of writing the pages, and which knows what a mistyped command may mean."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        formatter.write_text("Without a command, derive, verify and write the pages of the collection into docs/.")
        formatter.write_text(
            "Exit status: 0 done; 1 the answer is no (verification, stale pages); 2 bad input; 3 refused (no rule)."
        )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(ctx, args[0]) is None:
            near = difflib.get_close_matches(args[0], self.commands, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"the commands are {', '.join(self.commands)}"
            ctx.fail(f"no such command: '{args[0]}'; {hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jacobook", prog_name="Jacobook", message="%(prog)s %(version)s")
@click.option("--check", is_flag=True, help="Write nothing; name the pages that are stale and exit with 1.")
@click.option("--jobs", type=click.IntRange(min=1), default=None, help="Work on so many entries at a time.")
@click.option("--docs", type=click.Path(path_type=Path, file_okay=False), default=None, help="Write into this folder.")
@click.option(
    "--collection",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Read entries from this folder.",
)
@click.pass_context
def cli(ctx: click.Context, check: bool, jobs: int | None, docs: Path | None, collection: Path | None) -> None:
    """Worked matrix-calculus derivations that a machine derives, a machine checks and a person enjoys reading."""
    if ctx.invoked_subcommand is None:
        from generator.site.build import write_pages

        sys.exit(write_pages(docs=docs, collection=collection, check=check, jobs=jobs))


# No option of one letter here: `-w'*x` is an expression that begins with a minus.
@cli.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("expressions", nargs=-1, type=click.UNPROCESSED, metavar="EXPR…")
@click.option("--given", multiple=True, metavar="DECL", help="A declaration, such as 'x, mu in R^D'. May be repeated.")
@click.option("--wrt", default=None, metavar="NAME", help="The variable of differentiation.")
@click.option("--layout", type=click.Choice(["jacobian", "denominator"]), default="jacobian", show_default=True)
@click.option("--route", type=click.Choice(["matrix", "component"]), default="matrix", show_default=True)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "latex", "markdown", "python", "json"]),
    default="text",
    show_default=True,
)
@click.option("--order", type=click.IntRange(1, 2), default=1, show_default=True, help="2 for the Hessian.")
@click.option("--no-verify", is_flag=True, help="Leave the checks out.")
@click.option(
    "--batch",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="A file of cases, one JSON object a line.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="Write the batch's results to this file.",
)
@click.option("--jobs", type=click.IntRange(min=1), default=1, help="Work on so many cases of a batch at a time.")
def derive(
    expressions: tuple[str, ...],
    given: tuple[str, ...],
    wrt: str | None,
    layout: Layout,
    route: Route,
    form: str,
    order: int,
    no_verify: bool,
    batch: Path | None,
    output: Path | None,
    jobs: int,
) -> None:
    """Derive the derivative of EXPR (several EXPR are the lines of a chain) and show every step.

    \b
    python -m generator derive "x'*A*x" --given "x in R^N" --given "A in R^(N x N)" --wrt x
    python -m generator derive "f(z) = exp(-1/2*z)" "z = x'*x" --given "x in R^D"
    python -m generator derive --batch cases.jsonl --output results.jsonl
    """  # noqa: D301
    _reject_unknown_options(expressions, derive)
    if batch is not None:
        from generator.batch import run_batch

        if expressions or given or wrt:
            raise click.UsageError("--batch reads its cases from a file; leave EXPR, --given and --wrt out")
        if order != 1:
            raise click.UsageError("--order is for one expression; a batch holds first derivatives")
        sys.exit(run_batch(batch, output, jobs=jobs, layout=layout, route=route, verify=not no_verify))
    if output is not None:
        raise click.UsageError("--output goes with --batch")
    if not expressions:
        raise click.UsageError('an expression is missing, such as "x\'*A*x"; see --help')
    sys.exit(_derive_one(expressions, given, wrt, layout, route, form, order, verify=not no_verify))


def _reject_unknown_options(expressions: tuple[str, ...], command: click.Command) -> None:
    """Tell `--gvien` from an expression: an expression may begin with a minus, but not look like a whole option."""
    for text in expressions:
        if option := re.match(r"--[a-z][a-z-]+(?=$|=)", text):
            known = [name for parameter in command.params for name in parameter.opts if name.startswith("--")]
            near = difflib.get_close_matches(option[0], known, n=1)
            raise click.NoSuchOption(option[0], possibilities=near)


def _derive_one(
    expressions: tuple[str, ...],
    given: tuple[str, ...],
    wrt: str | None,
    layout: Layout,
    route: Route,
    form: str,
    order: int,
    verify: bool,
) -> int:
    from generator.calculus.refusal import Refusal
    from generator.facade import derive as derive_worked
    from generator.language import LanguageError
    from generator.rendering.json_output import error_json

    try:
        worked = derive_worked(
            *expressions, given=given, wrt=wrt, layout=layout, route=route, order=order, verify=verify
        )
        shown = _formatted(worked, form)
    except (LanguageError, Refusal) as error:
        return _no_answer(error, form, partial(error_json, wrt=wrt))
    print(shown, end="" if shown.endswith("\n") else "\n")
    if not worked.passed:
        print("Verification failed: do not use this result. Please report it.", file=sys.stderr)
        return NO
    return DONE


def _no_answer(error: LanguageError | Refusal, form: str, as_json: Callable[..., dict[str, Any]]) -> int:
    """Say why there is no answer, and return the exit status: the input cannot be read, or no rule covers it."""
    from generator.language import LanguageError

    if isinstance(error, LanguageError):
        if form == "json":
            _print_json(as_json(error.message, "input", line=error.line, column=error.column))
        else:
            print(error.render(), file=sys.stderr)
        return BAD_INPUT
    if form == "json":
        _print_json(as_json(str(error), "refused"))
    else:
        print(f"Refused: {str(error).rstrip('.')}.", file=sys.stderr)
    return REFUSED


def _formatted(worked: Worked, form: str) -> str:
    if form == "json":
        return json_line(worked.as_json(), output_encoding())
    return str(getattr(worked, form))


def _print_json(data: dict[str, Any]) -> None:
    print(json_line(data, output_encoding()))


@cli.command(
    "check",
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
    epilog='\b\npython -m generator check "a\'*x" --given "a, x in R^N" --wrt x --answer "a\'"',
)
@click.argument("expressions", nargs=-1, type=click.UNPROCESSED, metavar="EXPR…")
@click.option("--given", multiple=True, metavar="DECL", help="A declaration, such as 'x, mu in R^D'. May be repeated.")
@click.option("--wrt", default=None, metavar="NAME", help="The variable of differentiation.")
@click.option("--answer", default=None, metavar="EXPR", help="The derivative that you found.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check_answer(
    expressions: tuple[str, ...], given: tuple[str, ...], wrt: str | None, answer: str | None, form: str
) -> None:
    """Compare an answer with the derivative of EXPR (several EXPR are the lines of a chain).

    Exit status: 0 right (also in the other layout), 1 not right, 2 bad input, 3 no rule covers the derivative.
    """
    _reject_unknown_options(expressions, check_answer)
    if not expressions:
        raise click.UsageError('an expression is missing, such as "x\'*A*x"; see --help')
    if answer is None:
        raise click.UsageError("your answer is missing: --answer EXPR")
    sys.exit(_check_one(expressions, given, wrt, answer, form))


def _check_one(expressions: tuple[str, ...], given: tuple[str, ...], wrt: str | None, answer: str, form: str) -> int:
    from generator.calculus.refusal import Refusal
    from generator.facade import check as check_derivative
    from generator.language import LanguageError
    from generator.rendering.verdict import verdict_error_json
    from generator.verification.answer_points import UnsoundError

    try:
        checked = check_derivative(*expressions, given=given, wrt=wrt, answer=answer)
    except UnsoundError as error:
        if form == "json":
            _print_json(verdict_error_json(str(error), "internal"))
        else:
            print(f"Verification failed: {error}.", file=sys.stderr)
        return NO
    except (LanguageError, Refusal) as error:
        return _no_answer(error, form, verdict_error_json)
    if form == "json":
        _print_json(checked.as_json())
    else:
        print(checked.sentence)
    return DONE if checked.right else NO


@cli.command()
def rules() -> None:
    """List the rule table: every rule that a derivation may cite."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from generator.calculus.rules import RULES
    from generator.rendering.text import text

    console = Console(width=None if sys.stdout.isatty() else 160)
    table = Table("slug", "name", "statement", "where it applies", "sources", box=None, pad_edge=False)
    for rule in RULES.values():
        sides = rule.statement
        statement = f"{text(sides[0])} = {text(sides[1])}" if sides else rule.reason.format("…")
        cells = (rule.slug, rule.name, statement, rule.domain or "everywhere", ", ".join(rule.sources))
        table.add_row(*map(escape, cells))
    console.print(table)


class _Terminated(BaseException):
    """The process was asked to end: what it has begun is cleared away first."""


def _terminate(number: int, frame: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # asked a second time, it ends at once
    raise _Terminated


def main() -> None:
    """Run the command line; what nobody foresaw is one line and a request to report it, not a traceback."""
    tolerate_every_character()
    signal.signal(signal.SIGTERM, _terminate)
    try:
        status = cli.main(prog_name=_name_of_the_program(), standalone_mode=False)
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
        # Nobody reads on (`| head`): no complaint now, and none when Python closes its streams.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = DONE
    except RecursionError:
        print("The expression is nested too deeply to be worked on.", file=sys.stderr)
        status = BAD_INPUT
    except Exception as error:
        if os.environ.get("JACOBOOK_TRACEBACK"):
            raise
        print(f"A mistake of Jacobook's own, please report it: {type(error).__name__}: {error}", file=sys.stderr)
        print("(With JACOBOOK_TRACEBACK=1 in the environment, it says where.)", file=sys.stderr)
        status = NO
    sys.exit(status)


def _name_of_the_program() -> str:
    return "python -m generator" if Path(sys.argv[0]).name in ("__main__.py", "-m") else "jacobook"
