"""The extension by itself, with bare Python-Markdown and with the extensions that sites use."""

from __future__ import annotations

import html
import re
from collections import Counter
from html.parser import HTMLParser

import markdown
import pytest

from jacobook.notes.markdown_extension import JacobookExtension, NoteError

GIVEN = "```jacobook\ngiven: [x in R^N, A in R^(N x N), t in R]\n```\n\n"
FENCE = "```jacobook\nexpression: x'*A*x\nwrt: x\nclaims: x'*(A + A')\n```\n"
MATERIAL = [
    *("admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables", "toc", "pymdownx.arithmatex"),
    *("pymdownx.details", "pymdownx.superfences", "pymdownx.tabbed", "pymdownx.highlight", "pymdownx.inlinehilite"),
]
CONFIGS = {"pymdownx.arithmatex": {"generic": True}, "pymdownx.tabbed": {"alternate_style": True}}


def converter(extensions=(), **options) -> markdown.Markdown:
    ours = JacobookExtension(**{"cache": ""} | options)
    return markdown.Markdown(extensions=[ours, *extensions], extension_configs=CONFIGS)


def converted(text: str, extensions=(), **options) -> str:
    return str(converter(extensions, **options).convert(GIVEN + text))


class Elements(HTMLParser):
    """The elements of a page: their ids, and whether all that open are closed."""

    VOID = ("br", "hr", "img", "input", "link", "meta", "col", "path", "line", "rect", "use")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.open: list[str] = []
        self.seen: Counter[str] = Counter()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]
        self.seen[tag] += 1
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_startendtag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]


AROUND = {
    "top": ("", "Words.\n\n"),
    "list": ("    ", "- Words:\n\n"),
    "admonition": ("    ", '!!! note "A title"\n\n'),
    "closed": ("    ", '??? note "A title"\n\n'),
    "tab": ("    ", '=== "One"\n\n'),
    "quotation": ("> ", "> Words:\n>\n"),
    "element": ("", '<div markdown="1">\n\n'),
    "deep": ("        ", "- Words:\n\n    !!! note\n\n"),
    "footnote": ("    ", "Words[^1].\n\n[^1]:\n"),
}


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("order", ["before", "after"])
def test_a_fence_wherever_it_stands_and_in_whatever_order(around, order):
    prefix, head = AROUND[around]
    fence = "".join(prefix + line + "\n" for line in FENCE.splitlines())
    ours = JacobookExtension(cache="")
    extensions = [ours, *MATERIAL] if order == "before" else [*MATERIAL, ours]
    md = markdown.Markdown(extensions=extensions, extension_configs=CONFIGS)
    text = md.convert(GIVEN + head + fence + "\nBehind.\n")
    assert text.count('<div class="jacobook"') == 1
    assert "```" not in text
    assert "wzxhzdk" not in text
    assert "expression:" not in text
    assert Elements(text).open == []
    inside = {
        "list": "<li>",
        "admonition": "admonition",
        "closed": "<details",
        "tab": "tabbed-block",
        "quotation": "<blockquote>",
        "footnote": "footnote",
    }
    assert inside.get(around, "") in text.partition('<div class="jacobook"')[0]


def test_many_on_one_page_have_ids_of_their_own():
    text = converted(
        FENCE + "\n" + FENCE + "\n" + FENCE.replace("claims", "show: [result, steps, picture]\nclaims") * 2
    )
    ids = Elements(text).ids
    assert len(ids) == len(set(ids)) > 6
    assert all(one.startswith("jb-") for one in ids)
    for used in re.findall(r'(?:url\(#|href="#|for="|aria-[a-z]+by="|aria-controls=")([^")]+)', text):
        assert set(used.split()) <= set(ids)
    assert converted(FENCE) == converted(FENCE), "the same in every run"


def test_nothing_of_it_joins_the_contents_of_the_page():
    md = converter(["toc"])
    text = md.convert("# Title\n\n" + GIVEN + FENCE + "\n## Below\n")
    assert [token["name"] for token in md.toc_tokens[0]["children"]] == ["Below"]
    assert not re.search(r"<h\d", text.partition('class="jacobook"')[2].partition("<h2")[0])


