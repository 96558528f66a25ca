r"""What is new in a line of a derivation, marked in its LaTeX as `\class{changed}{…}`.

Terms of a sum and factors of a product are aligned with those of the line before; where a group has a counterpart of
which a part stayed, the alignment goes on inside. Marks only enclose whole factors, so they move nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from jacobook.rendering.latex.parse import Factor, Row, Term, parse

MOST_CHANGED = 0.75
"""Where a greater part of the line is new, nothing is marked: everything would be."""
MOVING_RULES = frozenset(("cyclic-trace", "scalar-transpose", "inner-product", "denominator-layout"))
"""Rules that move factors: what stands elsewhere than before is what they changed."""
MERGING_RULES = frozenset(("collect",))
"""Rules that bring terms of several products into one group: that group is what they made."""

_Span = tuple[int, int]


def with_changes(before: str, line: str, rule: str = "") -> str:
    """Return the LaTeX of a line with marks around what is not in the line before."""
    old, new = parse(before), parse(line)
    comparison = _Comparison(rule)
    comparison.rows(old, new)
    if rule not in MOVING_RULES:
        comparison.drop_known(_occurrences(old), _occurrences(new))
    total = sum(factor.weight for term in new for factor in term.factors)
    changed = sum(factor.weight for factor in comparison.changed)
    if changed > MOST_CHANGED * total:
        return line
    spans = [*_runs(new, comparison.changed), *comparison.pieces]
    for start, end in sorted(spans, reverse=True):
        line = rf"{line[:start]}\class{{changed}}{{{line[start:end]}}}{line[end:]}"
    return line


def _runs(row: Row, changed: set[Factor]) -> Iterator[_Span]:
    """Yield the spans to mark: neighbouring factors that are new have one mark, unless a brace ends between them."""
    for term in row:
        run: list[Factor] = []
        for factor in term.factors:
            if run and (factor not in changed or factor.brace != run[-1].brace):
                yield run[0].start, run[-1].end
                run = []
            if factor in changed:
                run.append(factor)
            else:
                for inside in factor.rows:
                    yield from _runs(inside, changed)
        if run:
            yield run[0].start, run[-1].end


def _all_texts(factors: list[Factor]) -> set[str]:
    """Return the factors at every depth, and the names of functions."""
    parts = [part for factor in factors for part in (factor, *factor.inner())]
    return {text for part in parts for text in (part.text, part.name)}


class _Comparison:
    """What was found to be new so far: whole factors, and pieces (a sign, the name of a function)."""

    def __init__(self, rule: str) -> None:
        self.moving, self.merging = rule in MOVING_RULES, rule in MERGING_RULES
        self.changed: set[Factor] = set()
        self.pieces: list[_Span] = []

    def rows(self, old: Row, new: Row) -> None:
        """Compare two sums: equal terms first, then each term with the one most like it."""
        left = Counter((_sign(term), term.text) for term in old)
        rest: list[Term] = []
        for term in new:
            key = _sign(term), term.text
            if left[key]:
                left[key] -= 1
            else:
                rest.append(term)
        free: list[Term] = []
        for term in reversed(old):
            key = _sign(term), term.text
            if left[key]:
                left[key] -= 1
                free.insert(0, term)
        opened = list(free)
        in_order = len(free) == len(rest) and all(_likeness(*pair) for pair in zip(rest, free, strict=True))
        for term in rest:
            best = free[0] if in_order else max(free or opened, key=lambda old: _likeness(term, old), default=None)
            if best is None or not _likeness(term, best):
                self.changed.update(term.factors)
                continue
            pairs_off = best in free
            if pairs_off:
                free.remove(best)
            self.products(best, term, [factor for other in opened if other is not best for factor in other.factors])
            turned = pairs_off and _sign(best) != _sign(term) and not any("-" in factor.text for factor in best.factors)
            if turned and term.sign and not self.changed.issuperset(term.factors):
                self.pieces.append((term.place, term.place + 1))

    def products(self, old: Term, new: Term, elsewhere: list[Factor]) -> None:
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

    def may_match(self, new: Factor, old: Factor) -> bool:
        """Return whether a group is what another one became: of one kind, and with something in common."""
        if not new.rows or new.head != old.head or len(new.rows) != len(old.rows):
            return False
        if self.merging and any(len(after) > len(before) for before, after in zip(old.rows, new.rows, strict=True)):
            return False
        return bool(new.name_end) or _shared(new, _all_texts([old])) > 0

    def one(self, factor: Factor, known: set[str]) -> None:
        """Mark a factor that has no counterpart; of a function of what was there before, the name alone."""
        parts = [part for row in factor.rows for term in row for part in term.factors]
        is_new_name = factor.name_end and factor.name not in known and not factor.has_scripts
        if is_new_name and all(part.text in known for part in parts):
            self.pieces.append((factor.start, factor.name_end))
        else:
            self.changed.add(factor)

    def drop_known(self, before: Counter[str], now: Counter[str]) -> None:
        """Take the marks off factors that the line before has as often: they came from elsewhere in it."""
        self.changed = {factor for factor in self.changed if now[factor.text] > before[factor.text]}

    def close(self, factor: Factor) -> None:
        """Mark a group as a whole where everything in it is new; the name of a function stayed."""
        inner = [part for row in factor.rows for term in row for part in term.factors]
        if inner and not factor.name_end and self.changed.issuperset(inner):
            self.changed.difference_update(inner)
            self.changed.add(factor)


def _occurrences(row: Row) -> Counter[str]:
    """Return how often every factor occurs, at any depth."""
    factors = [factor for term in row for factor in term.factors]
    return Counter(part.text for factor in factors for part in (factor, *factor.inner()))


def _sign(term: Term) -> str:
    return "-" if term.sign == "-" else "+"


def _shared(factor: Factor, known: set[str]) -> int:
    """Return how much of a factor is known."""
    if factor.text in known:
        return factor.weight
    return sum(_shared(part, known) for row in factor.rows for term in row for part in term.factors)


def _likeness(new: Term, old: Term) -> float:
    """Return how much of a term is in another one, less what it would have to lose."""
    known = _all_texts(old.factors)
    shared = sum(_shared(factor, known) for factor in new.factors)
    size = sum(factor.weight for term in (new, old) for factor in term.factors)
    return shared / size if size else 0


def _without_moved(rest: list[Factor], gone: list[Factor]) -> list[Factor]:
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
