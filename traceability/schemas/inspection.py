"""Measuring, holding, recalling and correcting, as people type them."""

from __future__ import annotations

import base64
import re
import unicodedata
from typing import Any, ClassVar

from traceability.domain.facts import (
    UNDONE,
    AskCorrection,
    Attach,
    CloseHold,
    CorrectOrigin,
    DeclareError,
    Inspect,
    LiftRecall,
    PutOnHold,
    RecallGoods,
)
from traceability.schemas import FILL_THIS_IN
from traceability.schemas.facts import LotChoice, MeasuredSchema, TimedSchema
from traceability.schemas.fields import (
    TEXT_ONLY,
    TOO_LONG,
    Choice,
    Code,
    Described,
    Flag,
    Mass,
    Rows,
    Text,
    wrong,
)
from traceability.words import N_

WEIGH_IN_REASONS = (
    ("wrong_farmer", N_("Wrong farmer")),
    ("wrong_weight", N_("Wrong weight")),
    ("twice", N_("Entered twice")),
)
ERROR_REASONS = (
    ("did_not_occur", N_("It did not happen")),
    ("incorrect_data", N_("Something in it is wrong")),
    *WEIGH_IN_REASONS,
    (UNDONE, N_("Undone at once")),
)
MONEY_HANDED_OVER = (
    ("stays", N_("Yes. The payment stays booked.")),
    ("undone", N_("No. The payment is declared in error too.")),
)
NOT_AN_ADDRESS = N_("Write the whole address of the page. It begins with https://")
NOT_A_PHONE = N_("Write one phone number, in digits. For example: +856 20 5555 0101")
NOT_BASE64 = N_("Write the file's bytes as base64.")


class Base64(Described):
    """The bytes of a file as base64 text. Only programs write this; people choose a file."""

    def __init__(self, label: str, *, most: int, **more: Any) -> None:
        self.most = most  # characters of the text
        super().__init__(label, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bytes:
        if not isinstance(value, str):
            raise wrong(TEXT_ONLY)
        if len(value) > self.most:
            raise wrong(TOO_LONG, most=self.most)
        try:
            found = base64.b64decode(value, validate=True)
        except ValueError:
            raise wrong(NOT_BASE64) from None
        if not found:
            raise wrong(FILL_THIS_IN)
        return found


class InspectSchema(TimedSchema):
    """Measurements and test results of a lot."""

    makes = Inspect
    lot = LotChoice(required=True)
    measured = Rows(MeasuredSchema, least=1, most=50)
    facility = Choice(N_("Place"))


class PaperSchema(TimedSchema):
    """A photo or paper that a program keeps with a lot."""

    makes = Attach
    lot = LotChoice(required=True)
    title = Text(N_("What it is"), required=True, most=120)
    content = Base64(N_("File"), required=True, most=950_000, hint=N_("A picture or a PDF of at most 700 kB."))
    public = Flag(N_("Everybody may see it"))


class HoldSchema(TimedSchema):
    """Goods that must not move: a lot, or what a plot or a farmer delivered."""

    makes = PutOnHold
    lot = LotChoice()
    plot = Code(N_("Plot"), most=8)
    farmer = Code(N_("Farmer"), most=24)
    reason = Text(N_("Reason"), required=True, most=300, hint=N_("This is shown on public pages."))
    action = Text(N_("What people should do"), most=300)


class CloseHoldSchema(TimedSchema):
    """The end of a hold."""

    makes = CloseHold
    hold = Code(N_("Hold"), required=True, most=8)
    passed = Flag(N_("The goods passed and may move again"))
    outcome = Text(N_("Result"), required=True, most=300)


class WebAddress(Text):
    """The address of a page elsewhere, as a link that everybody may open: https and nothing hidden in it."""

    pattern: ClassVar[re.Pattern[str]] = re.compile(
        r"https://[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]+)?(?:[/?#][^\s\"<>\\\\]*)?"
    )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        found = super()._deserialize(value, attr, data, **kwargs)
        if found and not self.pattern.fullmatch(found):
            raise wrong(NOT_AN_ADDRESS)
        return found


class PhoneNumber(Text):
    """One number that a stranger can call from any page: digits of any script, and what people write between them."""

    pattern: ClassVar[re.Pattern[str]] = re.compile(r"\+?[ ]?[(]?[0-9][0-9 ().\/-]*")
    fewest, longest = 3, 15  # digits; ITU-T E.164 has no longer number

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        typed = super()._deserialize(value, attr, data, **kwargs)
        found = "".join(str(unicodedata.decimal(sign, sign)) for sign in typed)
        digits = sum(sign.isdecimal() for sign in found)
        if found and not (self.pattern.fullmatch(found) and self.fewest <= digits <= self.longest):
            raise wrong(NOT_A_PHONE)
        return found


class RecallSchema(TimedSchema):
    """Goods that must come back: of a lot, a plot or a farmer."""

    makes = RecallGoods
    lot = LotChoice()
    plot = Code(N_("Plot"), most=8)
    farmer = Code(N_("Farmer"), most=24)
    reason = Text(N_("Reason"), required=True, most=300, hint=N_("One sentence; it is shown on public pages."))
    action = Text(N_("What people should do"), required=True, most=300)
    phone = PhoneNumber(N_("Phone for questions"), most=40)
    authority = Text(N_("Authority"), most=120, hint=N_("Who ordered or follows the recall. Leave it empty if nobody."))
    authority_link = WebAddress(N_("Page of the authority"), most=300, hint=N_("Begins with https://"))


class LiftRecallSchema(TimedSchema):
    """The end of a recall."""

    makes = LiftRecall
    recall = Code(N_("Recall"), required=True, most=8)
    outcome = Text(N_("Result"), required=True, most=300)


class DeclareErrorSchema(TimedSchema):
    """An entry that was wrong."""

    makes = DeclareError
    event = Code(N_("Entry"), required=True, most=8)
    reason = Choice(N_("What is wrong"), choices=ERROR_REASONS, required=True)
    note = Text(N_("Why, in a few words"), most=500, long=True)
    money = Choice(N_("Was the money handed over?"), choices=MONEY_HANDED_OVER, default="stays")


class AskCorrectionSchema(TimedSchema):
    """Asking a manager for a correction."""

    makes = AskCorrection
    event = Code(N_("Entry"), required=True, most=8)
    mass_g = Mass(
        N_("Right net weight"),
        default=None,
        hint=N_("Only when the weight is wrong. A manager approves it in one step; lots, shares and money follow."),
    )
    reason = Text(N_("What is wrong, and what is right"), required=True, most=500, long=True)


class CorrectOriginSchema(TimedSchema):
    """A weigh-in that was booked on the wrong farmer or plot."""

    makes = CorrectOrigin
    event = Code(N_("Entry"), required=True, most=8)
    farmer = Code(N_("Farmer"), required=True, most=24)
    plot = Choice(N_("Plot"), hint=N_("Leave this empty when the plot is not known."))
    reason = Text(N_("Why, in a few words"), required=True, most=300, long=True)
