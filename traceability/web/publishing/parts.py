"""The files that stand together: of a batch with its pallets, of a place, of an article, and of everything else.

The serials of single boxes are not among them. A folder that holds them all would tell whoever reads it which labels
count, and a file can neither count its readers nor say that a label is read too widely: the application is asked, and
where there is none, a page of the batch says that its boxes cannot be looked up here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlencode

from traceability import paths
from traceability.documents.qr import DRAWINGS
from traceability.domain.linkset import Rel
from traceability.exports.site import File
from traceability.queries.pallets import PalletSeen
from traceability.queries.published import Located, Numbers, Published
from traceability.web.anchors import TARGETS
from traceability.web.boxes import IN_FILES
from traceability.web.publishing.answers import CHOSEN, Answers, Standing
from traceability.web.publishing.maps import (
    address_of,
    code_map,
    folder_of,
    link_map,
    pallet_map,
    place_of,
    place_of_shared,
)
from traceability.web.publishing.refusals import refusals

_PAPERS: Final = re.compile(r"/papers/[0-9A-Z]+")
_SUMS: Final = re.compile(r"/why/[a-z0-9A-Z-]+")  # below the address of a batch


def of_batch(answers: Answers, batch: Published) -> Iterator[File]:
    """What is scanned and checked of a batch as it stands now, and what its labels and pallets lead to."""
    address = f"/b/{batch.code}"
    yield from _attached(answers, address)
    yield from _pages(answers, address, address)
    yield from answers.file(f"{address}.json", f"b/{batch.code}.json")
    # the newest by its number: nginx knows by these files which versions there are
    yield from answers.file(
        f"{address}.json", f"b/{batch.code}/versions/{batch.version}.json", f"version={batch.version}"
    )
    yield from _numbered(answers, batch.code, batch.version, f"{address}/verify")
    for drawing in DRAWINGS:
        yield from answers.file(f"{address}/{drawing}", f"{address}/{drawing}"[1:])
    yield from answers.linksets(address, address[1:])
    yield from answers.for_plain_servers(address, address[1:], under=f"B/{batch.code}")  # as QR codes spell it
    for name in IN_FILES if batch.has_numbered_boxes else IN_FILES[1:]:
        yield from answers.of_any_box(f"{address}/21/{name}", f"{address}/21/{name}"[1:])
    for link in batch.links:
        yield from _leading_on(answers, folder_of(link), address)
    for pallet in batch.pallets:
        yield from _pallet(answers, pallet)
    yield from answers.paper(f"{address}/certificate.pdf", f"{address}/certificate.pdf"[1:])


def earlier_of(answers: Answers, batch: Published) -> Iterator[File]:
    """The same of the versions before: papers that name one are still about."""
    address = f"/b/{batch.code}"
    for version in batch.earlier:
        place, query = f"{address}/versions/{version}", f"version={version}"
        yield from _pages(answers, address, place, query)
        yield from answers.file(f"{address}.json", f"{place[1:]}.json", query)
        yield from _numbered(answers, batch.code, version, f"{place}/verify")
        yield from answers.paper(f"{address}/certificate.pdf", f"{place}/certificate.pdf"[1:], query)


def _attached(answers: Answers, address: str) -> Iterator[File]:
    """The photos and papers that the page links to: whole, in its head, and in its strip."""
    links = set(_below(answers, address, address))
    for path in sorted(links):
        if _PAPERS.fullmatch(path):
            yield from answers.attached(f"{address}{path}")
        elif path.startswith("/papers/"):
            yield from answers.file(f"{address}{path}", f"{address}{path}"[1:])


def _pages(answers: Answers, address: str, place: str, query: str = "") -> Iterator[File]:
    """The page of a batch, and the one that checks a paper, in every language."""
    for path in ("", "/verify"):
        yield from answers.in_languages(f"{address}{path}", f"{place}{path}"[1:], query)


def _numbered(answers: Answers, code: str, version: int, address: str) -> Iterator[File]:
    """What the QR of a certificate leads to, in small letters too: where that very version is checked."""
    for letter in ("B", "b"):
        yield from answers.leading(f"{letter}/{code}-{version}", address)


def sums_of(answers: Answers, batch: Published, standing: Standing) -> Iterator[File]:
    """The sums behind a batch's page, in every version: many pages, written after all others.

    Of those that are `standing` with the same sums only the band is written anew, which says how the batch stands.
    """
    address = f"/b/{batch.code}"
    versions = [(f"{address}/versions/{version}", f"version={version}") for version in batch.earlier]
    why = f"{address}/why"
    for place, query in ((address, ""), *versions):
        yield from answers.in_languages(why, f"{place}/why"[1:], query)
    for place, query in ((address, ""), *versions):
        linked = (path for page in (address, why) for path in _below(answers, address, page, query))
        for path in sorted(set(filter(_SUMS.fullmatch, linked))):
            yield from answers.under_band(why, f"{address}{path}", f"{place}{path}"[1:], query, standing)


def links_of(answers: Answers, batch: Published) -> Iterator[File]:
    """All links of the lot numbers on the labels of a batch; they name the other batches of the article too."""
    for numbers in batch.links:
        place = place_of(numbers, f"/b/{batch.code}")
        yield from answers.linksets(address_of(numbers), place[1:])


def _below(answers: Answers, address: str, page: str, query: str = "") -> Iterator[str]:
    """Where a page leads to below the address of its batch."""
    for path in answers.ask(page, query).links():
        if path.startswith(f"{address}/"):
            yield path.removeprefix(address)


def _pallet(answers: Answers, pallet: PalletSeen) -> Iterator[File]:
    address = f"/pallet/{pallet.code}"
    yield from answers.in_languages(address, address[1:], shelves=CHOSEN)
    yield from answers.file(f"{address}.json", f"{address}.json"[1:])
    yield from answers.linksets(address, address[1:])
    yield from answers.leading(f"PALLET/{pallet.code}", address)
    if pallet.sscc:
        yield from _labelled(answers, f"/00/{pallet.sscc}", address)


def of_whereabouts(answers: Answers, place: Located) -> Iterator[File]:
    """The page of a place or an organisation."""
    yield from answers.in_languages(place.address, place.address[1:], shelves=CHOSEN)
    yield from answers.linksets(place.address, place.address[1:])
    for link in place.links:
        yield from _labelled(answers, link, place.address)


def of_article(answers: Answers, gtin: str, shared: Sequence[Numbers]) -> Iterator[File]:
    """The list of the batches of an article, also for a lot that nobody knows, and for one that several batches say."""
    address = f"/gtin/{gtin}"
    yield from answers.in_languages(address, address[1:])
    yield from answers.in_languages(address, f"{address}/unknown"[1:], "10=--")
    yield from answers.linksets(f"/01/{gtin}", address[1:])
    yield from _leading_on(answers, f"01/{gtin}", address)
    for numbers in shared:
        label, place = address_of(numbers), place_of_shared(numbers)[1:]
        yield from answers.in_languages(address, f"{place}/list", urlencode({"10": numbers[1]}))
        yield from answers.linksets(label, place)
        for kind in dict.fromkeys(target.rel for target in TARGETS if target.rel is not Rel.RELATED):
            yield from answers.choices(label, place, kind)
        yield from _leading_on(answers, folder_of(numbers), address)


def of_the_rest(
    answers: Answers, batches: Sequence[Published], shared: Sequence[Numbers], places: Sequence[Located]
) -> Iterator[File]:
    """What belongs to no batch."""
    yield from answers.in_languages("/find", "find")
    yield from refusals(answers)
    yield from answers.file("/.well-known/gs1resolver", ".well-known/gs1resolver")
    yield from answers.file("/robots.txt", "robots.txt")
    for path in sorted(paths.STATIC.rglob("*")):
        if path.is_file() and not path.is_relative_to(paths.STATIC / "offline"):  # the phones of staff
            name = f"static/{path.relative_to(paths.STATIC).as_posix()}"
            yield from answers.file(f"/{name}", name)
    yield from answers.made(".links.map", link_map(batches, shared, places))
    yield from answers.made(".pallets.map", pallet_map(batches))
    yield from answers.made(".codes.map", code_map(batches, places))


def _labelled(answers: Answers, label: str, address: str) -> Iterator[File]:
    """What the number of a pallet or a place answers."""
    yield from answers.linksets(label, f"{address}{label}"[1:])
    yield from _leading_on(answers, label[1:], address)


def _leading_on(answers: Answers, folder: str, address: str) -> Iterator[File]:
    """What a Digital Link answers where no server leads on."""
    if folder:
        yield from answers.leading(folder, address)
