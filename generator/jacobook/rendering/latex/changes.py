r"""What is new in a line of a derivation, marked in its LaTeX as `\class{changed}{…}`.

Terms of a sum and factors of a product are aligned with those of the line before; where a group has a counterpart of
which a part stayed, the alignment goes on inside. Marks only enclose whole factors, so they move nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from jacobook.rendering.latex.printed import Marks, Printed, PrintedFactor, PrintedTerm

MOST_CHANGED = 0.75
"""Where a greater part of the line is new, nothing is marked: everything would be."""
MOVING_RULES = frozenset(("cyclic-trace", "scalar-transpose", "inner-product", "denominator-layout"))
"""Rules that move factors: what stands elsewhere than before is what they changed."""
MERGING_RULES = frozenset(("collect",))
"""Rules that bring terms of several products into one group: that group is what they made."""


def with_changes(before: Printed, line: Printed, rule: str = "") -> str:
    """Return the LaTeX of a line with marks around what is not in the line before."""
    line = line.copy()
    return line.marked(changes(before.copy(), line, rule))


def changes(before: Printed, line: Printed, rule: str = "") -> Marks:
    """Return what is new in a line; each factor of the two stands for one place only."""
    comparison = _Comparison(rule)
    comparison.rows(before, line)
    marks = comparison.marks
    if rule not in MOVING_RULES:
        comparison.drop_known(_occurrences(before), _occurrences(line))
    total = sum(factor.weight for factor in line.factors())
    changed = sum(factor.weight for factor in marks.factors)
    return Marks(set(), set(), set()) if changed > MOST_CHANGED * total else marks


def _all_texts(factors: Sequence[PrintedFactor]) -> set[str]:
    """Return the factors at every depth, and the names of functions."""
    parts = [part for factor in factors for part in (factor, *factor.inner())]
    return {text for part in parts for text in (part.text, part.name)}


class _Comparison:
    """What was found to be new so far: whole factors, and pieces (a sign, the name of a function)."""

    def __init__(self, rule: str) -> None:
        self.moving, self.merging = rule in MOVING_RULES, rule in MERGING_RULES
        self.marks = Marks(set(), set(), set())

    def rows(self, old: Printed, new: Printed) -> None:
        """Compare two sums: equal terms first, then each term with the one most like it."""
        left = Counter(map(_key, old.terms))
        rest: list[PrintedTerm] = []
        for term in new.terms:
            if left[_key(term)]:
                left[_key(term)] -= 1
            else:
                rest.append(term)
        free: list[PrintedTerm] = []
        for term in reversed(old.terms):
            if left[_key(term)]:
                left[_key(term)] -= 1
                free.insert(0, term)
        opened = list(free)
        in_order = len(free) == len(rest) and all(_likeness(*pair) for pair in zip(rest, free, strict=True))
        for term in rest:
            best = free[0] if in_order else max(free or opened, key=lambda old: _likeness(term, old), default=None)
            if best is None or not _likeness(term, best):
                self.marks.factors.update(term.factors)
                continue
            pairs_off = best in free
            if pairs_off:
                free.remove(best)
            self.products(best, term, [factor for other in opened if other is not best for factor in other.factors])
            turned = pairs_off and best.minus != term.minus and not any(map(_has_minus_inside, best.factors))
            if turned and not self.marks.factors.issuperset(term.factors):
                self.marks.signs.add(term)

    def products(self, old: PrintedTerm, new: PrintedTerm, elsewhere: list[PrintedFactor]) -> None:
        """Compare two products; `elsewhere` are factors of the line before that may have come here."""
        stayed = _common([f.text for f in old.factors], [f.text for f in new.factors])
        gone = [f for place, f in enumerate(old.factors) if place not in {first for first, _ in stayed}]
        found = {second for _, second in stayed}
        rest = [f for place, f in enumerate(new.factors) if place not in found]
        if not self.moving:
            rest = _without_moved(rest, gone)
        inside = _all_texts([part for factor in gone for part in factor.inner()])
        for factor in rest:
            alike = max(
                (other for other in gone if self.may_match(factor, other)),
                key=lambda other: _shared(factor, _all_texts([other])),
                default=None,
            )
            if alike is not None:
                gone.remove(alike)
                for before, after in zip(alike.rows, factor.rows, strict=True):
                    self.rows(before, after)
                self.close(factor)
            elif factor.text not in inside:
                self.one(factor, inside | _all_texts([*gone, *elsewhere]))

    def may_match(self, new: PrintedFactor, old: PrintedFactor) -> bool:
        """Return whether a group is what another one became: of one kind, and with something in common."""
        if not new.rows or _frame(new) != _frame(old) or len(new.rows) != len(old.rows):
            return False
        if self.merging and any(
            len(after.terms) > len(before.terms) for before, after in zip(old.rows, new.rows, strict=True)
        ):
            return False
        return new.is_called or _shared(new, _all_texts([old])) > 0

    def one(self, factor: PrintedFactor, known: set[str]) -> None:
        """Mark a factor that has no counterpart; of a function of what was there before, the name alone."""
        parts = [part for row in factor.rows for part in row.factors()]
        is_new_name = factor.is_called and factor.name not in known and not factor.scripts
        if is_new_name and all(part.text in known for part in parts):
            self.marks.names.add(factor)
        else:
            self.marks.factors.add(factor)

    def drop_known(self, before: Counter[str], now: Counter[str]) -> None:
        """Take the marks off factors that the line before has as often: they came from elsewhere in it."""
        known = [factor for factor in self.marks.factors if now[factor.text] <= before[factor.text]]
        self.marks.factors.difference_update(known)

    def close(self, factor: PrintedFactor) -> None:
        """Mark a group as a whole where everything in it is new; the name of a function stayed."""
        inner = [part for row in factor.rows for part in row.factors()]
        if inner and not factor.is_called and self.marks.factors.issuperset(inner):
            self.marks.factors.difference_update(inner)
            self.marks.factors.add(factor)


def _occurrences(row: Printed) -> Counter[str]:
    """Return how often every factor occurs, at any depth."""
    return Counter(part.text for factor in row.factors() for part in (factor, *factor.inner()))


def _has_minus_inside(factor: PrintedFactor) -> bool:
    return any(term.minus or any(map(_has_minus_inside, term.factors)) for row in factor.rows for term in row.terms)


def _key(term: PrintedTerm) -> tuple[bool, tuple[str, ...]]:
    """Return what two terms have in common that are the same, however they are spaced."""
    return term.minus, tuple(factor.text for factor in term.factors)


def _frame(factor: PrintedFactor) -> tuple[str, str, str]:
    """Return what stands around the expressions inside."""
    return factor.name, factor.kind, factor.scripts


def _shared(factor: PrintedFactor, known: set[str]) -> int:
    """Return how much of a factor is known."""
    if factor.text in known:
        return factor.weight
    return sum(_shared(part, known) for row in factor.rows for part in row.factors())


def _likeness(new: PrintedTerm, old: PrintedTerm) -> float:
    """Return how much of a term is in another one, less what it would have to lose."""
    known = _all_texts(old.factors)
    shared = sum(_shared(factor, known) for factor in new.factors)
    size = sum(factor.weight for term in (new, old) for factor in term.factors)
    return shared / size if size else 0


def _without_moved(rest: list[PrintedFactor], gone: list[PrintedFactor]) -> list[PrintedFactor]:
    """Return the factors that stood nowhere in the product before; their old places are taken from `gone`."""
    kept = []
    for factor in rest:
        moved = next((other for other in gone if other.text == factor.text), None)
        if moved is None:
            kept.append(factor)
        else:
            gone.remove(moved)
    return kept


def _common(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Return the places of a longest common subsequence."""
    lengths = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            same = old[i] == new[j]
            lengths[i][j] = lengths[i + 1][j + 1] + 1 if same else max(lengths[i + 1][j], lengths[i][j + 1])
    pairs = []
    i = j = 0
    while i < len(old) and j < len(new):
        if old[i] == new[j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs
