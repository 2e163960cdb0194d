"""Paying a farmer on a phone: what is open, a payment and its receipt, a price agreed later, and none of it unasked."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader

from tests.web.client import Client, Page
from tests.web.stocked import Stocked, said, stocked
from traceability.domain.facts import WeighIn
from traceability.domain.payments import AgreePrice
from traceability.domain.roles import Actor
from traceability.operations import collection, money

SignedIn = Callable[..., Client]


@pytest.fixture
def store(app: Flask, cooperative: Actor) -> Stocked:
    return stocked(app, cooperative)


@pytest.fixture
def malee(signed_in: SignedIn, store: Stocked) -> Client:
    """The manager."""
    return signed_in("malee", "manager")


def sold(store: Stocked, grams: int, price: int | None = 14_000) -> str:
    """Amina's cherries at a price; the code of the delivery."""
    fact = WeighIn(
        **said(confirmed=True),
        facility=store.place,
        farmer=store.farmer,
        commodity="arabica_coffee",
        form="fresh_cherry",
        bags_g=(grams,),
        tare_g=0,
        price_per_kg=price,
        currency="LAK" if price else "",
    )
    return str(store.do(collection.record_weigh_in, fact)["lot"])


def words(page: Page) -> str:
    return page.text.replace("\xa0", " ")


def test_an_organisation_that_enters_no_price_sees_no_money(malee: Client, store: Stocked) -> None:
    lot = store.delivery()
    for address in ("/", f"/farmers/{store.farmer}", f"/weigh-in/saved/{lot}"):
        page = malee.get(address)
        assert "Money" not in page.text
        assert not [link for link in page.links() if "/pay" in link or "/money" in link]
    assert "Nothing is owed" in malee.get("/money").text


def test_what_is_owed_is_on_the_first_page_and_opens_the_farmers_who_wait(malee: Client, store: Stocked) -> None:
    sold(store, 10_000)
    sold(store, 5_000)
    home = malee.get("/")
    assert "owed to one farmer the oldest for 0 days 210 000 LAK" in words(home)
    assert "/money?currency=LAK" in home.links()
    listed = malee.get("/money?currency=LAK")
    assert "One farmer, 210 000 LAK" in words(listed)
    assert f"/farmers/{store.farmer}" in listed.links()


def test_a_farmer_is_paid_for_a_delivery_and_gets_a_receipt(malee: Client, store: Stocked) -> None:
    first, second = sold(store, 10_000), sold(store, 5_000)
    saved = malee.get(f"/weigh-in/saved/{second}")
    pay = f"/farmers/{store.farmer}/pay?delivery={second}"
    assert pay in saved.links()
    page = malee.get(pay)
    assert page.filled_in(f"/farmers/{store.farmer}/pay")["deliveries"] == [second]
    receipt = malee.follow(malee.submit(page, f"/farmers/{store.farmer}/pay", deliveries=second))
    assert "70 000 LAK" in words(receipt)
    assert "Amina" in receipt.text
    farmer = words(malee.get(f"/farmers/{store.farmer}"))
    assert "140 000 LAK is owed 210 000 for deliveries, 70 000 paid" in farmer
    assert first in malee.get(f"/farmers/{store.farmer}/pay").html


def test_more_than_is_owed_is_asked_about_and_nothing_is_stored_until_it_is_right(
    malee: Client, store: Stocked
) -> None:
    sold(store, 10_000)
    form = f"/farmers/{store.farmer}/pay"
    asked = malee.submit(malee.get(form), form, status=422, amount="200 000")
    assert "This is 60 000 LAK more than is owed" in words(asked)
    assert asked.filled_in(form)["amount"] == ["200 000"]
    malee.submit(asked, form, confirmed="1")
    assert "60 000 LAK is paid ahead" in words(malee.get(f"/farmers/{store.farmer}"))


@pytest.mark.parametrize("typed", ["0", "-5", "abc", "1e3", ""])
def test_what_is_no_amount_is_shown_beside_the_field(malee: Client, store: Stocked, typed: str) -> None:
    sold(store, 10_000)
    form = f"/farmers/{store.farmer}/pay"
    page = malee.submit(malee.get(form), form, status=422, amount=typed)
    assert "Not saved yet" in page.text
    assert page.filled_in(form)["amount"] == [typed]


