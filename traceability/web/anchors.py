"""What each kind of number leads to: the links of an article, a lot, a box, a pallet, a place and an organisation.

Every target is an address of this site, made of `TRACEABILITY_PUBLIC_URL` and of codes in the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple
from urllib.parse import urlencode

from traceability.domain.gs1 import digital_link, element_link
from traceability.domain.linkset import Anchor, Link, Rel
from traceability.queries.gs1 import Whereabouts
from traceability.queries.pallets import PalletSeen
from traceability.queries.resolving import Scanned
from traceability.web.language import current_language
from traceability.web.pages import config
from traceability.words import LANGUAGES, N_, PUBLIC_LANGUAGES, named, translate

HTML, JSON = "text/html", "application/json"


class Target(NamedTuple):
    """One address below the page of a batch, and what it is to somebody who scanned its label."""

    rel: Rel
    suffix: str
    title: str  # an English msgid
    media_type: str
    languages: tuple[str, ...] = ("",)  # there is one of it in each of these; "" is one for all


TARGETS: Final = (
    Target(Rel.PIP, "", N_("Where it comes from"), HTML, ("", *PUBLIC_LANGUAGES)),  # "" is what the default leads to
    Target(Rel.TRACEABILITY, "", N_("Where it comes from"), HTML, PUBLIC_LANGUAGES),
    Target(Rel.TRACEABILITY, ".json", N_("Where it comes from"), JSON),
    Target(Rel.RECALL_STATUS, "", N_("Holds and recalls"), HTML, PUBLIC_LANGUAGES),
    Target(Rel.RECALL_STATUS, ".json", N_("Holds and recalls"), JSON),
    Target(Rel.CERTIFICATION, "/certificate.pdf", N_("Batch origin certificate"), "application/pdf", LANGUAGES),
    Target(Rel.VERIFICATION, "/verify", N_("Check a printed certificate"), HTML, PUBLIC_LANGUAGES),
    Target(Rel.RELATED, "/qr.svg", N_("QR code"), "image/svg+xml"),
    Target(Rel.RELATED, "/qr.png", N_("QR code"), "image/png"),
)


def of_lot(gtin: str, lot: str, batches: Sequence[Scanned]) -> Anchor:
    """A lot of an article: its batch, or the choice where two organisations say the same."""
    address = digital_link(root(), gtin, lot)
    default = page_of(batches[0]) if len(batches) == 1 else f"{article_address(gtin)}?{urlencode({'10': lot})}"
    links = batch_links(batches, default)
    if len(batches) > 1:
        links += (Link(Rel.PIP, default, links[0].title, HTML),)
    return Anchor(address, " / ".join(about(batch) for batch in batches), links)


def of_article(gtin: str, batches: Sequence[Scanned]) -> Anchor:
    """The article leads to the list of its batches, and a machine learns each of them as its member."""
    address = article_address(gtin)
    pages = in_languages(
        (Rel.PIP,), address, {language: _article_title(gtin, language) for language in PUBLIC_LANGUAGES}
    )
    members = [Link(Rel.ITEM, page_of(batch), about(batch), HTML) for batch in batches]
    default = Link(Rel.DEFAULT, address, _article_title(gtin, current_language()))
    product = named(current_language(), batches[0].product.by_language)
    return Anchor(digital_link(root(), gtin), product, (default, *pages, *members))


def of_batch(batch: Scanned) -> Anchor:
    """A batch by its own public code."""
    return Anchor(page_of(batch), about(batch), batch_links([batch], page_of(batch)))


def of_box(batch: Scanned, serial: str, *, gtin: str = "", lot: str = "") -> Anchor:
    """One box of a batch: its own page, and all that there is to see of the batch."""
    address = box_page(batch.code, serial)
    titles = {language: translate(language, N_("This box")) for language in PUBLIC_LANGUAGES}
    pages = in_languages((Rel.PIP,), address, titles)
    default = Link(Rel.DEFAULT, address, titles[current_language()])
    rest = [link for link in batch_links([batch], "") if link.rel not in (Rel.DEFAULT, Rel.PIP)]
    anchor = digital_link(root(), gtin, lot, serial) if gtin else address
    return Anchor(anchor, about(batch), (default, *pages, *rest))


def of_pallet(pallet: PalletSeen, batch: Scanned, *, by_code: bool = False) -> Anchor:
    """A pallet: its own page, the batch that stands on it, and all that there is to see of that."""
    address = f"{root()}/pallet/{pallet.code}"
    titles = {language: translate(language, N_("Pallet")) for language in PUBLIC_LANGUAGES}
    pages = in_languages((Rel.PIP,), address, titles)
    default = Link(Rel.DEFAULT, address, titles[current_language()])
    member = Link(Rel.ITEM, page_of(batch), about(batch), HTML)
    rest = [link for link in batch_links([batch], "") if link.rel not in (Rel.DEFAULT, Rel.PIP)]
    anchor = address if by_code or not pallet.sscc else element_link(root(), {"00": pallet.sscc})
    return Anchor(anchor, about(batch), (default, *pages, member, *rest))


def of_whereabouts(found: Whereabouts, field: str = "") -> Anchor:
    """A place or an organisation: its page. `field` is the GS1 field it was asked for, none for its own code."""
    address = whereabouts_page(found)
    titles = {language: found.name.text(language) for language in PUBLIC_LANGUAGES}
    default = Link(Rel.DEFAULT, address, titles[current_language()])
    pages = in_languages((Rel.PIP, Rel.LOCATION if found.of else Rel.MASTER_DATA), address, titles)
    extension = {"254": found.extension} if found.extension else {}
    anchor = element_link(root(), {field: found.gln, **extension}) if field else address
    return Anchor(anchor, titles[current_language()], (default, *pages))


def batch_links(batches: Sequence[Scanned], default: str) -> tuple[Link, ...]:
    """Everything that there is to see of these batches; `default` is where somebody goes who asks for nothing."""
    title = translate(current_language(), TARGETS[0].title)
    links = [Link(Rel.DEFAULT, default, title)]
    for batch in batches:
        for target in TARGETS:
            address = page_of(batch) + target.suffix
            for language in target.languages:
                said_in = language or current_language()
                told = f"{translate(said_in, target.title)} · {batch.number} · {batch.issuer.text(said_in)}"
                links.append(Link(target.rel, _chosen(address, language), told, target.media_type, language))
    return tuple(links)


def in_languages(rels: Iterable[Rel], address: str, titles: dict[str, str]) -> list[Link]:
    """One page under each of these kinds of link: in the language of whoever comes, and in every one by name."""
    titled = {"": titles[current_language()], **titles}
    return [
        Link(rel, _chosen(address, language), title, HTML, language)
        for rel in rels
        for language, title in titled.items()
    ]


def _chosen(address: str, language: str) -> str:
    """An address in a language; without one, in that of whoever comes."""
    return f"{address}?l={language}" if language else address


def about(batch: Scanned) -> str:
    """A batch in a few words."""
    language = current_language()
    said = (named(language, batch.product.by_language), batch.brand, batch.number, batch.issuer.text(language))
    return " · ".join(part for part in said if part)


def page_of(batch: Scanned) -> str:
    """The address of a batch."""
    return f"{root()}/b/{batch.code}"


def box_page(code: str, serial: str) -> str:
    """The address of one box."""
    return f"{root()}/b/{code}/21/{serial}"


def whereabouts_page(found: Whereabouts) -> str:
    """The address of a place or an organisation."""
    return f"{root()}/{'place' if found.of else 'organisation'}/{found.code}"


def article_address(gtin: str) -> str:
    """The address of the list of an article's batches."""
    return f"{root()}/gtin/{gtin}"


def root() -> str:
    """The address of this site."""
    return config().public_url.rstrip("/")


def _article_title(gtin: str, language: str) -> str:
    return translate(language, N_("Article {number}"), number=gtin)
