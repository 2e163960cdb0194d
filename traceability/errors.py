"""Every refusal on one page: the write did not happen, and the sentence says what to do next.

The docstring of a class is the sentence shown to people, and the key of its translation; `{names}` in it are
filled from the keyword arguments given when it is raised. Four families answer 404, 403, 409 and 422.
Findings (what is wrong with something that was stored) are values, not exceptions: see `domain.dossier`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True)
class Sentence:
    """A translatable sentence: `text` is the English msgid with `{names}`, `values` fills them."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format(**self.values)


class Refusal(Exception):
    """This could not be done. Nothing was stored."""

    status: ClassVar[int] = 422

    def __init__(self, *, at: str | None = None, **values: object) -> None:
        """`at` names the form field the refusal belongs to; `values` fill the sentence."""
        self.at = at
        self.sentence = Sentence(" ".join((type(self).__doc__ or "").split()), values)
        super().__init__(str(self.sentence))

    @property
    def name(self) -> str:
        """The stable name of the refusal, for programs: `NotEnoughLeft`."""
        return type(self).__name__


class NotFound(Refusal):
    """There is nothing here under this address. Check the code, or search for it."""

    status = 404


class Forbidden(Refusal):
    """Your role does not allow this. Ask a manager of your organisation."""

    status = 403


class Conflict(Refusal):
    """This does not fit what is on record. Reload the page and look again."""

    status = 409


class Invalid(Refusal):
    """Something in what you typed needs another look. See the marked fields."""

    status = 422


class InvalidInput(Invalid):
    """Something in what you typed needs another look. See the marked fields."""

    def __init__(self, problems: Mapping[str, Sequence[Sentence]]) -> None:
        """`problems` maps a field name (`""` for the whole form) to its sentences, in the order of the form."""
        super().__init__()
        self.problems = {name: tuple(sentences) for name, sentences in problems.items()}


# -- who and what cannot be found -------------------------------------------------------------------------------


class NoSuchLot(NotFound):
    """You have no lot {code}. Check the last characters, or search by name or day."""


class NoSuchBatch(NotFound):
    """You have no batch {code}. Check the last characters, or search by name or day."""


class NoSuchFarmer(NotFound):
    """You have no farmer {code}. Search by name or number, or register the farmer first."""


class NoSuchPlot(NotFound):
    """You have no plot {code}. Choose one from the list, or register it first."""


class NoSuchFacility(NotFound):
    """You have no place {code}. Choose one from the list, or register it first."""


class NoSuchOrganisation(NotFound):
    """There is no organisation {code}. Choose one from the list."""


class NoSuchPartner(NotFound):
    """You have no partner {code}. Choose one from the list, or register it first."""


class NoSuchEvent(NotFound):
    """You have no event {code}. Open it from the lot's history."""


class NoSuchTransfer(NotFound):
    """There is no consignment {code} for you. Ask the sender for the code on the delivery note."""


class NoSuchHold(NotFound):
    """There is no open hold {code}. Reload the page: someone may have closed it."""


class NoSuchPayment(NotFound):
    """There is no payment {code}. Open the money of the farmer and choose one."""


class NoSuchRecall(NotFound):
    """There is no open recall {code}. Reload the page: someone may have lifted it."""


class NoSuchReport(NotFound):
    """There is no report {code}. Check the number, or open it from the list of reports."""


class NoSuchDevice(NotFound):
    """You have no phone {code}. Look for it in the list of phones."""


class NoSuchRegistration(NotFound):
    """You have no official code {code}. Register it first."""


# -- signing in -------------------------------------------------------------------------------------------------


class WrongPassword(Forbidden):
    """This name and password do not belong together. Type them again, or ask your administrator for a new password."""


class TooManyTries(Refusal):
    """Too many wrong passwords. Wait {minutes} minutes, then try again."""

    status = 429


class WeakPassword(Invalid):
    """A password needs at least {least} characters. Three words in a row are easy to remember."""


class LoginTaken(Conflict):
    """Someone already signs in as {login}. Choose another name."""


class OrganisationTaken(Conflict):
    """There is an organisation called {name} already. Go on with that one, or choose another name."""


