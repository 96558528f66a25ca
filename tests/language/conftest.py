"""What the tests of the language share."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from jacobook.algebra.nodes import Symbol
from jacobook.algebra.shapes import Shape
from jacobook.language import LanguageError, parse_expression


@pytest.fixture(scope="session")
def refused() -> Callable[..., LanguageError]:
    """A function that returns the error about an expression."""

    def read(text: str, symbols: Iterable[Symbol] = (), shape: Shape | None = None) -> LanguageError:
        with pytest.raises(LanguageError) as caught:
            parse_expression(text, symbols, shape)
        return caught.value

    return read
