"""The colours of the paper: the tokens of the web pages, so that a printed page and a phone page are of one kind."""

from __future__ import annotations

from typing import Final

from reportlab.lib.colors import Color, HexColor

PAPER: Final[Color] = HexColor("#fbfaf5")
INK: Final[Color] = HexColor("#1c211b")
QUIET: Final[Color] = HexColor("#5f655c")  # labels and second languages: 5.7:1 on paper, still dark in grey print
LEAF: Final[Color] = HexColor("#1e6b45")
CLAY: Final[Color] = HexColor("#b0482c")
AMBER: Final[Color] = HexColor("#9a6a00")
RIVER: Final[Color] = HexColor("#23608f")
LINE: Final[Color] = HexColor("#d9d6cb")
STRUCK: Final[Color] = HexColor("#a9a79d")  # through unused places
FAINT: Final[Color] = HexColor("#e9e6dc")  # the repeating line with the lot number
WHITE: Final[Color] = HexColor("#ffffff")
BLACK: Final[Color] = HexColor("#000000")
