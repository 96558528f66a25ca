"""The fixtures of every test that reads the built site."""

from tests.browser.browsing import browser, chromium, driver, engine_reader, new_reader, site, used_context

__all__ = ["browser", "chromium", "driver", "engine_reader", "new_reader", "site", "used_context"]
