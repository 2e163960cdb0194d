"""What files alone answer otherwise than the application does, and why that is right: nothing else may differ."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from tests.web.publishing.answers import Asked, Told

SERIAL: Final = r"/21/([0-9A-Za-z]{20})([/?]|$)"


class Difference(NamedTuple):
    """`covers` says whether what differs in these answers (files, application) is this and no more."""

    why: str
    covers: Callable[[Asked, Told, Told, set[str]], bool]


def _of_box(asked: Asked, files: Told, app: Told, names: set[str]) -> bool:
    if not re.search(r"/21/|[?&]21=", asked.address):
        return False
    looked_up = files.status == 503 and app.status in (200, 308)
    return looked_up or (files.status < 400 and names <= {"content", "link", "leads_to"} and files.status == app.status)


def _of_unknown_box(asked: Asked, files: Told, app: Told, names: set[str]) -> bool:
    return "/21/" in asked.address and files.status == app.status == 404 and names == {"content"}


def _of_letters(asked: Asked, files: Told, app: Told, names: set[str]) -> bool:
    box = re.search(SERIAL, asked.address)
    otherwise = box is not None and re.search("[a-zILO]", box[1]) is not None
    return otherwise and (files.status, app.status) in ((200, 308), (503, 308))


def _of_box_of_nobody(asked: Asked, files: Told, app: Told, names: set[str]) -> bool:
    return "/00000000/21/" in asked.address and files.status == 404 and app.status in (303, 308)


def _of_spelling(asked: Asked, files: Told, app: Told, names: set[str]) -> bool:
    there = re.search("/10/[^/?]*|/254/[^/?]*", asked.address)
    spelled = there is not None and there[0] not in app.link
    return spelled and names == {"link"} and files.status == app.status in (300, 307)


def _of_no_address(asked: Asked, files: Told, app: Told, names: set[str]) -> bool:
    return asked.address.endswith("/10/A%") and files.status == 400


def _of_nothing(asked: Asked, files: Told, app: Told, names: set[str]) -> bool:
    return asked.method in ("OPTIONS", "POST") and app.status in (404, 405) and files.status in (200, 405)


def _of_language(asked: Asked, files: Told, app: Told, names: set[str]) -> bool:
    return names == {"content"} and files.status == app.status and files.status in (404, 405)


def _of_find(asked: Asked, files: Told, app: Told, names: set[str]) -> bool:
    return (
        asked.address.startswith("/find?code=") and files.status == app.status == 404 and names <= {"kind", "content"}
    )


def _of_pasted(asked: Asked, files: Told, app: Told, names: set[str]) -> bool:
    return asked.address.startswith("/find?code=https%3A") and (files.status, app.status) == (404, 303)


DIFFERENCES: Final = (
    Difference("a pasted address that is not understood to its end is looked up by the application only", _of_pasted),
    Difference("single boxes are in no file: the page names the batch, and a program gets 503 with it", _of_box),
    Difference("the page for a number that is none of a box does not repeat it", _of_unknown_box),
    Difference("the number of a box in other letters is answered at once: nginx turns none into another", _of_letters),
    Difference(
        "a box of a batch that nobody knows is not found at once, without a step to its batch", _of_box_of_nobody
    ),
    Difference("the address of all links spells the label as it was asked for", _of_spelling),
    Difference("a broken address is refused by nginx before any of our words are read", _of_no_address),
    Difference("whether something else than reading is possible is told before whether there is anything", _of_nothing),
    Difference(
        "an address of no view is answered in the languages of labels, not only in those of staff", _of_language
    ),
    Difference("who looks up a code as a program is answered as one", _of_find),
)
