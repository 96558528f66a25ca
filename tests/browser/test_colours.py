"""Light or dark: what the system asks for, until the reader chooses; on every page, and from the first moment."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("second browser")]

LIGHT, DARK = "rgb(253, 252, 249)", "rgb(23, 26, 33)"
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
BUTTON = ".md-header__option > label:not([hidden])"
NAMES = ["Switch to light mode", "Switch to dark mode", "Follow the system"]
UNSTYLED = "[...document.querySelectorAll('link[rel=stylesheet]')].some(link => !link.sheet)"
SHOWN = f"""() => [{BACKGROUND}, document.documentElement.style.colorScheme,
    document.querySelector("{BUTTON}").previousElementSibling.getAttribute("aria-label")]"""


def choose(reader, times: int) -> None:
    for _ in range(times):
        reader.page.locator(BUTTON).click()


def shown(reader) -> list[str]:
    return reader.page.evaluate(SHOWN)


def test_the_system_is_followed_until_something_is_chosen(new_reader):
    reader = new_reader(color_scheme="dark")
    reader.open("")
    assert shown(reader) == [DARK, "dark", NAMES[0]]
    reader.page.emulate_media(color_scheme="light")
    reader.page.wait_for_function(f"{BACKGROUND} === '{LIGHT}'")
    assert shown(reader) == [LIGHT, "light", NAMES[0]]
    choose(reader, 2)
    assert shown(reader) == [DARK, "dark", NAMES[2]]
    for scheme in ("dark", "light"):
        reader.page.emulate_media(color_scheme=scheme)
        assert shown(reader) == [DARK, "dark", NAMES[2]]
    choose(reader, 1)
    assert shown(reader) == [LIGHT, "light", NAMES[0]]
    reader.page.emulate_media(color_scheme="dark")
    reader.page.wait_for_function(f"{BACKGROUND} === '{DARK}'")
    assert not reader.complaints


def test_a_choice_holds_on_other_pages_after_a_reload_and_in_other_windows(new_reader):
    reader = new_reader(color_scheme="light")
    reader.open("")
    other = reader.page.context.new_page()
    other.goto(reader.site.address + "layouts/")
    other.wait_for_function("document.querySelector('.toggle-button')")
    choose(reader, 2)
    other.wait_for_function(f"{BACKGROUND} === '{DARK}'")
    reader.follow("rules/product/")
    assert shown(reader) == [DARK, "dark", NAMES[2]]
    reader.page.reload()
    reader.wait_for_formulas()
    assert shown(reader) == [DARK, "dark", NAMES[2]]
    reader.open("layouts/")
    assert shown(reader) == [DARK, "dark", NAMES[2]]
    assert not reader.complaints


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_colours_are_chosen_by_the_keyboard(new_reader, key):
    reader = new_reader(color_scheme="light")
    focused = (
        "document.activeElement.closest('.md-header__option') && document.activeElement.getAttribute('aria-label')"
    )
    reader.open("course/")
    for chosen in (1, 2, 0, 1) if key == "Enter" else (1, 2):
        reader.page.evaluate("document.activeElement.blur()")
        for _ in range(8):
            reader.page.keyboard.press("Tab")
            if reader.page.evaluate(focused):
                break
        before = NAMES[chosen - 1]
        assert reader.page.evaluate(focused) == before, "the keyboard comes to another choice than the one that is seen"
        assert reader.page.locator(BUTTON).evaluate("label => getComputedStyle(label).outlineStyle") != "none"
        reader.page.keyboard.press(key)
        assert shown(reader) == [[LIGHT, "light"], [LIGHT, "light"], [DARK, "dark"]][chosen] + [NAMES[chosen]]
        assert reader.page.evaluate(focused) == NAMES[chosen]
        reader.page.reload()
        reader.wait_for_formulas()
    assert not reader.complaints


INK = """() => [getComputedStyle(document.documentElement).colorScheme, ...[
    ".md-content h1", ".md-content p", ".md-content mjx-container", ".result .answer mjx-container", ".md-content code"
].map(place => getComputedStyle(document.querySelector(place)).color)]"""


def test_paper_is_white_whatever_the_colours_of_the_screen(new_reader):
    """What the browser does when it prints: it says so, and changes the medium."""
    reader = new_reader(color_scheme="light")
    reader.open("identities/trace/trace/")

    def ink() -> list[str]:
        before = shown(reader)
        reader.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        reader.page.emulate_media(media="print")
        found = reader.page.evaluate(INK)
        reader.page.emulate_media(media="screen")
        reader.page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert shown(reader) == before
        return found

    wanted = ink()
    reader.page.emulate_media(color_scheme="dark")
    reader.page.wait_for_function(f"{BACKGROUND} === '{DARK}'")
    assert ink() == wanted
    reader.page.emulate_media(color_scheme="light")
    choose(reader, 2)
    assert shown(reader)[0] == DARK
    assert ink() == wanted


class Slow(http.server.BaseHTTPRequestHandler):
    """Sends a page in two parts, with a pause after the beginning of its header."""

    folder: Path
    going_on: threading.Event

    def log_message(self, format: str, *arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        path = self.folder / self.path.partition("?")[0].lstrip("/")
        page = path / "index.html" if path.is_dir() else path
        self.send_response(200)
        kinds = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
        self.send_header("Content-Type", kinds.get(page.suffix, "application/octet-stream"))
        self.end_headers()
        data = page.read_bytes()
        place = data.find(b'<header class="md-header') + 300 if page.suffix == ".html" else 0
        self.wfile.write(data[:place])
        self.wfile.flush()
        if place:
            self.going_on.wait(10)
        self.wfile.write(data[place:])


@pytest.fixture
def slow_address(site) -> Iterator[str]:
    Slow.folder, Slow.going_on = site.folder, threading.Event()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    Slow.going_on.set()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("system", "kept", "expected"), [("dark", None, DARK), ("light", 2, DARK), ("dark", 1, LIGHT)])
def test_a_page_that_comes_slowly_has_its_colours_from_the_first_moment(
    new_reader, slow_address, system, kept, expected
):
    reader = new_reader(color_scheme=system, fresh=kept is not None)
    if kept is not None:
        color = {"media": f"(prefers-color-scheme: {['', 'light', 'dark'][kept]})"}
        reader.page.add_init_script(
            f"localStorage.setItem('/.__palette', JSON.stringify({{ index: {kept}, color: {color} }}))"
        )
    reader.page.goto(slow_address, wait_until="commit")
    reader.page.locator(".md-header").wait_for(state="attached")
    end = time.monotonic() + 2
    while reader.page.evaluate(UNSTYLED) and time.monotonic() < end:
        reader.page.wait_for_timeout(50)
    assert reader.page.evaluate("document.querySelector('.md-content')") is None, "the whole page has come"
    assert reader.page.evaluate(BACKGROUND) == expected
    Slow.going_on.set()
    reader.wait_for_formulas()
    assert reader.page.evaluate(BACKGROUND) == expected
