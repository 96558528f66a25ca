"""The fixtures of the benchmark that reads the built site."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright

from tests.browser.browsing import chromium, driver, kept_windows, launched, new_reader, site

__all__ = ["chromium", "driver", "kept_windows", "new_reader", "site"]


@pytest.fixture(scope="session")
def browser(driver: Playwright, chromium: str) -> Iterator[Browser]:
    """As a reader has it: what runs for a while is compiled for speed."""
    with launched(driver, chromium) as started:
        yield started