def test_a_payment_is_corrected_like_any_entry(malee: Client, store: Stocked) -> None:
    sold(store, 10_000)
    form = f"/farmers/{store.farmer}/pay"
    receipt = malee.follow(malee.submit(malee.get(form), form, amount="140000"))
    wrong = next(link for link in receipt.links() if link.startswith("/correct"))
    ask = malee.get(wrong)
    assert "140 000 LAK" in words(ask)
    after = malee.follow(malee.submit(ask, "/correct", reason="incorrect_data", note="It was another farmer"))
    assert "140 000 LAK is owed" in words(after)
    assert "This payment was declared in error" in malee.get(receipt.address).text


def test_a_price_settled_later_is_entered_for_all_deliveries_without_one(malee: Client, store: Stocked) -> None:
    sold(store, 1_000)
    sold(store, 10_000, None)
    sold(store, 20_000, None)
    page = malee.get(f"/farmers/{store.farmer}")
    form = f"/farmers/{store.farmer}/price"
    assert form in page.links()
    asked = malee.submit(malee.get(form), form, status=422, price_per_kg="")
    assert "Not saved yet" in asked.text
    after = malee.follow(malee.submit(asked, form, price_per_kg="10 000"))
    assert "314 000 LAK is owed" in words(after)
    assert "Every delivery of this farmer has a price" in malee.get(form).text


def test_the_same_sum_paid_from_two_tabs_is_asked_about(malee: Client, store: Stocked) -> None:
    sold(store, 50_000)
    form = f"/farmers/{store.farmer}/pay"
    first, second = malee.get(form), malee.get(form)
    slip = malee.submit(first, form, amount="300 000").location.rpartition("/")[2]
    asked = malee.submit(second, form, status=422, amount="300000")
    assert "This farmer was paid 300 000 LAK at" in words(asked)
    assert f"entry {slip}. Is it another payment?" in words(asked)
    assert "300 000 paid" in words(malee.get(f"/farmers/{store.farmer}"))
    malee.submit(malee.get(form), form, amount="200 000")  # another sum is another payment
    malee.submit(asked, form, confirmed="1")
    assert "800 000 paid" in words(malee.get(f"/farmers/{store.farmer}"))


def test_who_may_not_pay_sees_the_balance_and_no_button(
    malee: Client, signed_in: SignedIn, dao: Client, store: Stocked
) -> None:
    sold(store, 10_000)
    olga = signed_in("olga", "auditor")
    page = olga.get(f"/farmers/{store.farmer}")
    assert "140 000 LAK is owed" in words(page)
    assert not [link for link in page.links() if "/pay" in link or "/price" in link]
    olga.get(f"/farmers/{store.farmer}/pay", status=403)
    dao.get(f"/farmers/{store.farmer}/pay", status=404)
    assert "140 000" not in words(dao.get("/money"))


def checked(client: Client, store: Stocked, bag: str = "10") -> Page:
    """A delivery at a price, as the farmer is shown it."""
    page = client.get(f"/weigh-in?farmer={store.farmer}&goods=arabica_coffee.fresh_cherry&price=14000")
    return client.submit(page, "/weigh-in", status=200, go="check", confirmed="1", **{"bags_g-0": bag})


def test_paid_at_the_scale_is_on_record_with_the_weigh_in_and_on_its_receipt(malee: Client, store: Stocked) -> None:
    page = checked(malee, store)
    assert page.filled_in("/weigh-in")["paid"] == [""]  # owed, unless somebody says that it is paid
    answers = [malee.submit(page, "/weigh-in", go="save", paid="now") for _ in range(5)]
    assert len({answer.location for answer in answers}) == 1
    saved = malee.follow(answers[0])
    assert "140 000 LAK, paid" in words(saved)
    assert not [link for link in saved.links() if "/pay" in link]
    farmer = words(malee.get(f"/farmers/{store.farmer}"))
    assert "140 000 for deliveries, 140 000 paid" in farmer
    lot = saved.address.rpartition("/")[2]
    assert "Payment paid" in words(malee.get(f"/receipts/{lot}"))
    assert "Payment paid" in words(malee.get(f"/receipts/{lot}/send"))
    printed = PdfReader(BytesIO(malee.http.get(f"/receipts/{lot}/a6.pdf").data)).pages[0].extract_text()
    assert "Payment" in printed
    assert "paid" in printed
    public = malee.get(f"/r/{lot}").text
    assert "Valid" in public
    assert not [word for word in ("LAK", "140", "paid", "Payment") if word in public]


def test_what_was_saved_as_owed_is_not_paid_by_sending_it_again(malee: Client, store: Stocked) -> None:
    page = checked(malee, store)
    first = malee.submit(page, "/weigh-in", go="save")
    again = malee.submit(page, "/weigh-in", go="save", paid="now")
    assert again.location == first.location
    assert "140 000 LAK, owed" in words(malee.follow(again))
    assert "140 000 for deliveries, 140 000 paid" not in words(malee.get(f"/farmers/{store.farmer}"))


