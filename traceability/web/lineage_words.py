"""The words of the lineage: beside the bars of the picture, and every way from lot to lot as a sentence."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from traceability.documents.lineage_picture import Bar, Picture
from traceability.domain.dossier import Dossier, LineageNode, Place
from traceability.domain.flow import Flow, Part
from traceability.domain.schemes import scheme_words
from traceability.web.journey_words import place_words
from traceability.words import N_, isolated, mass, ntranslate, percent, translate

FIRST, SECOND = 25, 29  # letters that fit beside a bar, in the widest of the usual typefaces
DOT = " · "


class Label(NamedTuple):
    """The words beside a bar of the picture, and the page that says why: none of the batch itself."""

    bar: Bar
    x: str
    width: str
    first: str
    second: str
    key: str


def labels(picture: Picture, dossier: Dossier, language: str) -> Iterator[Label]:
    """What every bar is and weighs, and whose it is, cut to the room there is."""
    for bar in picture.bars:
        size = f"{bar.x / 100:g}", f"{bar.width / 100:g}"
        if bar.part is None:
            words = translate(language, N_("This batch")), f"{mass(language, dossier.mass_g)} · {dossier.lot_number}"
            yield Label(bar, *size, words[0], cut(words[1], SECOND), "")
            continue
        amount = f"{mass(language, bar.part.mass_g)} · {percent(language, bar.part.tenths)}"
        yield Label(bar, *size, _beside(language, bar.part), cut(amount, SECOND), bar.part.key)


def _beside(language: str, part: Part) -> str:
    """What a part is called in the room beside its bar: a name is cut before a number is."""
    if part.kind in ("village", "cooperative"):
        name, farms = _group(language, part)
        name = isolated(language, cut(name, FIRST - sum(map(_room, DOT + farms))))
        return DOT.join(some for some in (name, farms) if some)
    about = whose(language, part.whose) if part.kind == "lots" else ""
    return cut(DOT.join(some for some in (called(language, part), about) if some), FIRST)


def called(language: str, part: Part) -> str:
    """A farm, some farms of one village or cooperative, a lot, some lots, a place, what a claim can be made of."""
    if part.kind == "farm":
        return part.name or translate(language, N_("Farm {number}"), number=part.label)
    if part.kind == "place":
        return place_words(language, Place(*part.where)) or translate(language, N_("place not recorded"))
    if part.kind == "claim":
        scheme = translate(language, scheme_words(part.name))
        return translate(language, N_("From certified farms: {scheme}"), scheme=scheme)
    if part.kind == "lot":
        return translate(language, N_("Lot {number}"), number=part.name)
    if part.kind == "direct":
        return translate(language, N_("Straight into this batch"))
    if part.kind == "lots":
        if not part.whose:
            return ntranslate(language, N_("{n} other lot"), N_("{n} other lots"), part.many)
        return ntranslate(language, N_("{n} lot"), N_("{n} lots"), part.many)
    if part.kind == "farms":
        return ntranslate(language, N_("{n} other farm"), N_("{n} other farms"), part.many)
    name, farms = _group(language, part)
    return DOT.join(some for some in (isolated(language, name), farms) if some)


def _group(language: str, part: Part) -> tuple[str, str]:
    """The village or the cooperative of some farms, and how many they are."""
    name = part.name or part.whose.get(language) or part.whose.get("en", "")
    return name, ntranslate(language, N_("{n} farm"), N_("{n} farms"), part.many)


def whose(language: str, names: Mapping[str, str]) -> str:
    """The name of an organisation in the reader's language."""
    return names.get(language) or isolated(language, names.get("en", ""))


def bands(flow: Flow, language: str) -> list[str]:
    """Every band of the picture as a sentence."""
    sources, lots = ([called(language, part) for part in parts] for parts in (flow.sources, flow.lots))
    said = N_("{mass_g} from {parent} to {child}")
    return [
        translate(language, said, mass_g=band.mass_g, parent=sources[band.source], child=lots[band.lot])
        for band in flow.bands
    ]


def ways(dossier: Dossier, language: str) -> list[str]:
    """Every way from lot to lot as a sentence, in full."""
    owner = {node.code: node.organisation for node in dossier.nodes}
    names = {node.code: _node(language, node) for node in dossier.nodes}
    sentences = []
    for edge in dossier.edges:
        known = isolated(language, owner[edge.parent])
        said = {"parent": f"{names[edge.parent]} ({known})", "child": names[edge.child]}
        sentences.append(translate(language, N_("{mass_g} from {parent} to {child}"), mass_g=edge.mass_g, **said))
    return sentences


def cut(text: str, room: int) -> str:
    """`text` cut to about `room` Latin letters."""
    taken = 0
    for place, sign in enumerate(text):
        taken += _room(sign)
        if taken > room:
            return text[:place].rstrip() + "…"
    return text


def _room(sign: str) -> int:
    """Chinese counts double, marks and signs of direction count nothing."""
    if unicodedata.category(sign) in ("Mn", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _node(language: str, node: LineageNode) -> str:
    """What a node stands for: some farms, a lot, the batch."""
    if node.kind == "origins":
        return ntranslate(language, N_("{n} farm"), N_("{n} farms"), node.farms)
    if node.kind == "batch":
        return translate(language, N_("This batch"))
    return translate(language, N_("Lot {number}"), number=node.number)
