"""What a request may look like before anything of ours sees it.

waitress reads headers with patterns that try every way of sharing out blanks: eight thousand of them took more than a
second, a quarter of a megabyte most of an hour, in the one thread that reads for everybody.
"""

from __future__ import annotations

import re
from typing import Any, Final

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ErrorTask
from waitress.utilities import BadRequest

from traceability.web.security import HEADERS

MOST_HEADERS: Final = 65_536  # bytes, the address among them; nginx passes on half of it
_LONGEST_LINE: Final = 8_192  # of the lines between the pieces of a body that comes in pieces, and behind them
_MANY_BLANKS: Final = re.compile(rb"[ \t]{65}")


class Reader(HTTPRequestParser):  # type: ignore[misc]  # waitress publishes no types
    """Reads one request, and refuses early what would take long to read."""

    completed: bool

    def parse_header(self, header_plus: bytes) -> None:
        if _MANY_BLANKS.search(header_plus):
            raise ParsingError("Too many blanks")
        super().parse_header(header_plus)

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if self.chunked and not self.completed:
            lines = self.body_rcv
            if len(lines.control_line) > _LONGEST_LINE or len(lines.trailer) > _LONGEST_LINE:
                self.error = BadRequest("Too long a line")
                self.completed = True
        return consumed


class Refused(ErrorTask):  # type: ignore[misc]
    """What could not be read is told with the headers of every other answer."""

    def execute(self) -> Any:
        self.response_headers.extend([*HEADERS.items(), ("Cache-Control", "no-store")])
        return super().execute()
