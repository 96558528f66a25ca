"""Pages until they are written: the front matter is data, which builders and themes read without harm."""

from __future__ import annotations

import yaml

from jacobook.site.written_page import WrittenPage


def test_the_front_matter_is_yaml_and_the_rest_is_as_it_was() -> None:
    page = WrittenPage({"title": "T", "tags": ["a: b"], "structured": {"name": "A & B"}}, "\n# T\n\n---\n\nText\n\n")
    start, head, body = page.markdown().decode().split("---\n", 2)
    assert start == ""
    assert yaml.safe_load(head) == {"title": "T", "tags": ["a: b"], "structured": {"name": "A & B"}}
    assert body == "\n# T\n\n---\n\nText\n"


def test_text_is_escaped_for_themes_that_print_it_as_it_is_and_stays_on_one_line() -> None:
    page = WrittenPage({"title": '<b> "x"\n & y', "tags": ["<i>"], "structured": {"name": "</script>"}}, "")
    head = page.markdown().decode()
    assert "<" not in head
    found = yaml.safe_load(head.split("---\n")[1])
    assert found["title"] == "&lt;b&gt; &quot;x&quot; &amp; y"
    assert found["tags"] == ["&lt;i&gt;"]
    assert found["structured"] == {"name": "</script>"}


def test_kinds_of_pages() -> None:
    assert WrittenPage({"redirect": "a.md"}, "").is_former
    assert not WrittenPage({"title": "T"}, "").is_former
    assert WrittenPage({"search": {"boost": 1.1}}, "").is_searched
    assert not WrittenPage({"search": {"exclude": True}}, "").is_searched
