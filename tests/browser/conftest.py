"""The fixtures of every test that reads the built site."""

from tests.browser.browsing import (
    browser,
    chromium,
    driver,
    engine_reader,
    entry,
    fresh_window,
    kept_entry,
    kept_windows,
    new_reader,
    site,
    used_context,
    window,
)

__all__ = [
    "browser",
    "chromium",
    "driver",
    "engine_reader",
    "entry",
    "fresh_window",
    "kept_entry",
    "kept_windows",
    "new_reader",
    "site",
    "used_context",
    "window",
]
