"""Whatever may be asked of the public side: addresses in all their spellings, and ways of asking."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from tests.web.publishing.answers import Asked
from tests.web.publishing.house import GLN, GTIN, OTHER, PLACE_GLN, House

VOC: Final = "https://ref.gs1.org/voc/"
KINDS: Final = (
    *(
        "linkset",
        "all",
        "gs1:pip",
        "pip",
        "gs1%3Apip",
        "gs1%3apip",
        f"{VOC}pip",
        quote(f"{VOC}pip", safe=""),
        "gs1:defaultLink",
    ),
    *("gs1:traceability", "traceability/recallStatus", "gs1:recallStatus", "gs1:certificationInfo"),
    *("gs1:verificationService", "gs1:masterData", "gs1:locationInfo", "gs1:item", "gs1:epcis", "", "nonsense"),
)
LINKSET: Final = "application/linkset+json"
BROWSER: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ACCEPTS: Final = (
    *("", "*/*", BROWSER, "application/json", LINKSET, f"{LINKSET}, */*", f"text/html, {LINKSET};q=0.5"),
    *(f"text/html;q=0.85, {LINKSET};q=0.9", f"{LINKSET};q=0", "application/json;q=0.5, text/html;q=0.45"),
    *("application/json;q=0.45, text/html;q=0.5", "application/*", "application/problem+json", "APPLICATION/JSON"),
    *(f"{LINKSET}; charset=utf-8", f'{LINKSET};profile="https://ref.gs1.org/x";q=0.9, text/html;q=0.5'),
    *("text/html;level=1", "application/json;charset=UTF-8", "text/html;q=0.5,application/json ; v=1 ;q=0.9"),
    *("text/html, application/json", "application/json, */*;q=0.1", "image/png", "application/jsonp", "text/*;q=0.3"),
)
LANGUAGES: Final = ("", "lo", "th", "es, ar;q=0.4, vi;q=0.7", "zh-Hans-CN")
METHODS: Final = ("HEAD", "OPTIONS", "POST")
NUMBER: Final = "/01/{}/10/{}"


def codes(house: House) -> Iterator[str]:
    """Our own codes, as labels, people and programs spell them."""
    code, dashed = house.ours, f"{house.ours[:4]}-{house.ours[4:]}"
    yield from (
        f"/b/{code}",
        f"/B/{code}",
        f"/b/{code.lower()}",
        f"/B/{dashed}",
        f"/b/{dashed.lower()}/",
        f"/b/{code}/",
    )
    yield from (f"/b/{code}-1", f"/B/{code.lower()}-2/", f"/b/{code[:4]}%20{code[4:]}", f"/b/{house.sidas}")
    yield from (f"/b/{code}?version=1", f"/b/{code}?version=9", f"/b/{code}?l=th", f"/b/{code.lower()}?l=lo&version=1")
    for one in (house.ours, house.sidas, *house.both):
        spelled = one.replace("0", "O").replace("1", "I", 1).replace("1", "l")  # of those that have such a sign
        yield from (f"/b/{spelled}", f"/B/{spelled}-1", f"/find?code={spelled}", f"/b/{spelled}?l=lo")
    yield f"/pallet/{house.pallet.replace('0', 'o').replace('1', 'L')}"
    yield from ("/b/00000000", "/b/ABCDEFGH", "/b/nonsense", f"/b/{code}-9", f"/b/{code}x")
    yield from (f"/pallet/{house.pallet}", f"/PALLET/{house.pallet}", f"/pallet/{house.pallet.lower()}?l=lo")
    yield from (f"/pallet/{house.pallet}/", f"/place/{house.world.mill}/?l=lo", f"/PALLET/{house.pallet.lower()}/")
    yield from (f"/pallet/{house.pallet}.json", f"/PALLET/{house.pallet.lower()}.json", "/pallet/00000000.json")
    yield from ("/pallet/00000000", "/pallet/nonsense", f"/place/{house.world.mill}", "/organisation/00000000")
    yield from (f"/PLACE/{house.world.mill}", f"/organisation/{house.world.cooperative.org_code.lower()}")
    yield f"/organisation/{house.world.cooperative.org_code}"


def below(house: House) -> Iterator[str]:
    """What stands below the address of a batch."""
    for code in (house.ours, house.ours.lower(), house.both[1], "00000000"):
        for path in (
            ".json",
            "/verify",
            "/why",
            "/certificate.pdf",
            "/qr.svg",
            "/qr.png",
            "/qr-600.png",
            "/qr-72.png",
            "/why/farm-01",
            "/why/",
            "/verify/",
            "/why/farm-01/?version=1",
            "/nothing",
        ):
            yield f"/b/{code}{path}"
    yield from (f"/b/{house.ours}.json?version=1", f"/b/{house.ours}/verify?version=9", f"/B/{house.ours}.json")
    yield from (f"/B/{house.ours}/verify", f"/b/{house.ours}/papers/{house.paper}", f"/b/{house.ours}/papers/00000000")


def boxes(house: House) -> Iterator[str]:
    for code in (house.ours, house.ours.lower(), house.sidas, "00000000"):
        yield from (f"/b/{code}/21/{house.box}", f"/B/{code}/21/{house.box}?l=lo", f"/b/{code}/21/640")
        yield from (f"/b/{code}/21/{house.box}/", f"/B/{code}/21/640/?l=lo")
    yield from (f"/b/{house.ours}/21/O{house.box[1:]}", f"/b/{house.ours}/21/{house.box[:-1]}U")  # no sign of ours
    yield from (f"/b/{house.ours}/21/{house.box.lower()}", f"/01/{GTIN}/10/LOT-7/21/{house.box}")
    yield from (f"/01/{GTIN}/10/LOT-7/21/{house.box}?l=vi&17=270101", f"/01/{GTIN}/10/LOT-7/21/640")
    yield from (f"/01/{GTIN}/10/A%2FB%3B7/21/{house.box}", f"/01/{GTIN}?10=LOT-7&21={house.box}")


def labels(house: House) -> Iterator[str]:
    """What GS1 labels say."""
    for lot in ("LOT-7", "lot-7", "LOT%2D7", house.ours, "A%2FB%3B7", "A%2fB;7", "LOT-9"):
        yield NUMBER.format(GTIN, lot)
    for more in ("/", "?l=lo", "?17=270101&utm_source=a%20b", "?l=lo&x=a&17=270101", "?x=%2F&10=LOT-7"):
        yield from (NUMBER.format(GTIN, "LOT-7") + more, NUMBER.format(GTIN, "LOT-9") + more.replace("7", "9", 0))
    yield from (f"/01/{GTIN}/22/2A/10/LOT-7", f"/01/{GTIN}?10=LOT-7", f"/01/{GTIN}?10=LOT-9&l=lo", f"/01/{GTIN}/")
    yield from (f"/01/{GTIN}", f"/gtin/{GTIN}", f"/gtin/{GTIN}?l=ar", f"/gtin/{GTIN[1:]}", f"/01/{GTIN}?99=x&l=vi")
    yield from (f"/gtin/{GTIN}?10=LOT-9", f"/gtin/{GTIN}?10=LOT-7&l=lo", f"/gtin/{OTHER}?10=LOT-8", f"/01/{OTHER}")
    yield from (NUMBER.format(OTHER, "LOT-8"), NUMBER.format(OTHER, "lot-8"), NUMBER.format(OTHER, house.both[1]))
    yield from ("/01/09506000134369", "/01/09506000134369/10/LOT-7", "/gtin/09506000134369", "/gtin/09506000134353")
    yield from (
        "/gtin/123",
        f"/00/{house.sscc}",
        f"/00/{house.sscc}/",
        f"/00/{house.sscc}?l=lo",
        "/00/088509990000000002",
    )
    yield from (f"/414/{GLN}", f"/414/{GLN}/254/NL", f"/414/{GLN}/254/nl/", f"/414/{GLN}/254/ELSEWHERE?l=lo")
    yield from (f"/414/{PLACE_GLN}", f"/417/{GLN}", f"/417/{GLN}?l=vi&x=1", f"/417/{PLACE_GLN}", "/414/9506000134376")


def malformed(house: House) -> Iterator[str]:
    """What no label may say, and its neighbours that one may."""
    wrong = f"{house.sscc[:-1]}{(int(house.sscc[-1]) + 1) % 10}"
    told = {"gtin": GTIN, "lot": NUMBER.format(GTIN, "LOT-7"), "gln": GLN, "sscc": house.sscc, "wrong": wrong}
    yield from (path.format(**told, other=OTHER, long="A" * 21) for path in _DOUBTFUL.split())
    for label, queries in _BESIDE.items():
        yield from (f"{label.format(**told)}?{query.format(**told, other=OTHER)}" for query in ("", *queries.split()))
    yield f"{told['lot']}?x={'a' * 2_000}"


_DOUBTFUL: Final = """
    /01/09506000134353 /01/09506000134353/10/LOT-7 /01/9506000134352 /01/x /01/{gtin}x /01/1/10 /x/01/{gtin}
    /00/{wrong} /00/123 /414/9506000404040 /417/{gln}1 /414/{gln}/10/A /01/{gtin}/254/X
    /01/{gtin}/21/1/10/LOT-7 /01/{gtin}/10/LOT-7/10/LOT-7 /01/{gtin}/235/X /01/{gtin}/235/X?21=1 /01/{gtin}/99/X
    /01/{gtin}/10/ /01/{gtin}/10 /01/{gtin}//10/A /01/{gtin}/10/{long} /01/{gtin}?10={long} /01/{gtin}/10/A/B
    /01/{gtin}/10/A%20B /01/{gtin}/10/%E0%BA%A5 /01/{gtin}/10/A% /01/{gtin}/10/%2E%2E
    /8004/9506000404042ABC /253/9506000134352 /401/A /8006/095060001343520102 /402/1 /8017/1
