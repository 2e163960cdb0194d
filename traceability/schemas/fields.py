"""The kinds of value people and programs send, each with its label, hint, unit and keyboard.

One rule for quantities: a program sends whole units as a JSON integer (grams, square metres, units of a currency);
text is read as a person types it, in kilograms or hectares, but only from forms and spreadsheets (`schemas.Typed`).
So the text "48600" of a program is refused instead of becoming 48 tonnes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, missing

from traceability.domain import quantity
from traceability.domain.text import ascii_forms, nfc
from traceability.errors import Refusal, Sentence
from traceability.schemas import FILL_THIS_IN, NOT_A_GROUP, Question, Schema, Typed
from traceability.words import N_

Choices = Sequence[tuple[str, str]]  # (value, msgid or text shown)
LARGEST = 10**15  # of any whole number: a billion tonnes, and a sum of thousands of them still fits into 64 bits
FIRST_YEAR, LAST_YEAR = 1970, 9998  # whole years away from the ends of the calendar, so that a zone cannot leave it

WHOLE_ONLY = N_("Send a whole number here.")
TEXT_ONLY = N_("Write this as text.")
TOO_LONG = N_("This is too long: at most {most} characters.")
TOO_SHORT = N_("This is too short: at least {least} characters.")
TOO_SMALL = N_("This must be {least} or more.")
TOO_LARGE = N_("This must be {most} or less.")
NOT_ON_THE_LIST = N_("Choose one of the list.")
NOT_A_DAY = N_("Write the day as year-month-day, for example 2026-11-20.")
NOT_A_MOMENT = N_("Write the day and the time, for example 2026-11-20 18:04.")
NO_ZONE = N_("Write the time with its zone, for example 2026-11-20T18:04+07:00.")
YES_OR_NO = N_("Answer yes or no.")
NOT_A_CODE = N_("Letters, digits and dashes only. Check what you typed.")
NOT_AN_ID = N_("Send 8 to 60 letters, digits or dashes that no other request uses.")


def wrong(text: str, **values: object) -> ValidationError:
    """The problem `text`, as marshmallow raises it and our forms show it."""
    return ValidationError([Sentence(text, values)])


class Described(fields.Field[Any]):
    """A field that can show itself. Optional fields become `empty` when they are left out."""

    kind: ClassVar[str] = "text"
    inputmode: ClassVar[str] = "text"
    empty: ClassVar[Any] = None
    default_error_messages = {"required": FILL_THIS_IN, "null": FILL_THIS_IN}  # noqa: RUF012

    def __init__(
        self,
        label: str,
        *,
        hint: str = "",
        unit: str = "",
        autocomplete: str = "off",
        choices: Choices = (),
        required: bool = False,
        default: Any = missing,
        **more: Any,
    ) -> None:
        """`label`, `hint` and `unit` are msgids; `default` replaces `empty` for a field left out."""
        self.label, self.hint, self.unit = label, hint, unit
        self.autocomplete, self.choices = autocomplete, choices
        load_default = missing if required else (type(self).empty if default is missing else default)
        metadata = {"title": label, **({"description": hint} if hint else {})}
        super().__init__(required=required, load_default=load_default, metadata=metadata, **more)


class Number(Described):
    """A whole number of the smallest unit; typed text is read by `domain.quantity`, never by float."""

    inputmode = "decimal"

    def __init__(self, label: str, *, least: int | None = None, most: int = LARGEST, **more: Any) -> None:
        self.least, self.most = least, most
        super().__init__(label, **more)

    def read(self, text: str) -> int:
        """The whole number that `text` means; raises a Refusal with a sentence."""
        return quantity.read_count(text, zero=True)

    def shown(self, value: int, text: str) -> Sentence:
        """How a button offers `value` when what was typed can mean two things."""
        return Sentence("{text}", {"text": text})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, Typed):
            found = answered(self.read, value, self.shown)
        elif isinstance(value, int) and not isinstance(value, bool):
            found = value
        else:
            raise wrong(WHOLE_ONLY)
        if self.least is not None and found < self.least:
            raise wrong(TOO_SMALL, least=self.shown(self.least, str(self.least)))
        if found > self.most:
            raise wrong(TOO_LARGE, most=self.shown(self.most, str(self.most)))
        return found


class Mass(Number):
    """A mass in whole grams; typed in kilograms or in the unit of the session; `1.250` is asked about."""

    entry = quantity.KILOGRAM

    def __init__(self, label: str, *, unit: str = N_("kg"), least: int | None = 1, **more: Any) -> None:
        super().__init__(label, unit=unit, least=least, **more)

    def read(self, text: str) -> int:
        """Grams."""
        return quantity.read_mass(text, unit=self.entry, zero=self.least == 0)

    def shown(self, value: int, text: str) -> Sentence:
        """`1 250 kg`."""
        return Sentence("{mass_g}", {"mass_g": value})


class Area(Number):
    """An area in whole square metres; typed in hectares, or in the unit that a page sets as `entry`."""

    entry = quantity.HECTARE

    def __init__(self, label: str, *, unit: str = N_("ha"), least: int | None = 1, **more: Any) -> None:
        super().__init__(label, unit=unit, least=least, **more)

    def read(self, text: str) -> int:
        """Square metres."""
        return quantity.read_area(text, self.entry)

    def shown(self, value: int, text: str) -> Sentence:
        """`1,25 ha`."""
        return Sentence("{area_m2}", {"area_m2": value})


class Count(Number):
    """A number of bags, boxes or heads."""

    inputmode = "numeric"
    empty = 0

    def __init__(self, label: str, *, least: int | None = 0, **more: Any) -> None:
        super().__init__(label, least=least, **more)


class Money(Number):
    """An amount in whole units of a currency: kip and dong have no smaller ones in use."""

    inputmode = "numeric"

    def __init__(self, label: str, *, least: int | None = 0, **more: Any) -> None:
        super().__init__(label, least=least, **more)

    def read(self, text: str) -> int:
        """Whole units; a point before three digits is a thousands mark here."""
        return quantity.read_money(text)


class Exact(Described):
    """A measured number kept as exact decimal text: `11,8` becomes "11.8"."""

    inputmode = "decimal"
    empty = ""
    places: ClassVar[int] = 4

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise wrong(TEXT_ONLY)
        return plain(answered(self.read, str(value), self.shown), self.places)

    def read(self, text: str) -> int:
        """The number in units of its last decimal place."""
        return quantity.read_decimal(text, self.places)

    def shown(self, value: int, text: str) -> Sentence:
        """How a button offers `value` when what was typed can mean two things."""
        return Sentence("{text}", {"text": text})


class Percent(Exact):
    """A share of a hundred, kept as exact decimal text."""

    def __init__(self, label: str, *, unit: str = "%", **more: Any) -> None:
        super().__init__(label, unit=unit, **more)

    def read(self, text: str) -> int:
        """From 0 to 100."""
        return quantity.read_percent(text, self.places)


class Text(Described):
    """Words as people write them: composed (NFC), on one line, bounded. `long` gives it a larger box."""

    empty = ""

    def __init__(self, label: str, *, least: int = 0, most: int = 200, long: bool = False, **more: Any) -> None:
        self.least, self.most = least, most
        self.kind = "long" if long else "text"  # type: ignore[misc]
        super().__init__(label, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise wrong(TEXT_ONLY)
        found = nfc(value)
        if len(found) > self.most:
            raise wrong(TOO_LONG, most=self.most)
        if not found and self.required:
            raise wrong(FILL_THIS_IN)
        if len(found) < self.least:
            raise wrong(TOO_SHORT, least=self.least)
        return found


class Password(Text):
    """A secret: taken as typed, never normalised beyond NFC, never shown again."""

    def __init__(self, label: str, **more: Any) -> None:
        super().__init__(label, **{"most": 200, **more})
        self.kind = "password"  # type: ignore[misc]

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise wrong(TEXT_ONLY)
        if len(value) > self.most:
            raise wrong(TOO_LONG, most=self.most)
        if len(value) < self.least:
            raise wrong(TOO_SHORT, least=self.least)
        return str(value)


class Code(Text):
    """A code: public code, lot number, registration number. Typed in any case and script, kept in capitals."""

    pattern: ClassVar[re.Pattern[str]] = re.compile(r"[A-Z0-9][A-Z0-9 ./_-]*")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        found = ascii_forms(super()._deserialize(value, attr, data, **kwargs)).upper()
        if found and not self.pattern.fullmatch(found):
            raise wrong(NOT_A_CODE)
        return found


class Choice(Described):
    """One of `choices`; a page may offer its own with `form.offer`, and the operation then checks what was chosen."""

    kind = "choice"
    empty = ""

    def __init__(self, label: str, *, most: int = 40, **more: Any) -> None:
        self.most = most
        super().__init__(label, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        offered = {key for key, _ in self.choices}
        if not isinstance(value, str) or len(value) > self.most or (offered and value not in offered):
            raise wrong(NOT_ON_THE_LIST)
        return nfc(value)


class Flag(Described):
    """A tick box."""

    kind = "flag"
    empty = False

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, Typed) and value.strip().lower() in ("1", "on", "yes", "true"):
            return True
        if isinstance(value, Typed) and value.strip().lower() in ("0", "off", "no", "false"):
            return False
        raise wrong(YES_OR_NO)


class Day(Described):
    """A calendar day."""

    kind = "day"
    inputmode = "numeric"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        try:
            return date.fromisoformat(ascii_forms(value).strip())
        except (TypeError, ValueError, AttributeError):
            raise wrong(NOT_A_DAY) from None


class Moment(Described):
    """An instant. Programs send a zone offset; typed local times are in the zone of the schema; empty means now."""

    kind = "moment"

    def __init__(self, label: str, **more: Any) -> None:
        super().__init__(label, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            found = datetime.fromisoformat(ascii_forms(value).strip())
        except (TypeError, ValueError, AttributeError):
            raise wrong(NOT_A_MOMENT) from None
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise wrong(NOT_A_MOMENT)
        if found.tzinfo is None:
            zone_minutes = getattr(self.root, "zone_minutes", None)
            if not isinstance(value, Typed) or zone_minutes is None:
                raise wrong(NO_ZONE)
            found = found.replace(tzinfo=timezone(timedelta(minutes=zone_minutes)))
        return found


class ClientId(Described):
    """The name a device gave to what it sends, so that sending it twice is storing it once."""

    kind = "hidden"

    def __init__(self) -> None:
        super().__init__(N_("Client id"), required=True)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9-]{8,60}", value):
            raise wrong(NOT_AN_ID)
        return str(value)


class Several(fields.List[Any]):
    """Any number of one kind, as a tuple."""

    default_error_messages = {"required": FILL_THIS_IN, "null": FILL_THIS_IN, "invalid": NOT_A_GROUP}  # noqa: RUF012

    def __init__(self, inner: Described, *, least: int = 0, most: int = 500) -> None:
        self.least, self.most = least, most
        inner.allow_none = False  # an optional field may be nothing, one of several is always something
        super().__init__(inner, required=least > 0, load_default=missing if least else ())

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        found = tuple(super()._deserialize(value, attr, data, **kwargs))
        _check_length(found, self.least, self.most)
        return found


class Rows(fields.Nested):
    """Any number of rows of one schema, as a tuple."""

    default_error_messages = {"required": FILL_THIS_IN, "null": FILL_THIS_IN, "type": NOT_A_GROUP}  # noqa: RUF012

    def __init__(self, schema: type[Schema], *, least: int = 0, most: int = 500) -> None:
        self.least, self.most = least, most
        super().__init__(schema, many=True, required=least > 0, load_default=missing if least else ())

    def _deserialize(self, value: Any, attr: str | None, data: Any, partial: Any = None, **kwargs: Any) -> Any:
        found = tuple(super()._deserialize(value, attr, data, partial, **kwargs))
        _check_length(found, self.least, self.most)
        return found


def answered(read: Callable[[str], int], text: str, shown: Callable[[int, str], Sentence]) -> int:
    """What `read` makes of `text`; an ambiguous number becomes a question with one button per meaning."""
    try:
        return read(text)
    except quantity.AmbiguousNumber as doubt:
        choices = tuple((choice.text, shown(choice.value, choice.text)) for choice in doubt.choices)
        said = dict(zip(("first", "second"), (sentence for _, sentence in choices), strict=True))
        raise ValidationError([Question(doubt.sentence.text, {**doubt.sentence.values, **said}, choices)]) from None
    except Refusal as refusal:
        raise ValidationError([refusal.sentence]) from None


def plain(value: int, places: int) -> str:
    """`value` units of 10**-places as the shortest decimal text: 118000 with 4 places is "11.8"."""
    whole, rest = divmod(value, 10**places)
    return f"{whole}.{rest:0{places}d}".rstrip("0").rstrip(".") if places else str(whole)


def _check_length(found: Sequence[Any], least: int, most: int) -> None:
    if len(found) < least:
        raise wrong(FILL_THIS_IN)
    if len(found) > most:
        raise wrong(N_("These are too many: at most {most} at once."), most=most)


class FactSchema(Schema):
    """What every fact carries beside its own keys: the client id, when and in which zone it happened, a note.

    `zone_minutes` of the reader's organisation gives typed local times their zone.
    """

    client_id = ClientId()
    occurred_at = Moment(N_("When"), hint=N_("Leave this empty to take the present time."))
    note = Text(N_("Note"), most=500, long=True)
    confirmed = Flag(N_("It is right"))

    def __init__(self, *, zone_minutes: int | None = None, **more: Any) -> None:
        super().__init__(**more)
        self.zone_minutes = zone_minutes

    def timed(self, values: dict[str, Any]) -> dict[str, Any]:
        """`occurred_at` in UTC with its offset in minutes beside it."""
        at = values["occurred_at"] or datetime.now(timezone(timedelta(minutes=self.zone_minutes or 0)))
        offset = at.utcoffset() or timedelta()
        return {**values, "occurred_at": at.astimezone(UTC), "zone_minutes": int(offset.total_seconds() // 60)}
