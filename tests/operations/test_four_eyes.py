"""Two persons are two: another password in the same browser is none, nor is the manager of another cooperative.

F2, F3 and F8 of the fraud scenarios, beside tests/operations/test_approvals.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.cast import World, person
from tests.operations.test_approvals import cap_of, manager, weighed
from traceability.domain import approvals as asking
from traceability.domain.approvals import Approve, AskCap
from traceability.domain.devices import browser_named, same_browser
from traceability.domain.facts import RegisterUser, Release, Seal, WeighIn
from traceability.domain.roles import Actor, Role
from traceability.errors import CapReached
from traceability.operations import collection, packing
from traceability.operations.account import register_user
from traceability.operations.approvals import NoSuchRequest, SameDevice, approve, ask_cap
from traceability.queries.approvals import requests

ONE, OTHER = browser_named("a" * 16, "Firefox"), browser_named("b" * 16, "Firefox")


def raised(world: World, actor: Actor, cap_g: int = 120_000) -> str:
    asked: Any = {"plot": world.amina_plot, "cap_g": cap_g, "reason": "new trees"}
    return world.do(actor, ask_cap, AskCap, **asked).event


def test_a_key_tells_browsers_apart_and_none_tells_nothing() -> None:
    assert same_browser(ONE, browser_named("a" * 16, "Chrome, updated meanwhile"))
    assert not same_browser(ONE, OTHER)
    assert not same_browser("Firefox", "Firefox")
    assert not same_browser("", "")
    assert not same_browser("phone B K7M2Q4RX", "phone B K7M2Q4RX")


def test_two_passwords_in_one_browser_are_not_two_persons(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    mali, noy = manager(world, "mali"), manager(world, "noy")
    request = raised(world, replace(mali, device=ONE))
    world.refused(SameDevice, replace(noy, device=ONE), approve, Approve, request=request)
    assert cap_of(world, world.amina_plot) is None
    world.do(replace(noy, device=OTHER), approve, Approve, request=request)
    assert cap_of(world, world.amina_plot) == 120_000

    again = raised(world, replace(mali, device=ONE), 130_000)
    monkeypatch.setattr("traceability.operations.approvals.APART", timedelta())
    world.do(replace(noy, device=ONE), approve, Approve, request=again)
    with world.database.reading() as session:
        _, settled = requests(session, mali)
    assert [one.decision.same_device for one in settled if one.decision] == [True, False]
    assert timedelta(minutes=15) == asking.APART


def test_a_batch_is_not_released_in_the_browser_that_sealed_it(world: World) -> None:
    mali, noy = manager(world, "mali"), manager(world, "noy")
    sealed: Any = {"lot": world.packed(), "destination": "IT"}
    batch = str(world.do(replace(mali, device=ONE), packing.seal, Seal, **sealed)["batch"])
    world.refused(SameDevice, replace(noy, device=ONE), packing.release, Release, batch=batch)
    assert world.do(replace(noy, device=OTHER), packing.release, Release, batch=batch)["batch"] == batch


def test_who_is_alone_may_use_one_browser(world: World) -> None:
    """There is nobody else, and the record says so: the device adds nothing to it."""
    mali = replace(manager(world, "mali"), device=ONE)
    clerk = person(world.cooperative, 101, "Bakari", Role.CLERK)
    world.do(mali, approve, Approve, request=raised(world, replace(clerk, device=ONE)))
    assert cap_of(world, world.amina_plot) == 120_000


def test_the_manager_of_another_cooperative_raises_no_limit_of_ours(world: World) -> None:
    """F2: three clerks weigh in fifty small deliveries up to the limit; two cooperatives cannot lift it together."""
    mali, _ = manager(world, "mali"), manager(world, "noy")
    stranger: Any = {"login": "far", "name": "Far", "password": "long enough words", "roles": ("manager",)}
    world.do(world.outside, register_user, RegisterUser, **stranger)
    world.do(manager(world, "lea"), approve, Approve, request=raised(world, mali, 100_000))
    clerks = [person(world.cooperative, number, "Clerk", Role.CLERK) for number in (111, 112, 113)]
    for place in range(50):
        world.do(clerks[place % 3], collection.record_weigh_in, WeighIn, **weighed(world, 2_000))
    for clerk in clerks:
        world.refused(CapReached, clerk, collection.record_weigh_in, WeighIn, **weighed(world, 1_000))
    request = raised(world, mali, 200_000)
    world.refused(NoSuchRequest, world.dao, approve, Approve, request=request)
    world.refused(NoSuchRequest, world.chiara, approve, Approve, request=request)
    assert cap_of(world, world.amina_plot) == 100_000
