"""When a label was read too widely: copies are found and honest boxes are left alone (RELIABILITY T3, F12)."""

from __future__ import annotations

import re
from pathlib import Path

from traceability.domain.scans import ENOUGH, REASONS, Evidence, Limits, Reason, reader_of, reasons_of, usual_of

REPOSITORY = Path(__file__).resolve().parent.parent.parent
HOME = frozenset({"LA", "IT"})


def said(found: Evidence, serial: str = "A1", limits: Limits | None = None) -> tuple[Reason, ...]:
    return reasons_of(found, limits or Limits(), serial=serial, expected=HOME)


def test_a_label_is_read_too_widely_by_more_devices_than_its_limit() -> None:
    assert said(Evidence(devices=14)) == ()
    assert said(Evidence(devices=15)) == (Reason.DEVICES,)
    assert said(Evidence(devices=15), limits=Limits(devices=20)) == ()
    assert said(Evidence(devices=1300, languages=dict.fromkeys("abcd", 1)), serial="") == ()


def test_a_family_behind_one_connection_is_one_reader_of_a_label_and_several_of_a_page() -> None:
    phones = [("93.44.1.2", "Amina"), ("93.44.1.2", "Bounmy"), ("::ffff:93.44.1.2", "Amina")]
    assert len({reader_of(*phone, of_label=True) for phone in phones}) == 1
    assert len({reader_of(*phone, of_label=False) for phone in phones}) == 2


def test_a_phone_that_changes_its_address_within_its_own_network_stays_one_reader() -> None:
    here, later, next_door = "2405:4800:1:2::aaaa", "2405:4800:1:2:9:9:9:9", "2405:4800:1:3::aaaa"
    assert reader_of(here, "", of_label=True) == reader_of(later, "", of_label=True)
    assert reader_of(here, "", of_label=True) != reader_of(next_door, "", of_label=True)
    assert reader_of("no address", "", of_label=True) == "no address"
    assert len(reader_of("no address" * 9_000, "", of_label=True)) < 50


def test_names_of_browsers_that_are_made_up_fill_no_table() -> None:
    assert len({reader_of("93.44.1.2", f"Browser {n}", of_label=False) for n in range(5_000)}) == 64
    assert len({reader_of("93.44.1.2", f"Browser {n}", of_label=False) for n in range(8)}) >= 6


def test_a_country_counts_for_a_label_once_several_devices_read_it_there() -> None:
    one_each = Evidence(devices=6, countries={"LA": 2, "IT": 2, "DE": 1, "": 1})
    assert said(one_each) == ()
    assert said(Evidence(devices=9, countries={"LA": 3, "IT": 3, "": 3})) == ()
    assert said(Evidence(devices=9, countries={"LA": 3, "IT": 3, "DE": 3})) == (Reason.COUNTRIES,)
    assert said(Evidence(devices=900, countries={"LA": 800, "IT": 80, "DE": 20}), serial="") == ()


def test_a_few_readers_abroad_or_late_are_chance_and_more_are_not() -> None:
    assert said(Evidence(devices=8, countries={"CN": 8}, late=8, unprinted=14)) == ()
    assert said(Evidence(devices=9, countries={"CN": 9}, late=9)) == (Reason.ELSEWHERE, Reason.LATE)
    nowhere = reasons_of(Evidence(devices=9, countries={"CN": 9}), Limits(), serial="A1", expected=frozenset())
    assert nowhere == ()


def test_of_a_batch_that_many_read_some_are_always_told_to_be_elsewhere() -> None:
    assert said(Evidence(devices=2000, countries={"LA": 1900, "CN": 100}), serial="") == ()
    assert said(Evidence(devices=2000, countries={"LA": 1700, "CN": 300}), serial="") == (Reason.ELSEWHERE,)
    assert said(Evidence(devices=14, countries={"CN": 14}, late=14, unprinted=15), serial="") == (Reason.UNPRINTED,)


def test_nine_in_ten_labels_are_read_by_so_many_devices_or_fewer() -> None:
    assert usual_of({1: ENOUGH - 1}) == 0  # nobody knows yet
    assert usual_of({1: 900, 2: 50, 60: 50}) == 10
    assert usual_of({1: 500, 2: 300, 3: 200}) == 25  # of the third hundred two hundreds, half is below the tenth
    assert usual_of({1: 500, 2: 300, 3: 199, 4: 1}) == 26  # a part of a tenth counts as one
    assert usual_of({5: 100}) == usual_of({5: 1, 4: 0, 6: 0} | {5: 100}) == 49


def test_the_limit_of_a_label_follows_how_readily_labels_are_read() -> None:
    assert Limits().following(0) == Limits()
    keen = Limits().following(70)
    assert (keen.devices, keen.few, keen.countries, keen.whole) == (26, 14, 2, 14)
    assert said(Evidence(devices=26), limits=keen) == ()
    assert said(Evidence(devices=27), limits=keen) == (Reason.DEVICES,)
    slow = Limits().following(29)
    assert (slow.devices, slow.few) == (10, 5)
    assert said(Evidence(devices=11), limits=slow) == (Reason.DEVICES,)
    assert said(Evidence(devices=14, countries={"CN": 14}, late=14, unprinted=14), serial="", limits=slow) == ()


def test_a_limit_is_never_below_a_household_and_a_shop_nor_above_four_times_what_is_set() -> None:
    assert Limits().following(9).devices == 8
    assert Limits().following(5000).devices == 56
    assert Limits(devices=20, whole=20).following(5000).devices == 80


def test_copies_raise_the_limit_only_where_they_are_a_tenth_of_all_labels_read() -> None:
    honest = {1: 500, 2: 250, 3: 120, 4: 70, 5: 40, 6: 20}
    without = Limits().following(usual_of(honest)).devices
    assert without == 13
    assert Limits().following(usual_of(honest | {100: 30})).devices == 14
    assert Limits().following(usual_of(honest | {100: 60})).devices == 16
    assert Limits().following(usual_of(honest | {100: 10_000})).devices == 56  # and even then no higher


def test_nobody_is_told_that_anything_is_fake() -> None:
    """An honest label that was photographed and passed on looks the same as one that was copied."""
    told = [path.read_text("utf-8") for path in (REPOSITORY / "templates").rglob("*.html")] + list(REASONS.values())
    assert not [text for text in told if re.search(r"fake|counterfeit|forged", text, re.IGNORECASE)]
