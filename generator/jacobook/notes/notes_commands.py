"""The commands `jacobook notes …`."""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from jacobook.files import write_file
from jacobook.notes import missing_for_notes
from jacobook.terminal import BAD_INPUT, DONE

if TYPE_CHECKING:
    from jacobook.notes.documents.marked import MarkedKind

FORMATS = ("text", "github")
LAYOUTS = ("any", "jacobian", "denominator")
STARTER = "starter_note.md"
MARKDOWN = (".md", ".markdown", ".qmd")
"""The files that may hold it."""


def _share(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    number, slash, count = text.partition("/")
    if not (slash and number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise click.BadParameter("it reads I/N, such as 1/4, with I from 1 to N")
    return int(number), int(count)


def _write(path: Path, data: bytes) -> None:
    """Write a file; end the command where that cannot be done."""
    try:
        write_file(path, data)
    except OSError as error:
        print(f"{path}: cannot be written ({error.strerror})", file=sys.stderr)
        sys.exit(BAD_INPUT)


@click.group("notes", short_help="Derivations in your own notes: check them, begin a note.")
def notes() -> None:
    """Derivations in your own notes: fences named jacobook, and inline claims.

    \b
    ```jacobook
    given: [x in R^N, A in R^(N x N)]
    expression: x'*A*x
    wrt: x
    claims: ["x'*(A + A')"]
    ```
    """  # noqa: D301
    if missing := missing_for_notes():
        print(missing, file=sys.stderr)
        sys.exit(BAD_INPUT)


@notes.command("check", short_help="Check every derivation and claim in files of notes.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH…")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default=None,
    help="text: file:line:column: message. github: annotations. Default: github under GitHub Actions, else text.",
)
@click.option("--sarif", "sarif_file", type=click.Path(path_type=Path, dir_okay=False), help="Write SARIF 2.1.0 too.")
@click.option(
    "--layout",
    type=click.Choice(LAYOUTS),
    default="any",
    show_default=True,
    help="The layout in which the notes write derivatives; an answer in the other one is a fault.",
)
@click.option(
    "--shard", metavar="I/N", callback=lambda _, __, text: _share(text), help="Check share I of N of the files."
)
@click.option(
    "--changed",
    metavar="[COMMIT]",
    is_flag=False,
    flag_value="HEAD",
    default=None,
    help="Check only files that differ from a commit (HEAD), or that git does not know yet.",
)
@click.option(
    "--cache",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".cache/jacobook"),
    show_default=True,
    help="The folder in which finished work is kept.",
)
@click.option("--no-cache", is_flag=True, help="Work everything out anew.")
def check_notes(
    paths: tuple[Path, ...],
    form: str | None,
    sarif_file: Path | None,
    layout: str,
    shard: tuple[int, int] | None,
    changed: str | None,
    cache: Path,
    no_cache: bool,
) -> None:
    """Check every fence, inline claim and marked formula in PATH.

    PATH is a file, or a folder with files that end in .md, .qmd, .ipynb, .rst, .tex or .py.

    Exit status: 0 everything holds; 1 a claim does not hold; 2 something cannot be read; 3 no rule covers a derivative.
    """
    from jacobook.notes.faults import status_of
    from jacobook.notes.fences import NoteDefaults
    from jacobook.notes.findings_output import fault_lines, github_lines, sarif, summary
    from jacobook.notes.gate import check_files, share_of
    from jacobook.notes.kept_fragments import KeptFragments
    from jacobook.notes.notes_files import PathError, changed_since, files_of

    if not paths:
        also = f" (`{changed}` was taken for the commit of --changed)" if changed not in (None, "HEAD") else ""
        print(f"name a file or a folder with notes, such as docs{also}", file=sys.stderr)
        sys.exit(BAD_INPUT)
    try:
        files = files_of(paths)
        files = changed_since(changed, files) if changed is not None else files
    except PathError as error:
        print(error, file=sys.stderr)
        sys.exit(BAD_INPUT)
    files = share_of(files, shard) if shard else files
    form = form or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")
    defaults = NoteDefaults.model_validate({"layout": layout})
    reports = []
    for report in check_files(files, KeptFragments(None if no_cache else cache), defaults):
        for line in (github_lines if form == "github" else fault_lines)(report):
            print(line, flush=True)
        reports.append(report)
    if sarif_file is not None:
        _write(sarif_file, sarif(reports, version("jacobook")).encode())
    print(summary(reports), file=sys.stderr)
    sys.exit(status_of([fault for report in reports for fault in report.faults]))


