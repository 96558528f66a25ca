"""The fixtures of every test that reads the built site."""

from tests.browser.browsing import browser, chromium, driver, new_reader, site

__all__ = ["browser", "chromium", "driver", "new_reader", "site"]
