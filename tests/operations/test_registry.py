"""Registering who and where: farmers, partners, plots, places, official codes, certificates."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tests.cast import BOLAVEN, GEOMETRY, World
from traceability.commodities import UnknownCommodity
from traceability.domain.facts import (
    ChangeConsent,
    RegisterCertificate,
    RegisterFacility,
    RegisterFarmer,
    RegisterOrganisation,
    RegisterParty,
    RegisterPlot,
    RegisterRegistration,
    SuspendRegistration,
)
from traceability.domain.identifiers import NotAPrefix
from traceability.domain.suspensions import EndsBeforeItBegins, EndSuspension
from traceability.errors import (
    NoSuchFacility,
    NoSuchFarmer,
    NoSuchOrganisation,
    NoSuchPlot,
    NoSuchRegistration,
    NumberTaken,
    SayWhy,
)
from traceability.models import Certificate, Event, Organisation, Party, Person, Registration
from traceability.operations.registry import (
    change_consent,
    register_certificate,
    register_facility,
    register_farmer,
    register_organisation,
    register_party,
    register_plot,
    register_registration,
    suspend_registration,
)
from traceability.operations.suspensions import LastDayOrMistake, NeverWas, NoSuchSuspension, end_suspension
from traceability.queries.evidence import standing_of


def test_an_organisation_registered_twice_is_one(world: World) -> None:
    fact = world.fact(RegisterOrganisation, name="Sister Mill", kind="mill", prefix="SM", where=BOLAVEN)
    first = world.database.write(lambda session: register_organisation(session, fact))
    before = world.everything()
    assert world.database.write(lambda session: register_organisation(session, fact)) == first
    assert world.everything() == before
    assert world.count(Organisation) == 4


def test_a_farmer_gets_the_next_number_or_the_one_the_cooperative_chose(world: World) -> None:
    def number(**more: Any) -> str:
        fact = {"name": "Noy", "where": BOLAVEN, **more}
        return str(world.do(world.bakari, register_farmer, RegisterFarmer, **fact)["number"])

    assert number(number="0006") == "0006"
    assert number() == "0007"
    assert number(number=" A-17 ") == "A-17"
    world.refused(NumberTaken, world.bakari, register_farmer, RegisterFarmer, name="Noy", where=BOLAVEN, number="A-17")


def test_consent_is_given_and_taken_back_by_events(world: World) -> None:
    for agreed in (True, False):
        world.do(world.bakari, change_consent, ChangeConsent, farmer=world.amina, named_in_public=agreed)
        with world.database.reading() as session:
            person = session.scalars(
                select(Person).join(Party, Party.id == Person.party_id).where(Party.code == world.amina)
            ).one()
            assert person.named_in_public is agreed
    world.refused(NoSuchFarmer, world.bakari, change_consent, ChangeConsent, farmer=world.buyer, named_in_public=True)


def test_partners_plots_and_places_name_what_exists(world: World) -> None:
    company = {"name": "Carrier", "kind": "carrier", "where": BOLAVEN}
    world.do(world.malee, register_party, RegisterParty, **company, organisation=world.importer.org_code)
    world.refused(NoSuchOrganisation, world.malee, register_party, RegisterParty, **company, organisation="NOBODY22")
    plot = {"name": "Lower", "commodity": "arabica_coffee", "where": BOLAVEN, "area_m2": 5_000}
    world.do(world.bakari, register_plot, RegisterPlot, **plot, farmer=world.amina)
    world.refused(NoSuchFarmer, world.bakari, register_plot, RegisterPlot, **plot, farmer="NOBODY22")
    gold = {**plot, "commodity": "gold", "farmer": world.amina}
    world.refused(UnknownCommodity, world.bakari, register_plot, RegisterPlot, **gold)
    place = {"name": "Shed", "kind": "warehouse", "where": BOLAVEN}
    world.do(world.malee, register_facility, RegisterFacility, **place, prefix="sh")
    world.refused(NumberTaken, world.malee, register_facility, RegisterFacility, **place, prefix="SH")
    world.refused(NotAPrefix, world.malee, register_facility, RegisterFacility, **place, prefix="S-")


def test_an_official_code_covers_plots_and_places_and_can_be_suspended(world: World) -> None:
    code = {"scheme": "growing_area", "official_code": "LA-GA-0001"}
    covers = {"plots": (world.amina_plot,), "facilities": (world.mill,)}
    world.do(world.malee, register_registration, RegisterRegistration, **code, **covers)
    world.refused(NumberTaken, world.malee, register_registration, RegisterRegistration, **code)
    other = {"scheme": "growing_area", "official_code": "LA-GA-0002"}
    for refusal, wrong in ((NoSuchPlot, {"plots": ("NOWHERE2",)}), (NoSuchFacility, {"facilities": ("NOWHERE2",)})):
        world.refused(refusal, world.malee, register_registration, RegisterRegistration, **other, **wrong)
    days = {"from_on": date(2026, 1, 10), "to_on": None, "reason": "fruit fly"}
    world.do(world.ines, suspend_registration, SuspendRegistration, **code, **days)
    world.refused(NoSuchRegistration, world.ines, suspend_registration, SuspendRegistration, **other, **days)
    assert world.count(Registration) == 1


def test_a_suspension_ends_or_never_was(world: World) -> None:
    code = {"scheme": "packing_house", "official_code": "LA-PH-1"}
    world.do(world.malee, register_registration, RegisterRegistration, **code)

    def standing(on: date) -> str:
        with world.database.reading() as session:
            row = session.scalars(select(Registration).options(selectinload(Registration.suspensions))).one()
            return str(standing_of(row, on))

    days = {"from_on": date(2026, 1, 10), "reason": "fruit fly"}
    early = {**days, "to_on": date(2026, 1, 9)}
    refusal = world.refused(EndsBeforeItBegins, world.ines, suspend_registration, SuspendRegistration, **code, **early)
    assert refusal.at == "to_on"
    for _ in range(2):
        world.do(world.ines, suspend_registration, SuspendRegistration, **code, **days, to_on=None)
    assert standing(date(2026, 2, 1)) == "suspended"
    first, second = ({**code, "number": number, "reason": "lifted"} for number in (1, 2))
    for refused, wrong in (
        (EndsBeforeItBegins, {"last_on": date(2026, 1, 9)}),
        (LastDayOrMistake, {}),
        (LastDayOrMistake, {"last_on": date(2026, 1, 20), "in_error": True}),
        (SayWhy, {"last_on": date(2026, 1, 20), "reason": " "}),
        (NoSuchSuspension, {"number": 3, "in_error": True}),
        (NoSuchSuspension, {"number": 0, "in_error": True}),
    ):
        world.refused(refused, world.ines, end_suspension, EndSuspension, **{**first, **wrong})
    world.do(world.ines, end_suspension, EndSuspension, **first, last_on=date(2026, 1, 20))
    assert standing(date(2026, 2, 1)) == "suspended"  # by the other, which was said by mistake
    world.do(world.ines, end_suspension, EndSuspension, **second, in_error=True)
    assert (standing(date(2026, 2, 1)), standing(date(2026, 1, 20))) == ("valid", "suspended")
    world.refused(NeverWas, world.ines, end_suspension, EndSuspension, **second, last_on=date(2026, 3, 1))


def test_a_certificate_covers_whom_it_names(world: World) -> None:
    paper = {
        "scheme": "organic",
        "number": "EU-1",
        "issuer": "Certifier",
        "custody": "segregated",
        "valid_from": date(2026, 1, 1),
    }
    covers = {"farmers": (world.amina,), "plots": (world.bounmy_plot,)}
    world.do(world.malee, register_certificate, RegisterCertificate, **paper, **covers)
    world.refused(NumberTaken, world.malee, register_certificate, RegisterCertificate, **paper)
    second = {**paper, "number": "EU-2"}
    world.refused(NoSuchFarmer, world.malee, register_certificate, RegisterCertificate, **second, farmers=("NOBODY22",))
    world.refused(NoSuchPlot, world.malee, register_certificate, RegisterCertificate, **second, plots=("NOBODY22",))
    assert world.count(Certificate) == 1


def test_no_name_phone_or_position_is_in_the_journal(world: World) -> None:
    from tests.cast import SECRETS

    farmer = {"name": SECRETS[0], "phone": SECRETS[1], "where": BOLAVEN, "nickname": "Ami"}
    code = world.do(world.bakari, register_farmer, RegisterFarmer, **farmer)["farmer"]
    plot = {"name": "Lower", "commodity": "arabica_coffee", "where": BOLAVEN, "area_m2": 5_000}
    where = {"geometry_kind": "point", "geometry": GEOMETRY}
    world.do(world.bakari, register_plot, RegisterPlot, farmer=code, **plot, **where)
    world.do(world.bakari, change_consent, ChangeConsent, farmer=code, named_in_public=True)
    world.released()
    with world.database.reading() as session:
        bodies = b"\n".join(session.scalars(select(Event.body)))
        answers = repr([(event.kdes, event.answer) for event in session.scalars(select(Event))])
    for secret in (*SECRETS, 'Ami"', "coordinates"):
        assert secret.encode() not in bodies
        assert secret not in answers
