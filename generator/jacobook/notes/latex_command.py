"""The command `jacobook latex`."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import click

from jacobook.files import write_file
from jacobook.notes import missing_for_notes
from jacobook.terminal import BAD_INPUT, DONE


@click.command("latex", short_help="Set the derivations of a note, an entry or a fence in LaTeX.")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--body", is_flag=True, help=r"Only the aligned lines with their reasons, to be put in with \input.")
@click.option("--claims", is_flag=True, help="Also the derivations behind inline claims and marked formulas.")
@click.option(
    "--layout",
    type=click.Choice(["jacobian", "denominator"]),
    default=None,
    help="The layout of the results, where a fence or its page names none. Default: jacobian.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
def latex_of_notes(file: Path, body: bool, claims: bool, layout: str | None, output: Path | None) -> None:
    """Set the derivations of FILE in LaTeX: a document for pdflatex, with every step and reason.

    FILE is a note, an entry of a collection or a fence in a file of its own (.yaml); `-` reads a fence from standard
    input.

    \b
    jacobook latex notes.md --output notes.tex && pdflatex notes.tex
    echo "{given: x in R^N, expression: x'*x}" | jacobook latex - --body

    Exit status: 0 done; 1 a claim in it does not hold; 2 something cannot be read; 3 no rule covers a derivative.
    """  # noqa: D301
    if missing := missing_for_notes():
        print(missing, file=sys.stderr)
        sys.exit(BAD_INPUT)
    from jacobook.notes.documents.marked import DocumentError
    from jacobook.notes.faults import status_of
    from jacobook.notes.fences import NoteDefaults
    from jacobook.notes.latex_output import (
        Faulty,
        NothingToSet,
        latex_body,
        latex_document,
        text_of_file,
        titled_derivations,
    )

    is_input = str(file) == "-"
    name = "standard input" if is_input else str(file)
    try:
        text = _standard_input() if is_input else text_of_file(file)
        suffix = "" if is_input else file.suffix.lower()
        found = titled_derivations(text, suffix, NoteDefaults.model_validate({"layout": layout}), claims)
    except Faulty as error:
        for fault in error.faults:
            print(f"{name}:{fault.line}:{fault.column}: {fault.message}", file=sys.stderr)
        sys.exit(status_of(error.faults))
    except (DocumentError, NothingToSet) as error:
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(BAD_INPUT)
    latex = latex_body(found) if body else latex_document(found)
    if output is None:
        print(latex, end="")
        return
    try:
        write_file(output, latex.encode())
    except OSError as error:
        print(f"{output}: cannot be written ({error.strerror})", file=sys.stderr)
        sys.exit(BAD_INPUT)
    sys.exit(DONE)


def _standard_input() -> str:
    """Return what stands on standard input, which is UTF-8 whatever the locale says. Raises DocumentError."""
    from jacobook.notes.documents.marked import DocumentError

    raw = getattr(sys.stdin, "buffer", None) or io.BytesIO(sys.stdin.read().encode())
    try:
        return str(raw.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DocumentError("is not UTF-8 text") from error
