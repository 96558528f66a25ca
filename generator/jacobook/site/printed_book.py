"""The collection as one book in LaTeX: a chapter for each group, a section for each entry, with every step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jacobook.calculus.derivation import Prose
from jacobook.language.printer import printing_beside
from jacobook.rendering.latex.block import latex_block, latex_display
from jacobook.rendering.outline import lines
from jacobook.rendering.report import report_latex
from jacobook.rendering.sentences import escape_latex, prose_latex
from jacobook.rendering.statement_lines import latex_declarations, latex_link
from jacobook.site.derived_collection import DerivedEntry
from jacobook.site.pages.groups import GROUPS

EXERCISES = "Exercises"
_HEAD = r"""\documentclass{book}
\usepackage{amsmath,amssymb}
%% Titles of sections are too long for the heads of pages.
\renewcommand{\sectionmark}[1]{}

\title{%s}
\date{}

\begin{document}

\maketitle
\tableofcontents
"""


def book_latex(entries: Iterable[DerivedEntry], title: str) -> str:
    """Return the book, which pdflatex compiles (twice, for its table of contents)."""
    chapters = {"exercise": EXERCISES, **{group.slug: group.title for group in GROUPS}}
    found: dict[str, list[DerivedEntry]] = {slug: [] for slug in chapters}
    for entry in entries:
        found[entry.entry.group].append(entry)
    written = [_HEAD % escape_latex(title)]
    for slug, members in found.items():
        if members:
            written.append(f"\\chapter{{{escape_latex(chapters[slug])}}}\n")
            written += [_section(one) for one in members]
    return "\n".join([*written, "\\end{document}\n"])


def _section(one: DerivedEntry) -> str:
    """Return the section of an entry."""
    title = escape_latex(one.entry.title)
    parts = [f"\\section[{{{title}}}]{{\\raggedright {title}}}", _paragraph(one.entry.question)]
    if one.sources:
        parts.append(_paragraph(f"From: {'; '.join(one.sources)}."))
    for part in one.parts:
        if part.title:
            parts.append(f"\\subsection*{{\\raggedright {escape_latex(part.title)}}}")
        with printing_beside(part.derivation.statement.names):
            latex = report_latex(
                part.derivation,
                part.evidence,
                route=one.entry.first_route,
                heading="subsubsection*",
                with_remark=False,
            )
        parts.append(latex)
    if one.differential is not None:
        parts += _differential(one)
    return "\n\n".join(parts) + "\n"


def _differential(one: DerivedEntry) -> Sequence[str]:
    found = one.differential
    assert found is not None
    with printing_beside(found.statement.names):
        places = ", ".join(f"{{{place}}}" for place in range(len(found.variables)))
        return [
            *(latex_display(text) for text in latex_declarations(found.statement.declarations)),
            *(latex_display(latex_link(link)) for link in found.statement.links),
            prose_latex(Prose(f"What varies: {places}.", found.variables)),
            latex_block(lines(found.claims)),
        ]


def _paragraph(text: str) -> str:
    return rf"{{\raggedright {escape_latex(text)}\par}}"
