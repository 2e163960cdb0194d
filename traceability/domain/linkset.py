"""What a number leads to, in the words of the standards: linksets (RFC 9264) with the link types of GS1.

Sources: STANDARDS B.4 (resolver conformance 1.2). Nothing here needs a GS1 number: a public code is an anchor too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any, Final

from traceability.domain.text import shown
from traceability.errors import NotFound

MEDIA_TYPE: Final = "application/linkset+json"
CONTEXT: Final = "https://ref.gs1.org/standards/resolver/linkset-context"
VOCABULARY: Final = "https://ref.gs1.org/voc/"
WHOLE_SET: Final = frozenset({"linkset", "all"})  # `all` was its name until resolver 1.1

_TYPE_ASKED: Final = re.compile(r"(?:gs1:|https?://(?:ref\.gs1\.org|(?:www\.)?gs1\.org)/voc/)?([A-Za-z]+)")


class Rel(StrEnum):
    """How a target belongs to what was scanned: GS1's link types, and two that are registered for the whole web."""

    DEFAULT = "defaultLink"
    PIP = "pip"  # "product information page"
    TRACEABILITY = "traceability"
    RECALL_STATUS = "recallStatus"
    CERTIFICATION = "certificationInfo"
    VERIFICATION = "verificationService"
    LOCATION = "locationInfo"
    MASTER_DATA = "masterData"
    ITEM = "item"  # RFC 6573: a member of what was scanned, here a batch of the article
    RELATED = "related"  # RFC 4287: here the drawing of the QR code

    @property
    def key(self) -> str:
        """Its name in a linkset: a whole address unless it is registered."""
        return str(self) if self in _REGISTERED else VOCABULARY + self


_REGISTERED: Final = frozenset({Rel.ITEM, Rel.RELATED})


class NoSuchLink(NotFound):
    """There is no link of the kind {kind} for this number. Ask for linkType=linkset to see those that there are."""


@dataclass(frozen=True)
class Link:
    """One target. A default link has a title and nothing more, as the standard wants it."""

    rel: Rel
    href: str
    title: str
    media_type: str = ""
    language: str = ""


@dataclass(frozen=True)
class Anchor:
    """What was scanned, at one level: a box, its lot, the article, a pallet, a place, an organisation."""

    address: str
    about: str
    links: tuple[Link, ...]


def linkset(anchors: Iterable[Anchor]) -> dict[str, Any]:
    """The document that a machine gets: every anchor from the finer to the coarser, with all its links by kind."""
    return {"linkset": [_context_of(anchor) for anchor in anchors]}


def rel_asked(link_type: str) -> Rel:
    """The kind of link meant by `gs1:pip`, `pip` or the whole address of it. Raises NoSuchLink for any other."""
    typed = _TYPE_ASKED.fullmatch(link_type)
    meant = typed[1] if typed else ""
    if meant not in set(Rel) - _REGISTERED:
        raise NoSuchLink(kind=shown(link_type))
    return Rel(meant)


def chosen(links: Iterable[Link], language: str, quality: Callable[[str], float]) -> list[Link]:
    """Of links of one kind those that fit the asker best; several only when nothing tells them apart.

    The reader's language comes before the kind of document, and where there is none in it, the language that is named
    first is taken; `quality` says how welcome a media type is, and of two that are equally welcome the one that is
    named first wins. What is in that language by name comes before what asks its reader once more.
    """
    found = list(links)
    spoken = {link.language for link in found}
    there = language if language in spoken else next((link.language for link in found if link.language), "")
    fitting = [link for link in found if link.language in ("", there)]
    kinds = list(dict.fromkeys(link.media_type for link in fitting))
    best = max(kinds, key=lambda kind: quality(kind) if kind else 1.0, default="")
    fittest = [link for link in fitting if link.media_type == best]
    return [link for link in fittest if link.language] or fittest


def _context_of(anchor: Anchor) -> dict[str, Any]:
    links = sorted(anchor.links, key=lambda link: list(Rel).index(link.rel))
    by_rel = groupby(links, key=lambda link: link.rel)
    targets = {rel.key: [_target(link) for link in some] for rel, some in by_rel}
    return {"anchor": anchor.address, "itemDescription": anchor.about, **targets}


def _target(link: Link) -> dict[str, Any]:
    target: dict[str, Any] = {"href": link.href, "title": link.title}
    if link.media_type:
        target["type"] = link.media_type
    if link.language:
        target["hreflang"] = [link.language]
    return target


def header_link(href: str, rel: str, media_type: str) -> str:
    """One value of the HTTP header `Link` (RFC 8288)."""
    return f'<{href}>; rel="{rel}"; type="{media_type}"'


def description(supported: Sequence[str], root: str, name: str) -> dict[str, Any]:
    """The file `/.well-known/gs1resolver`, in which a resolver says what it resolves."""
    return {
        "name": name,
        "resolverRoot": root,
        "supportedPrimaryKeys": list(supported),
        "supportedLinkType": [{"namespace": VOCABULARY, "prefix": "gs1:"}],
        "linkTypeDefaultCanBeLinkset": False,
        "jsonLdContextLocation": CONTEXT,
    }
