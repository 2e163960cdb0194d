"""What goods are packed in, as sentences say it: one for each unit, because no language builds them alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from traceability.errors import Sentence
from traceability.words import N_

COUNTS: Final[Mapping[str, tuple[str, str]]] = {
    "bag": (N_("{n} bag"), N_("{n} bags")),
    "box": (N_("{n} box"), N_("{n} boxes")),
    "carton": (N_("{n} carton"), N_("{n} cartons")),
    "crate": (N_("{n} crate"), N_("{n} crates")),
    "basket": (N_("{n} basket"), N_("{n} baskets")),
    "head": (N_("{n} head"), N_("{n} head")),
}
ANY_COUNT: Final = (N_("{n} unit"), N_("{n} units"))
_ONE_OF: Final[Mapping[str, str]] = {
    "bag": N_("Bag {n} of {total}"),
    "box": N_("Box {n} of {total}"),
    "carton": N_("Carton {n} of {total}"),
    "crate": N_("Crate {n} of {total}"),
    "basket": N_("Basket {n} of {total}"),
}
_SEVERAL: Final[Mapping[str, str]] = {
    "bag": N_("Bags {first} to {last}"),
    "box": N_("Boxes {first} to {last}"),
    "carton": N_("Cartons {first} to {last}"),
    "crate": N_("Crates {first} to {last}"),
    "basket": N_("Baskets {first} to {last}"),
}
_SEVERAL_OF: Final[Mapping[str, str]] = {
    "bag": N_("Bag {first} to {last} of {total}"),
    "box": N_("Box {first} to {last} of {total}"),
    "carton": N_("Carton {first} to {last} of {total}"),
    "crate": N_("Crate {first} to {last} of {total}"),
    "basket": N_("Basket {first} to {last} of {total}"),
}
_IN_HAND: Final[Mapping[str, str]] = {
    "bag": N_("The bag in your hand should show:"),
    "box": N_("The box in your hand should show:"),
    "carton": N_("The carton in your hand should show:"),
}


def one_of(unit: str, n: int, total: int) -> Sentence:
    """One unit of a batch: `Bag 12 of 26`."""
    return Sentence(_ONE_OF.get(unit, N_("Unit {n} of {total}")), {"n": n, "total": total})


def several(unit: str, first: int, last: int) -> Sentence:
    """Some in a row, both ends among them: `Bags 1 to 20`."""
    return Sentence(_SEVERAL.get(unit, N_("Units {first} to {last}")), {"first": first, "last": last})


def several_of(unit: str, first: int, last: int, total: int) -> Sentence:
    """The same with how many there are: `Bag 1 to 20 of 26`."""
    words = _SEVERAL_OF.get(unit, N_("Unit {first} to {last} of {total}"))
    return Sentence(words, {"first": first, "last": last, "total": total})


def in_hand(unit: str) -> str:
    """The msgid of what stands above the marks of the goods, with the word for what the reader holds."""
    return _IN_HAND.get(unit, N_("The goods in your hand should show:"))