def test_what_is_owed_says_so_and_how_much_of_it_is_left(malee: Client, store: Stocked) -> None:
    lot = malee.submit(checked(malee, store), "/weigh-in", go="save").location.rpartition("/")[2]
    assert "140 000 LAK, owed" in words(malee.get(f"/weigh-in/saved/{lot}"))
    assert "Payment owed" in words(malee.get(f"/receipts/{lot}"))
    form = f"/farmers/{store.farmer}/pay"
    malee.submit(malee.get(form), form, amount="50000", deliveries=lot)
    assert "Payment 90 000 LAK still owed" in words(malee.get(f"/receipts/{lot}"))


def test_undo_takes_the_payment_back_with_the_weigh_in(malee: Client, store: Stocked) -> None:
    saved = malee.follow(malee.submit(checked(malee, store), "/weigh-in", go="save", paid="now"))
    malee.submit(saved, "/weigh-in/undo")
    malee.submit(saved, "/weigh-in/undo")
    assert "paid ahead" not in words(malee.get(f"/farmers/{store.farmer}"))
    assert "Payment" not in malee.get(f"/receipts/{saved.address.rpartition('/')[2]}").text


@pytest.mark.parametrize(
    ("handed_over", "told", "balance"),
    [
        ("stays", "Payment paid; 70 000 LAK too much", "70 000 for deliveries, 140 000 paid"),
        ("undone", "Payment owed", "70 000 LAK is owed"),
    ],
)
def test_correcting_what_was_paid_at_the_scale_asks_about_the_money(
    malee: Client, store: Stocked, handed_over: str, told: str, balance: str
) -> None:
    """10 kg weighed in and paid, and 5 kg were right; an older delivery is open"""
    older = sold(store, 20_000)
    saved = malee.follow(malee.submit(checked(malee, store), "/weigh-in", go="save", paid="now"))
    history = malee.get(f"/lots/{saved.address.rpartition('/')[2]}")
    page = malee.get(next(link for link in history.links() if link.startswith("/correct?")))
    assert "140 000 LAK was paid with it at the scale" in words(page)
    assert page.filled_in("/correct")["money"] == ["stays"]
    said: Any = {"reason": "wrong_weight", "right": "1", "bags_g-0": "5", "money": handed_over, "confirmed": "1"}
    answers = [malee.submit(page, "/correct", **said) for _ in range(2)]
    after = malee.follow(answers[0])
    assert (after.address, told in words(after)) == (answers[1].location, True)
    assert "Corrected: replaces" in words(after)
    assert after.address in malee.get(page.address).links()  # of the entry in error leads there, and shows no form
    assert balance.replace("70 000", "350 000", 1) in words(malee.get(f"/farmers/{store.farmer}"))
    still = {"stays": "210 000 LAK still owed", "undone": "owed"}[handed_over]
    assert f"Payment {still}" in words(malee.get(f"/receipts/{older}"))


def test_a_price_agreed_later_stays_when_the_weight_is_corrected(malee: Client, store: Stocked) -> None:
    """10 kg weighed in, 14 000 agreed later; 5 kg were right: 70 000 is owed"""
    lot = sold(store, 10_000, None)
    agreed = AgreePrice(**said(confirmed=True), deliveries=(lot,), price_per_kg=14_000, currency="LAK")
    store.do(money.agree_price, agreed)
    page = malee.get(next(link for link in malee.get(f"/lots/{lot}").links() if link.startswith("/correct?")))
    wrong: Any = {"reason": "wrong_weight", "right": "1", "bags_g-0": "5", "confirmed": "1"}
    receipt = malee.follow(malee.submit(page, "/correct", **wrong))
    assert "Corrected: replaces" in words(receipt)
    assert "Payment owed" in words(receipt)
    assert "70 000 LAK is owed" in words(malee.get(f"/farmers/{store.farmer}"))


def test_what_was_paid_counts_for_the_last_of_several_corrections(malee: Client, store: Stocked) -> None:
    """10 kg weighed in and paid; 5 kg were right, no: 9; an older delivery is open all the time"""
    older = sold(store, 20_000)
    lot = malee.submit(checked(malee, store), "/weigh-in", go="save", paid="now").location.rpartition("/")[2]
    for kilograms in ("5", "9"):
        page = wrong(malee, lot)
        assert page.filled_in("/correct")["money"] == ["stays"]
        said: Any = {"reason": "wrong_weight", "right": "1", "bags_g-0": kilograms, "confirmed": "1"}
        lot = malee.submit(page, "/correct", **said).location.rpartition("/")[2]
    assert "Payment paid; 14 000 LAK too much" in words(malee.get(f"/receipts/{lot}"))
    assert "Payment 266 000 LAK still owed" in words(malee.get(f"/receipts/{older}"))
    said = {"reason": "wrong_weight", "right": "1", "bags_g-0": "9", "money": "undone", "confirmed": "1"}
    lot = malee.submit(wrong(malee, lot), "/correct", **said).location.rpartition("/")[2]
    assert "Payment owed" in words(malee.get(f"/receipts/{lot}"))


