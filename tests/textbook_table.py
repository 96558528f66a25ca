"""Results beside those of textbooks, as a Markdown table: `python -m tests.textbook_table` makes it.

The last column is the length of ours over the textbook's, as `test_textbook_forms.py` takes it: where ours is in the
variables alone, the textbook's names are replaced by what they stand for before the lengths are compared.
"""

from __future__ import annotations

import sys
from typing import Any

from jacobook import derive
from tests.calculus.test_textbook_forms import FORMS, expressions, length_over_wanted

ROWS = 20


def row(case: dict[str, Any]) -> list[str]:
    """Return what is differentiated, the variable, the textbook's result, ours, and how much longer ours is."""
    found = derive(*expressions(case), given=case["given"], wrt=case["wrt"], order=case.get("order", 1), verify=False)
    formulas = (f"`{formula}`" for formula in ("; ".join(expressions(case)), case["wrt"], case["wanted"], found.result))
    return [*formulas, f"{length_over_wanted(case, found):.2f}"]


def table(count: int) -> str:
    """Return rows spread evenly over the file, so that every kind of function occurs."""
    chosen = [FORMS[place * len(FORMS) // count] for place in range(min(count, len(FORMS)))]
    head = ["function", "by", "as a textbook prints it", "as it is printed here", "length"]
    lines = [head, ["---"] * len(head), *map(row, chosen)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    print(table(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
