"""A page of the paper book at a collection point, as a fact: its lines, and the total somebody wrote under them."""

from __future__ import annotations

from dataclasses import dataclass

from traceability.domain.facts import Fact


@dataclass(frozen=True, kw_only=True)
class PaperLine:
    """One line of the book at a collection point: what one farmer brought."""

    line: int
    farmer: str
    bags_g: tuple[int, ...]
    receipt_number: str = ""
    grade: str = ""
    price_per_kg: int | None = None  # that of the page when nothing is written


@dataclass(frozen=True, kw_only=True)
class PaperPage(Fact):
    """A page of the book, and the total that somebody wrote under it: grams of all lines, with the bags or without."""

    facility: str
    commodity: str
    form: str
    page: str
    total_g: int
    lines: tuple[PaperLine, ...]
    tare_each_g: int = 0
    price_per_kg: int | None = None
    currency: str = ""

    def net_g(self, line: PaperLine) -> int:
        """Grams of one line without its bags."""
        return sum(line.bags_g) - self.tare_each_g * len(line.bags_g)

    @property
    def bags(self) -> int:
        """How many bags stand on the page."""
        return sum(len(line.bags_g) for line in self.lines)

    @property
    def gross_g(self) -> int:
        """Grams of all lines with the bags."""
        return sum(sum(line.bags_g) for line in self.lines)

    @property
    def sum_g(self) -> int:
        """Grams of all lines without the bags."""
        return self.gross_g - self.tare_each_g * self.bags