def wrong(client: Client, lot: str) -> Page:
    """The page that declares the weigh-in of a delivery in error."""
    return client.get(next(link for link in client.get(f"/lots/{lot}").links() if link.startswith("/correct?")))


@pytest.mark.parametrize(
    ("handed_over", "told", "balance"),
    [
        ("stays", "Its payment of 294 000 LAK stays booked", "154 000 for deliveries, 294 000 paid"),
        ("undone", "Its payment of 294 000 LAK is declared in error too", "154 000 LAK is owed"),
    ],
)
def test_what_was_paid_later_is_asked_about_too_and_then_the_form_is_gone(
    malee: Client, store: Stocked, handed_over: str, told: str, balance: str
) -> None:
    """10 kg and 11 kg weighed in and owed, paid together later; then the 10 kg turn out to be entered twice"""
    lots = [
        malee.submit(checked(malee, store, kilograms), "/weigh-in", go="save").location.rpartition("/")[2]
        for kilograms in ("10", "11")
    ]
    form = f"/farmers/{store.farmer}/pay"
    malee.submit(malee.get(form), form, amount="294000", deliveries=lots)
    page = wrong(malee, lots[0])
    assert "140 000 LAK was paid for it later" in words(page)
    assert "The whole payment is 294 000 LAK" in words(page)
    assert page.filled_in("/correct")["money"] == ["stays"]
    after = malee.follow(malee.submit(page, "/correct", reason="twice", money=handed_over))
    assert told in words(after)
    assert "Declare it in error" not in after.text
    assert 'action="/correct"' not in after.text
    assert balance in words(malee.get(f"/farmers/{store.farmer}"))


def test_money_that_names_no_delivery_is_told_where_it_counts_for_one_in_error(malee: Client, store: Stocked) -> None:
    """10 kg are 140 000, of which 100 000 were paid without saying for what"""
    lot = malee.submit(checked(malee, store), "/weigh-in", go="save").location.rpartition("/")[2]
    form = f"/farmers/{store.farmer}/pay"
    malee.submit(malee.get(form), form, amount="100000")
    page = wrong(malee, lot)
    assert "100 000 LAK that was paid to the farmer counts for it" in words(page)
    assert f"/farmers/{store.farmer}" in page.links()
    assert "Was the money handed over?" not in page.text
    malee.submit(page, "/correct", reason="twice")
    assert "100 000 LAK is paid ahead" in words(malee.get(f"/farmers/{store.farmer}"))
    assert "counts for it" not in words(malee.get(page.address))


def test_who_was_paid_ahead_is_paid_the_rest_at_the_scale(malee: Client, store: Stocked) -> None:
    form = f"/farmers/{store.farmer}/pay"
    malee.submit(malee.get(form), form, amount="100000", purpose="advance")
    page = checked(malee, store)
    assert "Paid ahead: 100 000 LAK. To pay now: 40 000 LAK." in words(page)
    malee.submit(page, "/weigh-in", go="save", paid="now")
    assert "140 000 for deliveries, 140 000 paid" in words(malee.get(f"/farmers/{store.farmer}"))
    malee.submit(malee.get(form), form, amount="500000", purpose="advance")
    page = checked(malee, store, "11")
    assert "paid" not in page.filled_in("/weigh-in")
    refused = malee.submit(page, "/weigh-in", status=409, go="save", paid="now")
    assert "This farmer is paid ahead" in refused.text
    malee.submit(page, "/weigh-in", go="save")


def test_where_no_price_is_known_nobody_asks_whether_it_is_paid(malee: Client, store: Stocked) -> None:
    page = malee.get(f"/weigh-in?farmer={store.farmer}&goods=arabica_coffee.fresh_cherry")
    page = malee.submit(page, "/weigh-in", status=200, go="check", confirmed="1", **{"bags_g-0": "10"})
    assert "Payment" not in page.text
    saved = malee.follow(malee.submit(page, "/weigh-in", go="save", paid="now"))
    assert "Saved" in saved.text