@notes.command("fence", short_help="One fence, or one claim, as HTML: for builders that run a command.")
@click.argument("file", type=click.File("rb"), metavar="FILE")
@click.option("--claim", is_flag=True, help="The text is an inline claim, not a fence.")
@click.option("--given", multiple=True, metavar="DECLARATION", help="What holds on the page, such as 'x in R^N'.")
@click.option("--page", "before", multiple=True, metavar="TEXT", help="A fence above it that declares something.")
@click.option("--layout", type=click.Choice(LAYOUTS), default="any", show_default=True, help="The author's layout.")
@click.option(
    "--cache", type=click.Path(path_type=Path, file_okay=False), default=None, help="A folder to keep work in."
)
def show_fence(
    file: BinaryIO, claim: bool, given: tuple[str, ...], before: tuple[str, ...], layout: str, cache: Path | None
) -> None:
    """Write the text of a fence as HTML; FILE is - for standard input.

    Faults go to standard error, `line:column: message`. The exit status is that of `jacobook notes check`.
    """
    from jacobook.notes.faults import status_of
    from jacobook.notes.fences import NoteDefaults
    from jacobook.notes.kept_fragments import KeptFragments
    from jacobook.notes.page_declarations import with_defaults

    data = file.read()
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").removesuffix("\n")
    except UnicodeDecodeError:
        print("the text is not UTF-8", file=sys.stderr)
        sys.exit(BAD_INPUT)
    page = NoteDefaults.model_validate({"given": given, "layout": layout})
    kind: MarkedKind = "claim" if claim else "fence"
    prefix = f"jb-{hashlib.sha256(data).hexdigest()[:8]}"
    fragments = KeptFragments(cache)
    for declaring in before:
        page = with_defaults(page, fragments.of("fence", declaring, page).defaults)
    found = fragments.of(kind, " ".join(text.split()) if claim else text, page, prefix)
    print(found.html)
    for fault in found.faults:
        print(f"{fault.line}:{fault.column}: {fault.message}", file=sys.stderr)
    sys.exit(status_of(list(found.faults)))


@notes.command(short_help="Write a note to start from.")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
def new(path: Path) -> None:
    """Write a note with one derivation, one inline claim and a word on each, to FILE, which must not exist yet.

    FILE ends in .md, .markdown or .qmd.
    """
    if path.suffix.lower() not in MARKDOWN:
        print(f"{path}: the note is Markdown, in a file that ends in {', '.join(MARKDOWN)}", file=sys.stderr)
        sys.exit(BAD_INPUT)
    if path.exists():
        print(f"{path}: is there already; it is left as it is", file=sys.stderr)
        sys.exit(BAD_INPUT)
    starter = Path(__file__).resolve().parent / "templates" / STARTER
    _write(path, starter.read_bytes())
    print(f"{path}: written. Check it with: jacobook notes check {path}")
    sys.exit(DONE)


@notes.command(short_help="Show a note in a browser, anew on every save.")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option("--port", type=click.IntRange(0, 65535), default=8020, show_default=True, help="0: any that is free.")
@click.option(
    "--layout",
    type=click.Choice(["any", "jacobian", "denominator"]),
    default="any",
    show_default=True,
    help="The layout in which the note writes derivatives; an answer in the other one is a fault.",
)
def serve(path: Path, port: int, layout: str) -> None:
    """Show FILE (Markdown or a notebook) on http://127.0.0.1:PORT/, with its derivations and faults, until Ctrl-C."""
    from jacobook.notes.kept_fragments import KeptFragments
    from jacobook.notes.note_preview import SHOWN_SUFFIXES, Preview, PreviewServer, find_mathjax

    if path.suffix.lower() not in SHOWN_SUFFIXES:
        print(f"{path}: what is shown ends in {', '.join(SHOWN_SUFFIXES)}", file=sys.stderr)
        sys.exit(BAD_INPUT)
    if not path.is_file():
        print(f"{path}: there is no such file", file=sys.stderr)
        sys.exit(BAD_INPUT)
    here = path.resolve()
    preview = Preview(here, KeptFragments(Path(".cache/jacobook")), layout)
    try:
        server = PreviewServer(preview, port, find_mathjax(Path.cwd(), here.parent))
    except OSError as error:
        said = f"http://127.0.0.1:{port}/ cannot be served ({error.strerror}). Choose another port: --port {port + 1}"
        print(said, file=sys.stderr)
        sys.exit(BAD_INPUT)
    with server, suppress(KeyboardInterrupt):
        print(f"{path} is shown on http://127.0.0.1:{server.server_port}/ (Ctrl-C ends it)", flush=True)
        server.serve_forever(0.2)
    sys.exit(DONE)


@notes.command(short_help="Write the style sheet, and the plugin for mystmd, for builders that cannot take them.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER")
def assets(folder: Path) -> None:
    """Write jacobook.css into FOLDER, to be named in the configuration of a site (`extra_css`), and jacobook-myst.mjs.

    The latter is for mystmd: name it under `project: plugins:` in myst.yml.
    """
    for asset in sorted((Path(__file__).resolve().parent / "assets").iterdir()):
        _write(folder / asset.name, asset.read_bytes())
        print(f"{folder / asset.name}: written")


@notes.command(short_help="Print the JSON schema of a fence, for editors.")
def schema() -> None:
    """Print the JSON schema of what stands in a fence, by which editors complete and check it."""
    from jacobook.notes.fence_schema import fence_schema_text

    print(fence_schema_text(), end="")