class PrefixTaken(Conflict):
    """Lot numbers of {name} begin with {prefix} already, and yours would look the same. Choose another prefix."""


class NumberTaken(Conflict):
    """The number {number} is already in use. Leave it empty for the next free one, or choose another."""


# -- saying something twice, too early, or unclearly ------------------------------------------------------------


class SaidDifferently(Invalid):
    """This form was already sent with other contents. Open a new form and enter it again."""


class FromTheFuture(Invalid):
    """The time lies in the future. Check date and time."""


class NeedsConfirming(Invalid):
    """This looks unusual. Check it, and confirm if it is right."""

    def __init__(self, warnings: Sequence[Sentence], *, at: str | None = None) -> None:
        super().__init__(at=at)
        self.warnings = tuple(warnings)


class ReasonNeeded(Invalid):
    """{difference_g} more or less than expected is beyond the tolerance of {tolerance_g}.
    Weigh again, or give the reason."""


class SayWhy(Invalid):
    """Say why, in a few words: others will rely on it."""


# -- mass and units ---------------------------------------------------------------------------------------------


class NotEnoughLeft(Conflict):
    """Lot {lot} holds {available_g}; {requested_g} was asked for. Take less, or add a lot."""


class ChangedMeanwhile(Conflict):
    """Lot {lot} held {seen_g} when this was entered, and holds {available_g} now. Look at it, then enter it again."""


class NotEnoughUnits(Conflict):
    """Lot {lot} holds {available} units; {requested} were asked for. Take fewer, or add a lot."""


class NotMadeYet(Invalid):
    """Lot {lot} was made on {day}, after this happened. Correct the date."""


class NothingLeft(Conflict):
    """Lot {lot} is empty. Choose a lot that still holds something."""


class InALotAlready(NothingLeft):
    """Lot {lot} is empty. It is in {lots} already. Choose a lot that still holds something."""


class NothingChosen(Invalid):
    """Nothing was chosen. Choose at least one lot."""


class NothingToMerge(Invalid):
    """One lot alone cannot be merged. Choose at least two lots."""


class ChosenTwice(Invalid):
    """Lot {lot} was chosen twice. Choose it once, with the whole amount."""


class TareTooHeavy(Invalid):
    """The bags weigh more than what is in them: {tare_g} of {gross_g}. Check the tare."""


class MassNeeded(Invalid):
    """The mass must be more than zero. Enter what the scale shows."""


class MoreThanWentIn(Conflict):
    """{out_g} came out of {in_g}. A lot cannot give more than went in: check the weights, or add the missing input."""


class MixedGoods(Conflict):
    """These lots are different goods ({first} and {second}). Choose lots of one kind."""


class NotEnoughInPool(Conflict):
    """{place} holds {available_g}; {requested_g} was asked for. Draw off less, or enter what it really holds."""


class PoolEmpty(Conflict):
    """{place} is empty. Pour something in first."""


class FormsDiffer(Invalid):
    """{form} is not a form of {commodity}. Choose one from the list."""


# -- states -----------------------------------------------------------------------------------------------------


class OnHold(Conflict):
    """Lot {lot} is on hold: {reason}. Close the hold first, or choose another lot."""


class UnderRecall(Conflict):
    """Lot {lot} is recalled: {reason}. It may only be destroyed or taken back."""


class CheckFailed(Conflict):
    """Lot {lot} failed its check: {reason}. It may only be destroyed."""


class StandsInPool(Conflict):
    """Lot {lot} stands together with others in a tank or a bed. Draw it off first, and take the lot that comes out."""


class NotAPool(Conflict):
    """In {place} every lot stays by itself. Choose a place that holds goods together, or register one."""


class AlreadySealed(Conflict):
    """Lot {lot} is sealed as a batch. Ship it as it is, or pack it again and replace the batch."""


class NotADelivery(Conflict):
    """{lot} is not a delivery. Choose deliveries, or merge lots instead."""


class PartlyUsed(Conflict):
    """Part of lot {lot} is already gone. Split off what is left into a lot of its own, and seal that one."""


