"""The clock of a phone against ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from traceability.domain.devices import ClockOff, EnrolDevice, settle

NOW = datetime(2026, 11, 20, 11, tzinfo=UTC)
ENROLLED = NOW - timedelta(days=40)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_clock_that_is_right_is_believed_also_a_month_later() -> None:
    for ago in (timedelta(), HOUR, 30 * DAY):
        assert settle(NOW - ago, NOW, ENROLLED, NOW) == (NOW - ago, 0)


@pytest.mark.parametrize("ahead", [3 * HOUR, -3 * HOUR, timedelta(minutes=11)])
def test_a_clock_that_is_hours_off_is_set_right_and_told(ahead: timedelta) -> None:
    weighed = NOW - 2 * HOUR

    settled = settle(weighed + ahead, NOW + ahead, ENROLLED, NOW)

    assert settled == (weighed, round(ahead.total_seconds() / 60))


def test_a_few_minutes_are_nothing_to_talk_about_and_never_lie_in_the_future() -> None:
    assert settle(NOW + timedelta(minutes=8), NOW + timedelta(minutes=8), ENROLLED, NOW) == (NOW, 0)


@pytest.mark.parametrize("days", [-400, -2, 2, 400])
def test_a_clock_that_is_days_off_is_asked_about(days: int) -> None:
    with pytest.raises(ClockOff):
        settle(NOW + days * DAY, NOW + days * DAY, ENROLLED, NOW)


@pytest.mark.parametrize("days", [-400, 2, 400])
def test_so_is_a_time_from_before_the_clock_was_set_right(days: int) -> None:
    with pytest.raises(ClockOff):
        settle(NOW + days * DAY, NOW, ENROLLED, NOW)


def test_a_token_is_never_part_of_what_was_said() -> None:
    said = EnrolDevice(client_id="enrol-0001", occurred_at=NOW, name="NL-B", token="dv_" + "x" * 43)

    assert said.request_digest() != EnrolDevice(**{**vars(said), "token": "dv_" + "y" * 43}).request_digest()
    assert "x" * 43 not in said.request_digest()