def test_markdown_in_formulas_is_left_alone():
    text = converted(
        "```jacobook\ngiven: [x_1, x_2 in R^N]\nexpression: x_1'*x_2 + x_1'*x_1\nwrt: x_1\n```\n", MATERIAL
    )
    inside = text[text.index('class="jacobook"') :]
    assert "<em>" not in inside
    assert not re.search(r"<p>\s*</p>", inside)


CLAIM = "`#!jb d(x'*A*x)/dx = x'*(A + A')`"


@pytest.mark.parametrize(
    "text",
    [
        f"So {CLAIM}.",
        f"**So {CLAIM}**",
        f"- So {CLAIM}",
        f"> So {CLAIM}",
        f"| a | b |\n|---|---|\n| x | {CLAIM} |",
        f"## So {CLAIM}",
        f"!!! note\n\n    So {CLAIM}",
        f'=== "One"\n\n    So {CLAIM}',
        "So `` #!jb d(x'*A*x)/dx = x'*(A + A') ``.",
        "So `#!jb d(x'*A*x)/dx =\n  x'*(A + A')`.",
        f"[So {CLAIM}](https://example.org)",
        f"Term\n:   So {CLAIM}",
    ],
)
def test_an_inline_claim_wherever_it_stands(text):
    for extensions in ([], MATERIAL):
        if not extensions and text.startswith(("|", "!!!", "===", "Term")):
            continue
        found = converted(text, extensions)
        assert found.count('<span class="jacobook jb-claim jb-held"') == 1, found
        assert "#!jb" not in found
        assert "\u2063" not in found
        assert Elements(found).open == []


def test_a_claim_shows_the_function_that_it_is_about():
    def tex(text: str) -> str:
        found = re.search(r'<span class="arithmatex">\\\((.*?)\\\)</span>', converted(text))
        return html.unescape(found[1]) if found else ""

    assert tex(CLAIM).startswith(r"\frac{\mathrm{d}}{\mathrm{d}\boldsymbol{x}}\,\boldsymbol{x}^{\top}\boldsymbol{A}")
    assert r"\left(" in tex("`#!jb d(t + t^2)/dt = 1 + 2*t`")
    assert tex("`#!jb d^2(t^3)/dt^2 = 6*t`").startswith(r"\frac{\mathrm{d}^{2}}{\mathrm{d}t^{2}}\,t^{3} = 6t")
    second = tex("`#!jb ∂²(x'*A*x)/∂x∂xᵀ = A + A'`")
    assert second.startswith(r"\frac{\mathrm{d}^{2}}{\mathrm{d}\boldsymbol{x}\,\mathrm{d}\boldsymbol{x}^{\top}}\,")
    named = "```jacobook\ngiven: f = x'*A*x\n```\n\n`#!jb df/dx = x'*(A + A')`"
    assert tex(named).startswith(r"\frac{\mathrm{d}f}{\mathrm{d}\boldsymbol{x}} = ")


@pytest.mark.parametrize(
    "text",
    [
        "Words:\n\n    " + FENCE.replace("\n", "\n    "),
        f"Words:\n\n    So {CLAIM}",
        f"`` {CLAIM} ``",
        "````markdown\n" + FENCE + "````",
        f"~~~~markdown\nSo {CLAIM}\n~~~~",
        f"<pre>{CLAIM}</pre>",
        "<!--\n" + FENCE + "-->",
        r"\`#!jb +\`",
        "`#!jb`",
        "- Words:\n\n        " + FENCE.replace("\n", "\n        "),
    ],
)
def test_what_is_shown_as_code_is_no_derivation(text):
    for extensions in (["fenced_code"], MATERIAL):
        found = converted(text.replace("x'*(A + A')", "x'*A"), extensions)
        assert "jacobook jb-" not in found
        assert '<div class="jacobook"' not in found
        assert "wzxhzdk" not in found
        assert "\u2063" not in found


# --- Faults ---------------------------------------------------------------------------------------------------------


def said(text: str, **options) -> list[str]:
    with pytest.raises(NoteError) as raised:
        converted(text, **options)
    return str(raised.value).splitlines()


