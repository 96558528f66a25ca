"""A statement in the address of a page: what stands behind the # of `your-own-function/`."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

PAGE = "your-own-function/"
"""The page on which a statement is derived, below the root of a site."""


def statement_address(lines: Sequence[str], given: Sequence[str], wrt: str | None, order: int = 1) -> str:
    """Return the part of an address that holds a statement: `your-own-function/#f=x%27*x&given=x+in+R%5EN&wrt=x`.

    Of what is left out, declarations and variable, the page makes a guess.
    """
    fields = [*(("f", line) for line in lines), *(("given", one) for one in given)]
    if wrt is not None:
        fields.append(("wrt", wrt))
    if order != 1:
        fields.append(("order", str(order)))
    return f"{PAGE}#{urlencode(fields)}"