"""
_BESIDE: Final = {  # label: what may stand in its query, and may not
    "{lot}": """
        10=LOT-8 10=LOT-7 10=LOT-9&10=LOT-7 01={gtin} 01={other} 10=A&21=B&22=C 21=1 235=X x=1&&y a=% =5
        17=270101 17=270100 17=270230 17=271301 17=27010 17= 17 17=270101&17=270102 17=270101&17=270101
        11=240229 11=230229 7007=270100 7007=260101260131 8008=26010112 3103=000100 3106=000100 3109=1
        00=1 98765=1 254=NL 99=a%2Fb 99=a+b 99=... 99=%2E 99=% 99=a%zz 37=5 02={gtin}&37=5 403=X 8019=0
        422=418 422=418&426=704 427=CH 422=418&427=CH 410=9506000404042 410=9506000404043 251=X 8020=A
        4309=12345678901234567890""",
    "/01/{gtin}": "10=A&21=B 235=X 21=1&235=X 22=1",
    "/00/{sscc}": "17=270101 37=5 02={gtin}&37=5 403=X 400=PO",
    "/414/{gln}": "10=A 410=9506000404043 x=1 99=a",
}


_PASTED: Final = (  # of addresses, to the end of which somebody must have read them
    *(NUMBER.format(GTIN, "LOT-7")[1:], NUMBER.format(GTIN, "LOT-7")[1:] + "?17=261201"),
    *(NUMBER.format(GTIN, "LOT-7%2F2")[1:], NUMBER.format(GTIN, "LOT-7!")[1:], f"414/{GLN}/254/NL", f"01/{GTIN}"),
    f"01/{GTIN}/22/V1/10/LOT-7",
)
_LANGUAGES_SAID: Final = ("l=lo", "l=LO", "x=1&l=zh-TW", "l=xx&l=lo", "l=lo-&x", "l=&l=lo", "l=lo_LA", "ll=lo")


def the_rest() -> Iterator[str]:
    yield from (
        "/.well-known/gs1resolver",
        "/find",
        *(f"/find?{said}" for said in _LANGUAGES_SAID),
        "/find?code=nonsense",
        *(f"/find?code={quote(f'https://trace.example/{rest}', safe='')}" for rest in _PASTED),
        "/robots.txt",
        "/nowhere",
        "/01",
    )
    yield from ("/static/style.css", "/static/style.css?v=0a", "/b/", "/01/", "/gtin/", "/")


def all_requests(house: House) -> Iterator[Asked]:
    """Every address plainly; what stands behind labels in every way of asking, of its other spellings each in some."""
    behind_labels = [*codes(house), *boxes(house), *labels(house)]
    for address in (*behind_labels, *below(house), *malformed(house), *the_rest()):
        yield from (Asked(address), Asked(address, accept="application/json"), Asked(address, accept=LINKSET))
    for address in (*behind_labels, *below(house), *the_rest()):
        yield from (Asked(address, language="th"), *(Asked(address, method) for method in METHODS))
    whole = set(main(house))
    for at, address in enumerate(behind_labels):
        every = 1 if address in whole else 5
        between = "&" if "?" in address else "?"
        asked = [f"{address}{between}linkType={kind}" for kind in KINDS]
        yield from (Asked(address, accept=accept, language="lo") for accept in ACCEPTS[at % every :: every])
        yield from (Asked(each) for each in asked[at % every :: every])
        yield from (Asked(each, accept="application/json") for each in asked[at % every :: every])
        if address in whole:
            yield from (Asked(each, language=language) for each in asked[::4] for language in LANGUAGES)
            yield from (Asked(each, method) for each in asked[::4] for method in METHODS[:2])


def main(house: House) -> Iterator[str]:
    """One address of each kind."""
    yield from (f"/b/{house.ours}", f"/b/{house.ours}/21/{house.box}", f"/pallet/{house.pallet}", f"/01/{OTHER}")
    yield from (f"/place/{house.world.mill}", f"/organisation/{house.world.cooperative.org_code}", f"/00/{house.sscc}")
    yield from (
        NUMBER.format(GTIN, "LOT-7"),
        NUMBER.format(GTIN, "LOT-9"),
        NUMBER.format(OTHER, "LOT-8"),
        f"/417/{GLN}",
    )
    yield from (f"/414/{GLN}/254/NL", f"/414/{GLN}/254/ELSEWHERE?l=lo", f"/b/{house.ours.lower()}?l=LO-LA&version=1")


def of_a_recall(house: House) -> Iterator[Asked]:
    """Whatever leads to a batch that was recalled."""
    starts = (f"/b/{house.ours}", f"/B/{house.ours}", f"/01/{GTIN}/10/LOT-7", f"/00/{house.sscc}", f"/gtin/{GTIN}")
    places = (
        f"/pallet/{house.pallet}",
        f"/b/{house.ours}/21/{house.box}",
        f"/b/{house.ours}.json",
        f"/pallet/{house.pallet}.json",
        f"/b/{house.ours}/why",
    )
    for address in (*starts, *places):
        yield from (
            Asked(address, accept=accept, language="lo") for accept in ("", "application/json", LINKSET, BROWSER)
        )
    for address in (*starts[:4], *places[:2]):
        yield from (
            Asked(f"{address}?linkType={kind}") for kind in ("linkset", "gs1:recallStatus", "traceability", "pip")
        )
