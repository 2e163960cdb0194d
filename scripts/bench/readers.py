"""Who reads the labels of boxes, made up by chance: honest boxes, copied labels, and photos that were passed on.

What is assumed, all of it invented and none of it measured in a market. `Habits` are what is varied.

- A box goes from Laos through Vietnam to China. Its importer and its wholesaler each read one in ten. Of one in thirty
  two officers at each of the two borders read it.
- Seven in ten boxes reach a household of one to five. In one of three such somebody reads the label, then each of the
  others one time in four; who read it does so again on another day three times in ten, and so on; one reader in ten
  sends the address to one or two relatives, a third of them abroad. The messenger fetches it as well: of such machines
  one in ten gives itself out as a browser, in Singapore.
- One in ten goes to a restaurant, where three people read it one time in five, on up to five days, over one connection.
- Two in ten are sold out of in a shop within a week: two customers read it, and one of the staff one time in two.
- One in two hundred stands on a shelf as the sample that customers are meant to read: eight of them on average, often
  far fewer or more, within two weeks.
- One in two hundred is sold on into a country that nobody told us; one in fifty is opened after its best-before day.
- At home six in ten phones are on the connection of the house, elsewhere one in four; the others are behind a carrier,
  which has three times 256 addresses for all its customers, or gives a phone that speaks IPv6 a network of its own,
  in which its address changes within the day. Every twentieth address is told to be in a country where it is not.
- Four in five phones speak the language of their country, the others English mostly.
- A copied label is on many boxes that are sold within three weeks, in one country or in three. Each is read as readily
  as an honest box is, by households, restaurants and shops; no officer reads it.
- A photo that was passed on: six in ten members of one group open it within one evening, one in ten of these once more
  on the next day.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final, NamedTuple

from traceability.web.counting import country_of

SENT_WITHIN: Final = 10  # days, all boxes of the batch
SOLD_WITHIN: Final = 21  # days, all copies of one label
BEST_BEFORE: Final = 45  # the day of the season
HOME, TRANSIT, MARKET = "LA", "VN", "CN"
ABROAD: Final = ("LA", "VN", "TH", "CN", "SG", "US")

_SPOKEN: Final = {"LA": "lo", "VN": "vi", "TH": "th", "CN": "zh", "SG": "en", "US": "en"}
_OTHERS: Final = ("en", "en", "en", "zh", "vi", "th", "fr")
_NETWORKS: Final = {  # two numbers with which addresses of a country begin
    "LA": ("115.84", "183.182", "202.137"),
    "VN": ("113.160", "14.191", "27.64", "171.224"),
    "TH": ("1.46", "49.228", "101.109", "183.88"),
    "CN": ("36.99", "223.104", "112.97", "117.136"),
    "SG": ("165.21", "116.86"),
    "US": ("8.8", "23.20", "24.1"),
}
_IPV6: Final = {"VN": "2405:4800", "TH": "2001:fb0", "CN": "2409:8900"}
_POOL: Final = 256  # addresses of one carrier's exchange
_MACHINES: Final = (
    "WhatsApp/2.23.20.0 A",
    "TelegramBot (like TwitterBot)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
)


class Scan(NamedTuple):
    """One reading of a label: when, in days of the season, and what its request says."""

    at: float
    address: str
    agent: str
    language: str

    @property
    def day(self) -> int:
        """The day of the season."""
        return int(self.at)


@dataclass(frozen=True)
class Habits:
    """What may well be otherwise than it is assumed below."""

    rate: float = 1.0  # how many times as readily everybody reads
    again: float = 0.3  # of those who read one at home, the share that does so again on another day, and so on
    shops: float = 0.22  # of boxes, the share that is sold out of in shops, the samples among them
    samples: float = 1.0  # how many times as many samples stand on shelves
    scanned: bool = False  # importer, wholesaler and every shop scan every box


@dataclass
class Person:
    """Somebody with a phone, and the connection of the house where there is one."""

    country: str
    agent: str
    language: str
    house: str = ""
    carrier: dict[int, str] = field(default_factory=dict)  # the address of each day


class Readers:
    """Everybody who may read a label, always the same for one `seed`."""

    def __init__(self, seed: int, habits: Habits | None = None) -> None:
        self.chance, self._habits = random.Random(seed), habits or Habits()

    # --- labels ---------------------------------------------------------------------------------------------------

    def honest(self, market: str = MARKET) -> list[Scan]:
        """Everything that is read of one box."""
        sent, sold_in = self.chance.uniform(0, SENT_WITHIN), market
        if self.chance.random() < 1 / 200:
            sold_in = self.chance.choice([place for place in ABROAD if place not in (HOME, market)])
        sold = sent + 3 + (BEST_BEFORE if self.chance.random() < 1 / 50 else 0)
        return sorted([*self._on_the_way(sent, market), *self._life(sold, sold_in)])

    def copied(self, copies: int, countries: Sequence[str] = (MARKET,)) -> list[Scan]:
        """Everything that is read of so many boxes with one label; the honest one is among them."""
        scans = self._on_the_way(0, MARKET)
        for _ in range(copies):
            scans += self._life(self.chance.uniform(0, SOLD_WITHIN), self.chance.choice(countries))
        return sorted(scans)

    def photographed(self, members: int, market: str = MARKET) -> list[Scan]:
        """Everything that is read of one box whose label was photographed and sent to a group."""
        scans, evening = self.honest(market), self.chance.randrange(SOLD_WITHIN) + 0.75
        for _ in range(members):
            if self._does(0.6, fixed=True):
                person = self._person(market)
                scans += self._read(person, evening + self.chance.expovariate(15), at_home=0.6)
                scans += self._read(person, evening + 0.8, at_home=0.6) if self._does(0.1) else []
        return sorted(scans)

    # --- who reads ------------------------------------------------------------------------------------------------

    def _on_the_way(self, at: float, market: str) -> list[Scan]:
        scans: list[Scan] = []
        if self.chance.random() < 1 / 30:
            for place, later in ((TRANSIT, 1.0), (market, 2.0)):
                for _ in range(2):
                    scans += self._read(self._person(place), at + later + self.chance.random() / 4, at_home=0)
        for later in (2.5, 3.0):
            if self._habits.scanned or self._does(0.1):
                scans += self._read(self._person(market), at + later, at_home=0.25)
        return scans

    def _life(self, at: float, market: str) -> list[Scan]:
        """What its last owners read of one box, honest or not."""
        fate = self.chance.random()
        if fate < 0.9 - self._habits.shops:
            return self._household(at + self.chance.uniform(0, 7), market)
        if fate < 1 - self._habits.shops:
            return self._restaurant(at + self.chance.uniform(0, 7), market)
        if fate < 1 - self._habits.samples / 200:
            return self._shop(at, market, 2.0, 6)
        return self._shop(at, market, self.chance.gammavariate(2, 4), 14)

    def _household(self, at: float, market: str) -> list[Scan]:
        if not self._does(1 / 3):
            return []
        house, scans = self._told_address(market), []
        for place in range(self.chance.randint(1, 5)):
            if place and not self._does(0.25):
                continue
            person, when = self._person(market, house), at + self.chance.random() / 8
            scans += self._read(person, when, at_home=0.6)
            while self._does(self._habits.again):
                when += self.chance.uniform(0.5, 5)
                scans += self._read(person, when, at_home=0.6)
            if self._does(0.1):
                scans += self._sent_on(when, market)
        return scans

    def _sent_on(self, at: float, market: str) -> list[Scan]:
        """A link to one or two relatives, and the machine of the messenger that looks at it first."""
        hidden = self.chance.random() < 0.1
        agent = self._agent() if hidden else self.chance.choice(_MACHINES)
        scans = [Scan(at, self._address("SG"), agent, "en")]
        for _ in range(self.chance.randint(1, 2)):
            place = self.chance.choice(ABROAD) if self._does(1 / 3, fixed=True) else market
            scans += self._read(self._person(place, self._told_address(place)), at + 0.1, at_home=0.6)
        return scans

    def _restaurant(self, at: float, market: str) -> list[Scan]:
        house, scans = self._told_address(market), []
        people = [self._person(market, house) for _ in range(3)]
        for day in range(self.chance.randint(1, 5)):
            for person in people:
                if self._does(0.2 / (1 + day)):
                    scans += self._read(person, at + day, at_home=0.9)
        return scans

    def _shop(self, at: float, market: str, customers: float, days: float) -> list[Scan]:
        house, scans = self._told_address(market), []
        if self._habits.scanned or self._does(0.5):
            scans += self._read(self._person(market, house), at, at_home=0.6)
        for _ in range(self._about(customers * self._habits.rate)):
            scans += self._read(self._person(market, house), at + self.chance.uniform(0, days), at_home=0.25)
        return scans

    # --- how they read ----------------------------------------------------------------------------------------------

    def _does(self, likely: float, fixed: bool = False) -> bool:
        return self.chance.random() < (likely if fixed else min(likely * self._habits.rate, 0.95))

    def _about(self, mean: float) -> int:
        """So many on average, each of many people by chance."""
        below, n, product = math.exp(-mean), 0, self.chance.random()
        while product > below:
            n, product = n + 1, product * self.chance.random()
        return n

    def _person(self, country: str, house: str = "") -> Person:
        own = self.chance.random() < 0.8
        return Person(country, self._agent(), _SPOKEN[country] if own else self.chance.choice(_OTHERS), house)

    def _agent(self) -> str:
        phone, version = self.chance.randrange(300), self.chance.randrange(100, 140)
        return f"Mozilla/5.0 (Linux; Android 13; SM-A{phone}) Chrome/{version}.0.0.0 Mobile Safari/537.36"

    def _read(self, person: Person, at: float, at_home: float) -> list[Scan]:
        """Once, and one time in four once more within some minutes."""
        address = person.house if person.house and self.chance.random() < at_home else self._carrier(person, int(at))
        scans = [Scan(at, address, person.agent, person.language)]
        if self.chance.random() < 0.25:
            scans.append(Scan(at + 0.003, self._next(address), person.agent, person.language))
        return scans

    def _carrier(self, person: Person, day: int) -> str:
        if day not in person.carrier:
            country = self._told(person.country)
            if country in _IPV6 and self.chance.random() < 0.4:
                network = f"{_IPV6[country]}:{self.chance.getrandbits(16):x}:{self.chance.getrandbits(16):x}"
                person.carrier[day] = f"{network}::{self.chance.getrandbits(16):x}"
            else:
                person.carrier[day] = f"{self.chance.choice(_exchanges(country))}.{self.chance.randrange(_POOL)}"
        return person.carrier[day]

    def _next(self, address: str) -> str:
        """The address that a phone has a little later: another one in its own network where it speaks IPv6."""
        return f"{address.rpartition(':')[0]}:{self.chance.getrandbits(16):x}" if ":" in address else address

    def _told_address(self, country: str) -> str:
        return self._address(self._told(country))

    def _told(self, country: str) -> str:
        """The country that its address tells; every twentieth time another one."""
        return self.chance.choice(ABROAD) if self.chance.random() < 1 / 20 else country

    def _address(self, country: str) -> str:
        while True:
            begin = self.chance.choice(_NETWORKS[country])
            address = f"{begin}.{self.chance.randrange(256)}.{self.chance.randrange(1, 255)}"
            if place_of(address) == country:
                return address


@cache
def _exchanges(country: str) -> list[str]:
    """Where the three carriers of a country let all their customers out."""
    chance = random.Random(country)
    found: list[str] = []
    while len(found) < 3:
        begin = f"{chance.choice(_NETWORKS[country])}.{chance.randrange(256)}"
        if place_of(f"{begin}.1") == country:
            found.append(begin)
    return found


@cache
def place_of(address: str) -> str:
    """The country that the product reads from an address."""
    return country_of(address)
