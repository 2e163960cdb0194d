"""Every refusal and every failure as an answer: a page with what to do next, or problem+json (RFC 9457).

Never a library's message, never a stack trace: what is not ours is said in our own sentences.
"""

from __future__ import annotations

import logging
from urllib.parse import quote

from flask import Flask, Response, current_app, jsonify, redirect, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import BadHost, HTTPException, InternalServerError, SecurityError

from traceability.errors import InvalidInput, NeedsConfirming, NotFound, Refusal, Sentence
from traceability.web.language import current_language
from traceability.web.pages import page
from traceability.words import N_, say

log = logging.getLogger("traceability.web")

TITLES = {
    400: N_("We could not read that"),
    401: N_("Sign in first"),
    403: N_("Not allowed"),
    404: N_("Nothing here"),
    405: N_("Not possible here"),
    409: N_("This does not fit the record"),
    413: N_("Too large"),
    415: N_("We could not read that"),
    422: N_("Please look again"),
    429: N_("Too many tries"),
    500: N_("Something broke on our side"),
    503: N_("Not available for a moment"),
}
SENTENCES = {
    400: N_("The request was damaged on its way. Go back and try again."),
    404: NotFound().sentence.text,
    405: N_("This address does not take what was sent. Go back and use the form."),
    413: N_("The file or form is larger than we take. Send a smaller one."),
    415: N_("This kind of file is not understood here. Check the file and send it again."),
    429: N_("Too many tries in a short time. Wait a minute, then try again."),
    500: N_("Nothing was stored. Try again; if it happens again, tell the person who runs this system."),
    503: N_("Nothing is lost. Try again in a minute."),
}


def wants_json() -> bool:
    """Whether the caller is a program: the API, an address that ends in .json, or a clear wish for JSON."""
    if request.path.startswith("/api/") or request.path.endswith(".json"):
        return True
    wish = bare(request.accept_mimetypes)
    return any(wish[f"application/{kind}"] > wish["text/html"] for kind in ("json", "problem+json", "linkset+json"))


def bare(wish: MIMEAccept) -> MIMEAccept:
    """What is accepted without parameters such as `charset` and `profile`: what we have is each kind in one way."""
    return MIMEAccept([(kind.partition(";")[0].strip().lower(), quality) for kind, quality in wish])


def problem(status: int, sentence: Sentence, *, name: str, **more: object) -> Response:
    """A problem+json answer; `name` is stable for programs, `detail` is for people."""
    language = current_language()
    title = say(language, Sentence(TITLES.get(status, TITLES[500])))
    body = {"type": f"/problems/{name}", "title": title, "status": status, "detail": say(language, sentence)}
    response = jsonify({**body, "name": name, **more})
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def refused(refusal: Refusal) -> Response:
    """The answer to a refusal that no form caught."""
    if wants_json():
        language = current_language()
        more: dict[str, object] = {"at": refusal.at} if refusal.at else {}
        if isinstance(refusal, NeedsConfirming):
            more["warnings"] = [say(language, sentence) for sentence in refusal.warnings]
        if isinstance(refusal, InvalidInput):
            more["errors"] = {
                at: [say(language, sentence) for sentence in sentences] for at, sentences in refusal.problems.items()
            }
        return problem(refusal.status, refusal.sentence, name=refusal.name, **more)
    problems: list[Sentence] = []
    if isinstance(refusal, InvalidInput):
        problems = [sentence for some in refusal.problems.values() for sentence in some]
    if isinstance(refusal, NeedsConfirming):
        problems = list(refusal.warnings)
    return error_page(refusal.status, refusal.sentence, problems)


def error_page(status: int, sentence: Sentence, problems: list[Sentence] | None = None) -> Response:
    """The page for a status: what happened and what to do next."""
    title = Sentence(TITLES.get(status, TITLES[500]))
    return page("errors/error.html", status=status, title=title, sentence=sentence, problems=problems or [])


def http_error(error: HTTPException) -> Response | HTTPException:
    """Werkzeug's errors in our own sentences; redirects pass through."""
    status = error.code or 500
    if status < 400:
        return error
    if error is request.routing_exception and status == 404 and (address := _without_slash()):
        return current_app.make_response(redirect(address, 308))
    sentence = Sentence(SENTENCES.get(status, SENTENCES[500 if status >= 500 else 400]))
    if isinstance(error, BadHost | SecurityError):  # no name to build links with, so no page
        return Response(say(current_language(), sentence), status, mimetype="text/plain")
    answer = (
        problem(status, sentence, name=error.name.replace(" ", "")) if wants_json() else error_page(status, sentence)
    )
    for header, value in error.get_headers():
        if header.lower() in ("allow", "retry-after", "www-authenticate"):
            answer.headers[header] = value
    return answer


def _without_slash() -> str:
    """The same address without a slash at its end, where there is something: people and programs add one."""
    path = request.path.rstrip("/")
    if path == request.path or not path or path.startswith("//") or request.method not in ("GET", "HEAD"):
        return ""
    try:
        current_app.url_map.bind("").match(path, "GET")
    except HTTPException:  # nothing there either, or it would lead on once more
        return ""
    query = request.query_string.decode("latin-1")
    return f"{quote(path)}?{query}" if query else quote(path)


def broken(error: Exception) -> Response | HTTPException:
    """Anything unforeseen: logged in full, told in one calm sentence; in tests it must be seen."""
    if current_app.testing:
        raise error
    log.error("unforeseen error at %s %s", request.method, request.path, exc_info=error)
    return http_error(InternalServerError())


def install(app: Flask) -> None:
    """Answer refusals, HTTP errors and the unforeseen."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, broken)
