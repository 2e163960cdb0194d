"""Methods of saying where a lot comes from, side by side: each is a rule over values, exact to the gram.

Pro rata is `domain.lineage`. Here are first in first out, the account of a mass balance, and which method a chain of
custody allows (ISO 22095). Masses are followed in `PARTS_OF_A_GRAM`, as there; a queue is cut at running sums, so that
no part of a gram is lost or made however often it is cut and scaled.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Generic, TypeVar

from traceability.domain.custody import Custody
from traceability.domain.lineage import PARTS_OF_A_GRAM, Ordered
from traceability.errors import Sentence
from traceability.words import N_


class Method(StrEnum):
    """How origins are computed, in the order in which they are shown."""

    PRO_RATA = "pro_rata"
    FIRST_IN_FIRST_OUT = "first_in_first_out"
    IDENTITY_PRESERVED = "identity_preserved"
    MASS_BALANCE = "mass_balance"
    IN_EXCESS = "in_excess"


METHOD_NAMES: Mapping[Method, str] = {
    Method.PRO_RATA: N_("By mass"),
    Method.FIRST_IN_FIRST_OUT: N_("First in, first out"),
    Method.IDENTITY_PRESERVED: N_("Identity preserved"),
    Method.MASS_BALANCE: N_("Mass balance"),
    Method.IN_EXCESS: N_("Could be in it"),
}

NOT_ALLOWED: Final = N_("The chain of custody does not allow it: the goods themselves were kept apart.")
SEVERAL_ORIGINS: Final = N_("It does not hold: {n} origins are in it.")
NO_ORIGIN: Final = N_("No delivery stands behind this lot.")
NO_CROP_YEAR: Final = N_("The lot has no crop year.")
NOTHING_ENTERED: Final = N_("Nothing entered the account in this period.")
ACCOUNT_GOES_ON: Final = N_(
    "Its account goes on after the batch is sealed, so its shares cannot be kept with the batch."
)
NO_SHARES: Final = N_("It names everybody who could be in it, not how many grams of each.")


class Period(StrEnum):
    """How long an account of a mass balance runs before it is closed."""

    QUARTER = "quarter"
    CROP_YEAR = "crop_year"


class By(StrEnum):
    """What the grams of a lot are counted by."""

    FARM = "farm"
    PLOT = "plot"
    ORGANISATION = "organisation"
    INPUT = "input"
    DAY = "day"


BY_NAMES: Mapping[By, str] = {
    By.FARM: N_("By farm"),
    By.PLOT: N_("By plot"),
    By.ORGANISATION: N_("By organisation"),
    By.INPUT: N_("By what went in"),
    By.DAY: N_("By day of delivery"),
}

PERIOD_NAMES: Mapping[Period, str] = {Period.QUARTER: N_("Quarter"), Period.CROP_YEAR: N_("Crop year")}

Node = TypeVar("Node")
Origin = TypeVar("Origin", bound=Ordered)


@dataclass(frozen=True)
class Movement(Generic[Node]):
    """One event as queues see it: grams taken from the front of some, in this order, and put at the end of others."""

    takes: Sequence[tuple[Node, int]]
    gives: Sequence[tuple[Node, int]]


class _Queue(Generic[Origin]):
    """What lies in a lot, the first to go out first: segments of an origin and its parts of a gram."""

    def __init__(self) -> None:
        self._segments: deque[tuple[Origin, int]] = deque()

    def put(self, segments: Iterable[tuple[Origin, int]]) -> None:
        """Lay segments behind the others; neighbours of one origin become one."""
        for origin, parts in segments:
            if self._segments and self._segments[-1][0] == origin:
                parts += self._segments.pop()[1]
            if parts:
                self._segments.append((origin, parts))

    def take(self, parts: int) -> list[tuple[Origin, int]]:
        """The first `parts`, or all there is."""
        taken: list[tuple[Origin, int]] = []
        while parts and self._segments:
            origin, held = self._segments.popleft()
            if held > parts:
                self._segments.appendleft((origin, held - parts))
                held = parts
            taken.append((origin, held))
            parts -= held
        return taken


def first_in_first_out(
    grown: Mapping[Node, tuple[Origin, int]], movements: Iterable[Movement[Node]], asked: Node
) -> dict[Origin, int]:
    """What `asked` was made of when each withdrawal takes what came in first, in parts of a gram per origin.

    `grown` are the deliveries with whose they are and their grams; `movements` come in the order of the journal. What
    one event makes shares one sequence, stretched or shrunk to the grams that came out; what comes home lies last.
    """
    queues: dict[Node, _Queue[Origin]] = {}
    made: dict[Node, list[tuple[Origin, int]]] = {}
    for lot, (origin, mass) in grown.items():
        made[lot] = [(origin, mass * PARTS_OF_A_GRAM)]
        queues[lot] = _Queue()
        queues[lot].put(made[lot])
    for movement in movements:
        hand: list[tuple[Origin, int]] = []
        for lot, mass in movement.takes:
            if lot in queues:
                hand += queues[lot].take(mass * PARTS_OF_A_GRAM)
        for lot, mass in movement.gives:
            segments = scaled(hand, mass * PARTS_OF_A_GRAM)
            made.setdefault(lot, segments)
            queues.setdefault(lot, _Queue()).put(segments)
    found: dict[Origin, int] = {}
    for origin, parts in made.get(asked, ()):
        found[origin] = found.get(origin, 0) + parts
    return found


def scaled(segments: Sequence[tuple[Origin, int]], total: int) -> list[tuple[Origin, int]]:
    """The same sequence made longer or shorter: it sums to exactly `total` unless it is empty."""
    whole = sum(parts for _, parts in segments)
    if not whole or whole == total:
        return list(segments)
    found, ran, end = [], 0, 0
    for origin, parts in segments:
        ran += parts
        start, end = end, ran * total // whole
        found.append((origin, end - start))
    return found


@dataclass(frozen=True)
class BalanceAccount:
    """A mass balance account over one period: what entered, what left it, and what may still be sealed."""

    first: date | None  # None for a crop year, whose days nobody wrote down
    last: date | None
    crop_year: str
    credit_g: int
    debit_g: int  # sealed from it
    passed_on_g: int = 0  # dispatched unsealed to other organisations: it entered their accounts

    @property
    def left_g(self) -> int:
        """Grams that may still be sealed; below zero when the account is overdrawn."""
        return self.credit_g - self.debit_g - self.passed_on_g

    @property
    def overdrawn(self) -> bool:
        """More was sealed or passed on than had come in."""
        return self.left_g < 0


def quarter_of(day: date) -> tuple[date, date]:
    """The first and the last day of the calendar quarter that a day is in."""
    month = (day.month - 1) // 3 * 3 + 1
    first = date(day.year, month, 1)
    after = date(day.year + 1, 1, 1) if month == 10 else date(day.year, month + 3, 1)
    return first, after - timedelta(days=1)


def refusal_of(method: Method, custody: Custody, origins: int) -> Sentence | None:
    """Why a method says nothing of a lot of this chain of custody and that many origins; None when it does.

    The two physical methods need goods that were followed; a balance may only be used where goods may be mixed with
    others (ISO 22095), and a declaration in excess is always allowed, because it leaves nobody out.
    """
    if not origins and method is not Method.MASS_BALANCE:
        return Sentence(NO_ORIGIN)
    if method is Method.IDENTITY_PRESERVED and origins > 1:
        return Sentence(SEVERAL_ORIGINS, {"n": origins})
    if method is Method.MASS_BALANCE and custody is not Custody.MASS_BALANCE:
        return Sentence(NOT_ALLOWED)
    return None


def refusal_to_count(method: Method, custody: Custody, origins: int) -> Sentence | None:
    """Why a method may not be the one that counts for a batch; None when its owner may declare it.

    What counts is frozen with the batch, so it has to be shares that sum to the batch and follow from what the batch
    is made of. The account of a mass balance goes on: deliveries that enter it later, and corrections of farms whose
    fruit is in no lot above the batch, change what it says. A declaration in excess names more than there is.
    """
    if method is Method.PRO_RATA:
        return None  # what counts when nothing is declared
    refusal = refusal_of(method, custody, origins)
    if refusal is None and method is Method.MASS_BALANCE:
        return Sentence(ACCOUNT_GOES_ON)
    if refusal is None and method is Method.IN_EXCESS:
        return Sentence(NO_SHARES)
    return refusal


def counting(declared: Method, origins: int) -> Method:
    """The method that counts of a batch that holds that many origins: the declared one.

    But one single origin is preserved no more when a delivery in it turned out to be of another: then mass counts.
    """
    return Method.PRO_RATA if declared is Method.IDENTITY_PRESERVED and origins > 1 else declared