def test_without_a_file_a_fault_says_its_place_in_the_mark():
    found = said(FENCE.replace("x'*(A + A')", "x'*A"))
    assert found[0].startswith("a fence, line 3, column 9: ")
    assert said("`#!jb d(x'*A*x)/dx = x'*A`")[0].startswith("a claim, line 1, column 16: ")


def test_all_faults_of_a_page_are_said_at_once():
    wrong = FENCE.replace("x'*(A + A')", "x'*A")
    found = said(wrong + "\n`#!jb d(x'*x)/dx = x'`\n\n" + "```jacobook\nexpresion: x\n```\n")
    assert len(found) == 3


def test_a_fence_that_is_not_closed_is_a_fault():
    assert "the fence is not closed" in said("```jacobook\nexpression: x'*x\n")[0]


def test_marked_formulas_are_checked_too():
    assert said("%jb\n$$\n\\nabla_x (x^\\top x) = 3 x\n$$\n")[0].startswith("a claim, line 1")
    declared = "%jb given c in R^N\n$$\n\\nabla_x (c^\\top x) = c\n$$\n\n`#!jb d(c'*x)/dx = c'`"
    assert "jb-held" in converted(declared)


def test_not_strict_only_logs(caplog):
    text = converted(FENCE.replace("x'*(A + A')", "x'*A"), strict=False)
    assert "a fence, line 3, column 9: Disagrees" in caplog.text
    assert 'class="jb-wrong"' in text


def test_what_was_not_checked_is_only_a_warning(caplog):
    text = converted("```jacobook\nexpression: log(-1 - x'*x)\nwrt: x\n```\n")
    assert "was not checked" in caplog.text
    assert "<strong>Not checked:</strong>" in text


@pytest.mark.parametrize("body", ["expression: <b>x", "expression: x'*", "x & <script>alert(1)</script>", ""])
def test_what_cannot_be_shown_is_shown_as_it_was_written(body):
    text = converted(f"```jacobook\n{body}\n```\n", strict=False)
    assert 'class="jacobook jb-fault"' in text
    assert "<script>" not in text
    assert "<b>" not in text
    assert html.escape(body, quote=False) in text
    assert Elements(text).open == []


def test_a_claim_is_judged_by_what_was_declared_above_it():
    text = "`#!jb d(c'*x)/dc = x'`\n\n```jacobook\ngiven: c in R^(N x N)\n```\n\n`#!jb d(tr(c*c))/dc = 2*c`\n"
    first = "```jacobook\ngiven: c in R^N\n```\n\n"
    assert converted(first + text).count("jb-held") == 2
    assert len(said(first + text + "\n`#!jb d(c'*x)/dc = x'`")) == 1


def test_one_page_declares_nothing_for_the_next():
    md = converter()
    md.convert(GIVEN + CLAIM)
    md.reset()
    with pytest.raises(NoteError, match="is not declared"):
        md.convert(CLAIM)


def test_a_page_within_a_page():
    """As mkdocstrings does it: while a page is converted, the same extension converts a docstring."""
    ours = JacobookExtension(cache="")
    collected: list[str] = []
    ours.collect = lambda faults, warnings: collected.extend(faults)
    inner = markdown.Markdown(extensions=[ours])

    class Docstring(markdown.blockprocessors.BlockProcessor):
        def test(self, parent, block):
            return block.startswith("::: ")

        def run(self, parent, blocks):
            blocks.pop(0)
            inner.convert(GIVEN + FENCE.replace("x'*(A + A')", "x'"))

    outer = markdown.Markdown(extensions=[ours])
    outer.parser.blockprocessors.register(Docstring(outer.parser), "docstring", 200)
    text = outer.convert(GIVEN + CLAIM + "\n\n::: module\n\n" + "`#!jb d(x'*x)/dx = 3*x'`")
    assert text.count("jb-held") == 1
    assert text.count("jb-wrong") == 1
    assert len(collected) == 2


@pytest.mark.parametrize("option", [{"layout": "jacobien"}, {"layot": "any"}])
def test_options_that_are_none(option):
    with pytest.raises((ValueError, KeyError)):
        JacobookExtension(**option)


def test_the_extension_is_found_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = markdown.markdown(GIVEN + CLAIM, extensions=["jacobook"])
    assert "jb-held" in text
    assert (tmp_path / ".cache" / "jacobook" / "notes").is_dir()