class NotPacked(Conflict):
    """Lot {lot} is not packed. Pack it first: a batch is sealed in its bags or boxes."""


class MethodRefused(Conflict):
    """{method} cannot count for this batch. {reason} Choose another way of counting."""


class NotSealed(Conflict):
    """Batch {batch} is not sealed yet. Seal it first."""


class NotReleased(Conflict):
    """Batch {batch} is not released yet. A manager must release it first."""


class AlreadyReleased(Conflict):
    """Batch {batch} is already released. There is nothing left to do."""


class SecondPersonNeeded(Forbidden):
    """You sealed this batch yourself. Another manager must release it."""


class NotYours(Conflict):
    """This consignment is addressed to another organisation. Ask the sender."""


class AlreadyClosed(Conflict):
    """This consignment was already received, refused or taken back. Nothing is open on it."""


class TransferExpired(Conflict):
    """This consignment expired on {day}. The sender must take it back and dispatch it again."""


class NotBackYet(Conflict):
    """This consignment is still on its way to the receiver until {day}. Wait, or ask the receiver to refuse it."""


class ToYourself(Invalid):
    """You cannot dispatch to your own organisation. Choose the receiver."""


class SupersedesItself(Invalid):
    """A batch cannot replace itself. Choose the newer batch."""


# -- corrections ------------------------------------------------------------------------------------------------


class UsedDownstream(Conflict):
    """It was used since, in {lots}. Correct those first, the latest one before the others."""


class CannotBeDeclared(Conflict):
    """An entry of this kind is not declared in error. Enter what is true now as a new entry."""


class AlreadyDeclared(Conflict):
    """This entry was already declared in error. See the correction below it."""


class TooLateToUndo(Conflict):
    """It is too late to undo this. Choose Correct, and say what is wrong."""


class NotOnTheTruck(Conflict):
    """{lot} did not come with the truck {vehicle}. Take it out, or correct its weigh-in."""


class PageDiffers(Invalid):
    """The lines add up to {sum_g}, but the page says {total_g}. {difference_g} differ: which line was misread?"""


class PageDiffersTwice(PageDiffers):
    """The lines add up to {gross_g} with the bags and to {sum_g} after a tare of {tare_g} for each of {bags} bags.
    The page says {total_g}: which line was misread, or is the tare another?"""


class NotAWeighIn(Conflict):
    """Only a weigh-in has a farmer and a plot. Choose the weigh-in that was booked wrongly."""


class SameOrigin(Invalid):
    """It is booked on this farmer and plot already. Choose another one."""


class OriginCorrected(Conflict):
    """The farmer or plot of this weigh-in was corrected since. Correct it back first, then declare the error."""


class SameWeight(Invalid):
    """This is the weight on record already. Enter the right one."""


class UsedOtherwise(Conflict):
    """This delivery did not go into one formed lot only, so its weight cannot be corrected alone. Correct what was made
    of it first: {lots}."""


class WeightCorrected(Conflict):
    """A weight in it was corrected since. It stays as it is; correct that weight again if it is still wrong."""


class WeighedAnew(Conflict):
    """The weight of this weigh-in was corrected since. Correct it back to {was_g} first, then declare the error."""


class ManagerNeeded(Forbidden):
    """This entry is older than today or not yours. Ask a manager for the correction."""


class ApprovalNeeded(Forbidden):
    """This delivery is in a lot already. Ask for the correction; another manager approves it."""


class CapReached(Conflict):
    """With this delivery plot {plot} would have delivered {season_g} this season; its limit is {cap_g}.
    Check the plot and the weight, or ask a manager for another limit."""


class OneTarget(Invalid):
    """Choose exactly one: a lot, a plot or a farmer."""


# -- files ------------------------------------------------------------------------------------------------------


class FileTooLarge(Invalid):
    """The file has {size} kB; {most} kB is the most that can be kept. Send a smaller one."""


class PictureTooLarge(FileTooLarge):
    """The picture has more points than can be opened here. Save it smaller and send that."""


class NotAPictureOrPaper(Invalid):
    """Only pictures (JPEG, PNG, WebP) and PDF papers can be kept. Save it as one of those and try again."""
