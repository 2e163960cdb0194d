"""Phones: a letter for each, a token that lasts and ends, and weigh-ins that keep the number made on the phone."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.cast import World
from traceability.domain.devices import ClockOff, EnrolDevice, RevokeDevice
from traceability.domain.facts import RegisterUser, WeighIn
from traceability.domain.members import CloseMember, OpenMember
from traceability.domain.roles import Actor
from traceability.errors import NoSuchDevice, NumberTaken, Refusal
from traceability.models import Device, Event
from traceability.operations import account, devices
from traceability.operations.collection import record_weigh_in
from traceability.operations.ledger import Done
from traceability.operations.members import close_member, open_member
from traceability.operations.rescue import ManagerForClosed, ManagerForRevoked, in_place_of
from traceability.queries.authority import heard_of, seen_by
from traceability.queries.receipt_checks import NotSentYet, receipt_of_phone

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


def token(name: str) -> str:
    return "dv_" + name.ljust(43, "0")


def clerk(world: World, login: str = "noy") -> Actor:
    fact = {"login": login, "name": login.title(), "password": "mango boat river", "roles": ("clerk",)}
    world.do(world.cooperative, account.register_user, RegisterUser, **fact)
    with world.database.reading() as session:
        return account.actor_of(session, login, world.cooperative.org_id)


def enrol(world: World, actor: Actor, name: str) -> Done:
    return world.do(actor, devices.enrol_device, EnrolDevice, name=name, token=token(name))


def phone(world: World, name: str) -> Actor:
    """Whoever works on this phone, as the server knows them by its token."""
    with world.database.reading() as session:
        found = devices.who_sends(session, token(name))
    assert found is not None
    return found


def weigh(world: World, actor: Actor, **more: Any) -> Done:
    fact = {
        "facility": "NL",
        "farmer": world.amina,
        "commodity": "arabica_coffee",
        "form": "green",
        "bags_g": (50_000,),
        "tare_g": 0,
        "occurred_at": datetime.now(UTC),
        "confirmed": True,
        **more,
    }
    return world.do(actor, devices.weigh_in, WeighIn, **fact)


def event_of(world: World, done: Done) -> Event:
    with world.database.reading() as session:
        return session.scalars(select(Event).where(Event.code == done.event)).one()


def test_each_phone_has_a_letter_and_works_for_whoever_enrolled_it(world: World) -> None:
    noy = clerk(world)
    first, second = enrol(world, noy, "one"), enrol(world, noy, "two")

    assert (first["letter"], second["letter"]) == ("A", "B")
    actor = phone(world, "two")
    assert (actor.user_id, actor.org_code, actor.roles) == (noy.user_id, noy.org_code, noy.roles)
    assert actor.device == f"phone B {second['device']}"
    with world.database.reading() as session:
        assert devices.who_sends(session, token("nobody")) is None


def test_who_left_is_told_so_on_the_phone_and_who_comes_back_signs_in_on_it_first(world: World) -> None:
    noy = clerk(world)
    code = enrol(world, noy, "one")["device"]
    world.do(world.cooperative, close_member, CloseMember, login="noy", reason="moved away")
    with pytest.raises(devices.AccessClosed) as refused, world.database.reading() as session:
        devices.who_sends(session, token("one"))
    assert refused.value.sentence.values["name"] == noy.name
    world.do(world.cooperative, open_member, OpenMember, login="noy")
    with pytest.raises(devices.SignInAgain):  # and not that it was silent for a month
        phone(world, "one")
    world.database.write(lambda session: devices.renew_device(session, noy, code, token("two")))
    assert phone(world, "two").user_id == noy.user_id


def test_an_answer_that_got_lost_is_asked_for_again_and_makes_no_second_phone(world: World) -> None:
    noy = clerk(world)
    fact = world.fact(EnrolDevice, name="NL-B", token=token("lost"))

    answers = [world.say(noy, devices.enrol_device, fact) for _ in range(3)]

    assert len({one["device"] for one in answers}) == 1
    assert [one.replayed for one in answers] == [False, True, True]


def test_the_letters_run_out_with_a_sentence_and_a_letter_given_up_long_ago_is_given_again(world: World) -> None:
    noy = clerk(world)
    codes = [enrol(world, noy, f"phone-{place}-")["device"] for place in range(len(devices.LETTERS))]
    world.refused(devices.NoLetterLeft, noy, devices.enrol_device, EnrolDevice, name="x", token=token("x"))
    world.do(world.malee, devices.revoke_device, RevokeDevice, device=codes[4])
    world.refused(devices.NoLetterLeft, noy, devices.enrol_device, EnrolDevice, name="x", token=token("x"))
    long_ago = update(Device).where(Device.code == codes[4]).values(revoked_at=NOW - 40 * DAY)
    world.database.write(lambda session: session.execute(long_ago))

    assert enrol(world, noy, "again")["letter"] == devices.LETTERS[4]


def test_a_revoked_phone_is_told_so_and_stays_out(world: World) -> None:
    noy = clerk(world)
    code = enrol(world, noy, "lost")["device"]
    before = weigh(world, phone(world, "lost"))
    world.do(world.malee, devices.revoke_device, RevokeDevice, device=code)

    for attempt in (
        lambda session: devices.who_sends(session, token("lost")),
        lambda session: devices.renew_device(session, noy, code, token("new")),
    ):
        with pytest.raises(devices.DeviceRevoked), world.database.reading() as session:
            attempt(session)
    assert event_of(world, before).kind == "weigh_in"


def test_a_phone_that_was_silent_for_a_month_signs_in_again_and_is_the_same_phone(world: World) -> None:
    noy = clerk(world)
    code = enrol(world, noy, "far")["device"]
    silent = update(Device).values(seen_at=NOW - 31 * DAY, expires_at=NOW - timedelta(minutes=1))
    world.database.write(lambda session: session.execute(silent))
    with pytest.raises(devices.DeviceForgotten), world.database.reading() as session:
        devices.who_sends(session, token("far"))
    kham = clerk(world, "kham")
    with pytest.raises(NoSuchDevice):
        world.database.write(lambda session: devices.renew_device(session, kham, code, token("new")))

    world.database.write(lambda session: devices.renew_device(session, noy, code, token("new")))

    assert phone(world, "new").device == f"phone A {code}"
    with world.database.reading() as session:
        assert devices.who_sends(session, token("far")) is None


def test_being_heard_of_lets_a_phone_in_for_another_month(world: World) -> None:
    enrol(world, clerk(world), "here")
    soon = update(Device).values(expires_at=NOW + DAY, seen_at=NOW - DAY)
    world.database.write(lambda session: session.execute(soon))
    known = phone(world, "here").phone
    assert known is not None
    with world.database.reading() as session:
        assert devices.needs_note(session, known, 3)
    world.database.write(lambda session: devices.note_seen(session, known, 3))
    with world.database.reading() as session:
        assert not devices.needs_note(session, known, 3)
        assert devices.needs_note(session, known, 0)
        row = session.scalars(select(Device)).one()
    assert row.unsent == 3
    assert row.expires_at > NOW + 29 * DAY


def test_the_number_made_on_the_phone_is_kept_and_no_two_entries_share_one(world: World) -> None:
    enrol(world, clerk(world), "one")
    one = phone(world, "one")

    assert weigh(world, one, receipt_number="NL-1120-A007")["number"] == "NL-1120-A007"

    def refused(kind: type[Refusal], number: str) -> None:
        with pytest.raises(kind):
            weigh(world, one, receipt_number=number, bags_g=(51_000,))

    refused(NumberTaken, "NL-1120-A007")
    refused(devices.OtherSeries, "NL-1120-B007")
    refused(devices.OtherSeries, "NL-1120-007")


def test_what_is_sent_again_is_answered_the_same_whatever_the_clock_shows_by_then(world: World) -> None:
    enrol(world, clerk(world), "one")
    one = phone(world, "one")
    said = {"client_id": "weigh-0001", "receipt_number": "NL-1120-A001", "occurred_at": datetime.now(UTC)}

    first = weigh(world, one, **said, sent_at=datetime.now(UTC))
    again = weigh(world, one, **{**said, "occurred_at": NOW + 400 * DAY}, sent_at=NOW + 400 * DAY)

    assert again.replayed
    assert again.answer == first.answer


def test_what_the_clock_showed_is_kept_beside_the_time_that_is_right(world: World) -> None:
    enrol(world, clerk(world), "one")
    one = phone(world, "one")
    showed = datetime.now(UTC) + timedelta(hours=3)

    event = event_of(world, weigh(world, one, occurred_at=showed, sent_at=showed))

    assert event.kdes["device_at"] == showed.isoformat()
    assert abs(event.occurred_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert "device_at" not in event_of(world, weigh(world, one, bags_g=(52_000,))).kdes


def test_a_clock_a_year_off_is_asked_about_and_a_person_says_when_it_was(world: World) -> None:
    enrol(world, clerk(world), "one")
    one = phone(world, "one")
    showed, right = datetime.now(UTC) - 400 * DAY, datetime.now(UTC) - timedelta(hours=1)

    with pytest.raises(ClockOff):
        weigh(world, one, occurred_at=showed, sent_at=showed)
    event = event_of(world, weigh(world, one, occurred_at=right, device_at=showed, sent_at=showed))

    assert event.occurred_at == right
    assert event.kdes["device_at"] == showed.isoformat()


def test_who_sends_without_a_phone_has_no_clock_of_a_phone(world: World) -> None:
    fact = {"facility": "NL", "farmer": world.amina, "commodity": "arabica_coffee", "form": "green", "tare_g": 0}
    done = world.do(world.bakari, devices.weigh_in, WeighIn, **fact, bags_g=(50_000,), device_at=NOW, sent_at=NOW)

    assert "device_at" not in event_of(world, done).kdes
    assert devices.weigh_in.__doc__
    assert record_weigh_in.__doc__


def test_a_spare_key_is_held_for_whoever_enrolled_the_phone_until_it_is_revoked(world: World) -> None:
    noy, dao = clerk(world), clerk(world, "dao")
    code = enrol(world, noy, "first")["device"]
    with world.database.reading() as session, pytest.raises(devices.NoSpareKey):
        devices.spare_key(session, noy, code)
    world.database.write(lambda session: devices.keep_spare_key(session, noy, code, "k" * 43))
    with world.database.reading() as session:
        assert devices.spare_key(session, noy, code) == "k" * 43
        with pytest.raises(NoSuchDevice):
            devices.spare_key(session, dao, code)
    world.do(world.cooperative, devices.revoke_device, RevokeDevice, device=code)
    with world.database.reading() as session, pytest.raises(devices.DeviceRevoked):
        devices.spare_key(session, noy, code)


def test_the_file_of_whoever_left_is_entered_by_a_manager_who_says_that_the_last_hours_are_right(world: World) -> None:
    noy, dao = clerk(world), clerk(world, "dao")
    code = enrol(world, noy, "first")["device"]
    before = datetime.now(UTC)
    world.do(world.cooperative, close_member, CloseMember, login="noy", reason="dismissed")
    with world.database.reading() as session:
        with pytest.raises(ManagerForClosed):
            in_place_of(session, dao, code)
        instead = in_place_of(session, world.malee, code)
    assert weigh(world, instead, receipt_number="NL-1120-A001", occurred_at=before)["number"] == "NL-1120-A001"
    late: Any = {"receipt_number": "NL-1120-A002", "bags_g": (51_000,)}
    with pytest.raises(devices.AfterTheEnd):
        weigh(world, instead, **late)
    with pytest.raises(devices.AfterTheEnd):  # whoever says so on the phone has left
        weigh(world, instead, **late, device_at=before - 400 * DAY)
    assert instead.phone is not None
    looked_at = replace(instead, phone=replace(instead.phone, ended_at=None))
    assert weigh(world, looked_at, **late)["number"] == "NL-1120-A002"
    world.do(world.cooperative, open_member, OpenMember, login="noy")
    with world.database.reading() as session:
        assert in_place_of(session, dao, code).phone is not None


def test_an_authority_is_not_told_for_ever_that_the_phone_of_whoever_left_is_silent(world: World) -> None:
    enrol(world, clerk(world), "one")
    known = phone(world, "one").phone
    assert known is not None

    def heard() -> tuple[int, int, int]:
        with world.database.reading() as session:
            (one,) = heard_of(session, seen_by(session, world.malee), NOW + 8 * DAY)
        return one.phones, one.silent_phones, one.unsent

    assert heard() == (1, 1, 0)
    world.database.write(lambda session: devices.note_seen(session, known, 3))
    world.do(world.cooperative, close_member, CloseMember, login="noy", reason="moved away")
    assert heard() == (1, 1, 3)  # somebody's three deliveries are worth asking about
    world.database.write(lambda session: devices.note_seen(session, known, 0))
    assert heard() == (0, 0, 0)


def test_the_file_of_a_phone_is_entered_by_the_rules_for_that_phone(world: World) -> None:
    noy, dao = clerk(world), clerk(world, "dao")
    code = enrol(world, noy, "first")["device"]
    said = str(uuid.uuid4())
    with world.database.reading() as session:
        instead = in_place_of(session, dao, code)
        with pytest.raises(NotSentYet):
            receipt_of_phone(session, world.cooperative.org_code, said)
    with pytest.raises(devices.OtherSeries):
        weigh(world, instead, receipt_number="NL-1120-B001")
    with pytest.raises(ClockOff):
        weigh(world, instead, occurred_at=NOW - 400 * DAY)
    done = weigh(world, instead, client_id=said, receipt_number="NL-1120-A001")
    with world.database.reading() as session:
        event = session.scalars(select(Event).where(Event.code == done.event)).one()
        assert event.actor_id == dao.user_id
        assert f"file of phone A {code}" in event.body.decode()
        assert receipt_of_phone(session, world.cooperative.org_code.lower(), said.upper()) == done["lot"]
    world.do(world.cooperative, devices.revoke_device, RevokeDevice, device=code)
    with world.database.reading() as session:
        with pytest.raises(ManagerForRevoked):
            in_place_of(session, dao, code)
        assert in_place_of(session, world.cooperative, code).phone is not None
