"""Photos and papers that everybody may see: what the page of a batch links to, and taking one back."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from traceability.documents.small_photo import SHOWN, THUMB, Size, small_photo
from traceability.domain.events import Kind
from traceability.domain.identifiers import read_code
from traceability.models import Attachment
from traceability.operations.attachments import NotShown, withdraw_attachment
from traceability.queries import attachments
from traceability.schemas.attachments import WithdrawAttachmentSchema
from traceability.web import forms, offers
from traceability.web.batches import KEPT_SECONDS
from traceability.web.pages import database, page
from traceability.web.security import POLICY_OF_PAPERS
from traceability.web.session import current_actor, public, signed_in
from traceability.web.stock import written

blueprint = Blueprint("attachments", __name__)


@blueprint.get("/b/<typed>/papers/<paper>")
@public
def whole(typed: str, paper: str) -> AnyResponse:
    """The photo as it is kept, or the paper, to be saved and never run."""
    found = _shown(typed, paper)
    response = make_response(found.content)
    response.mimetype = found.media_type
    if found.media_type == "application/pdf":
        response.headers["Content-Disposition"] = f'attachment; filename="{found.code}.pdf"'
    response.headers["Content-Security-Policy"] = POLICY_OF_PAPERS
    return _kept(response, found.digest)


@blueprint.get("/b/<typed>/papers/<paper>.jpg")
@public
def photo(typed: str, paper: str) -> AnyResponse:
    """The photo small, for the head of the page."""
    return _small(typed, paper, SHOWN)


@blueprint.get("/b/<typed>/papers/<paper>/thumb.jpg")
@public
def thumb(typed: str, paper: str) -> AnyResponse:
    """The photo smaller still, for the strip below it."""
    return _small(typed, paper, THUMB)


@blueprint.get("/attachments/<code>/withdraw")
@signed_in(Kind.WITHDRAW_ATTACHMENT)
def withdraw(code: str) -> Response:
    """Before a photo or paper is taken back from the public."""
    return _page(forms.opened(_schema(), {"attachment": code.upper()}), code)


@blueprint.post("/attachments/<code>/withdraw")
@signed_in(Kind.WITHDRAW_ATTACHMENT)
def save_withdraw(code: str) -> AnyResponse:
    """It is shown to nobody outside from the next scan on."""
    form = forms.bind(_schema(), request.form)
    lot = _own(code)[1]
    done = forms.attempt(form, written(withdraw_attachment))
    return _page(form, code) if done is None else redirect(offers.lot_page(lot), 303)


def _shown(typed: str, paper: str) -> Attachment:
    code = read_code(typed)
    with database().reading() as session:
        return attachments.public_attachment(session, code, paper)


def _small(typed: str, paper: str, size: Size) -> Response:
    found = _shown(typed, paper)
    if found.media_type != "image/jpeg":
        raise attachments.NoPublicPaper()
    tag = f"{found.digest}-{size.width}"
    # who has it already gets no bytes, and none are made
    response = make_response(b"" if request.if_none_match.contains(tag) else small_photo(found.content, size))
    response.mimetype = "image/jpeg"
    return _kept(response, tag)


def _kept(response: Response, tag: str) -> Response:
    """Kept for a minute like the page: what is taken back is gone from phones as fast as a recall is seen."""
    response.cache_control.max_age = KEPT_SECONDS
    response.set_etag(tag)
    response.make_conditional(request)
    return response


def _own(code: str) -> tuple[Attachment, str]:
    """One of our own, and its lot by code. Raises NoSuchPaper."""
    with database().reading() as session:
        found = attachments.attachment_of(session, current_actor().org_id, code)
        return found, attachments.lot_code_of(session, found)


def _page(form: forms.Form, code: str) -> Response:
    """Raises NoSuchPaper, NotShown."""
    found, lot = _own(code)
    with database().reading() as session:
        if not attachments.is_shown(session, found):
            raise NotShown()
    back = offers.lot_page(lot)
    return page("attachments/withdraw.html", status=form.status, form=form, paper=found, back=back)


def _schema() -> WithdrawAttachmentSchema:
    return WithdrawAttachmentSchema(zone_minutes=current_actor().zone_minutes)
