"""Percentages of the parts of a batch: each list of parts sums to 100.0, and the same farms have the same percentage.

Farms come first. A later list repeats what was told of the same farms before; its other parts share what is left of
100.0 by largest remainder.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from traceability.domain.quantity import apportion


class Percentages:
    """Tenths of a percent of one batch. Farms are named by their place in its list of shares."""

    def __init__(self, masses_g: Sequence[int], tenths: Sequence[int]) -> None:
        self._masses_g, self._tenths = masses_g, tenths
        self._told: dict[frozenset[int], int] = {}
        self._without_grams = frozenset(at for at, mass in enumerate(masses_g) if not mass)

    def of(self, parts: Iterable[tuple[Collection[int], int]]) -> list[int]:
        """One for each part of the whole batch: the farms in it, and its grams."""
        rows = [(self._whole_farms(farms, mass), mass) for farms, mass in parts]
        masses = [mass for _, mass in rows]
        as_told = [self._known(farms) for farms, _ in rows]
        # lists rounded otherwise may leave no room: then only what single farms have is repeated, then nothing
        of_farms = [tenths if len(farms) == 1 else None for (farms, _), tenths in zip(rows, as_told, strict=True)]
        found = _filled(as_told, masses) or _filled(of_farms, masses) or _filled([None] * len(masses), masses)
        if found is None:
            return [0] * len(masses)
        for (farms, _), tenths in zip(rows, found, strict=True):
            self._told.setdefault(farms, tenths)
        return found

    def _known(self, farms: frozenset[int]) -> int | None:
        if len(farms) == 1:
            return self._tenths[next(iter(farms))]
        return self._told.get(farms) if farms else None

    def _whole_farms(self, farms: Collection[int], mass_g: int) -> frozenset[int]:
        """The farms that the part is all of; none when some of their grams are elsewhere."""
        if sum(map(self._masses_g.__getitem__, farms)) != mass_g:
            return frozenset()
        return frozenset(farms) - self._without_grams


def _filled(known: Sequence[int | None], masses_g: Sequence[int]) -> list[int] | None:
    """With what is left of 100.0 shared among those that are not known; nothing where that cannot be."""
    left = 1_000 - sum(tenths for tenths in known if tenths is not None)
    others = [mass for mass, tenths in zip(masses_g, known, strict=True) if tenths is None]
    if left < 0 or (left > 0 and not any(others)):
        return None
    shared = iter(apportion(left, others))
    return [next(shared) if tenths is None else tenths for tenths in known]
