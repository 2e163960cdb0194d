"""The words of the lineage: beside the bars of the picture, and every way from lot to lot as a sentence."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from traceability.documents.lineage_picture import Bar, Picture
from traceability.domain.dossier import Dossier, LineageNode
from traceability.words import N_, mass, ntranslate, translate

FIRST, SECOND = 25, 29  # letters that fit beside a bar, in the widest of the usual typefaces


class Label(NamedTuple):
    """The words beside a bar of the picture."""

    bar: Bar
    first: str
    second: str


def labels(picture: Picture, language: str) -> list[Label]:
    """What every bar is and weighs, and whose it is, cut to the room there is."""
    found = []
    for bar in picture.bars:
        about = bar.node.number if bar.node.kind == "batch" else bar.node.organisation
        second = f"{mass(language, bar.node.mass_g)} · {about}"
        found.append(Label(bar, cut(_node(language, bar.node), FIRST), cut(second, SECOND)))
    return found


def ways(dossier: Dossier, language: str) -> list[str]:
    """Every way from lot to lot as a sentence: the picture for those who cannot see it, and in full."""
    whose = {node.code: node.organisation for node in dossier.nodes}
    called = {node.code: _node(language, node) for node in dossier.nodes}
    sentences = []
    for edge in dossier.edges:
        names = {"parent": f"{called[edge.parent]} ({whose[edge.parent]})", "child": called[edge.child]}
        sentences.append(translate(language, N_("{mass_g} from {parent} to {child}"), mass_g=edge.mass_g, **names))
    return sentences


def cut(text: str, room: int) -> str:
    """`text` cut to about `room` Latin letters: Chinese counts double, marks above and below count nothing."""
    taken = 0
    for place, sign in enumerate(text):
        if unicodedata.category(sign) != "Mn":
            taken += 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        if taken > room:
            return text[:place].rstrip() + "…"
    return text


def _node(language: str, node: LineageNode) -> str:
    """What a bar stands for: some farms, a lot, the batch."""
    if node.kind == "origins":
        return ntranslate(language, N_("{n} farm"), N_("{n} farms"), node.farms)
    if node.kind == "batch":
        return translate(language, N_("This batch"))
    return translate(language, N_("Lot {number}"), number=node.number)
