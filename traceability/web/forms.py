"""The glue between a schema and a form on a page: typed values are kept, problems are linked to their fields.

    form = forms.bind(WeighInSchema(), request.form)
    saved = forms.attempt(form, lambda fact: database().write(lambda s: record_weigh_in(s, actor, fact)))
    if saved is None:
        return page("collection/weigh_in.html", status=form.status, form=form)
    return redirect(url_for("collection.receipt", code=saved.code), 303)

Names of inputs: `gross_g`; the third of several is `bags-2`; the mass of the second row of outputs is
`outputs-1-mass_g`. Blank items and blank rows are left out, so that spare empty inputs do no harm.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Protocol, TypeVar

from marshmallow import EXCLUDE, ValidationError
from marshmallow import fields as marshmallow_fields

from traceability.errors import InvalidInput, NeedsConfirming, Refusal, Sentence
from traceability.schemas import Question, Schema, Typed, problems_of
from traceability.schemas.fields import Choices, Described

Result = TypeVar("Result")
MOST_ITEMS = 500  # of one list or table; more than a page can show is a damaged or hostile request

# When nobody types a time, a thing happened when its form was opened: so a form sent twice says the same twice.
STALE_AFTER = timedelta(hours=4)


class Posted(Protocol):
    """What a posted form offers: Werkzeug's `request.form` and any MultiDict."""

    def getlist(self, key: str) -> list[str]:
        """Every value of one name."""

    def keys(self) -> Iterable[str]:
        """Every name."""


@dataclass(frozen=True)
class Input:
    """One input as the macro `field` renders it."""

    name: str
    label: str
    kind: str
    value: str
    hint: str
    unit: str
    inputmode: str
    autocomplete: str
    required: bool
    choices: Choices
    problems: tuple[Sentence, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """The problems that are answered by a button."""
        return tuple(problem for problem in self.problems if isinstance(problem, Question))


@dataclass
class Form:
    """A form on a page. `values` is what was typed, `fact` what it means; exactly one try fills `fact`."""

    schema: Schema
    values: dict[str, str]
    client_id: str
    opened_at: str
    problems: dict[str, tuple[Sentence, ...]] = field(default_factory=dict)
    warnings: tuple[Sentence, ...] = ()
    confirmed: bool = False
    kept_because: str = ""
    fact: Any = None
    failed: int = 0
    left_out: frozenset[str] = frozenset()  # inputs that this page does without
    files: dict[str, str] = field(default_factory=dict)  # inputs for files, which no schema knows, and their labels

    @property
    def ok(self) -> bool:
        """Whether nothing stands against storing it: no problem, and every warning confirmed."""
        return not self.problems and (self.confirmed or not self.warnings)

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows this form."""
        return 200 if self.ok else (self.failed or 422)

    def input(self, name: str) -> Input:
        """The input called `name`: `gross_g`, `bags-2` or `outputs-1-mass_g`."""
        described = self._described(name.split("-"))
        return Input(
            name=name,
            label=described.label,
            kind=described.kind,
            value=self.values.get(name, ""),
            hint=described.hint,
            unit=described.unit,
            inputmode=described.inputmode,
            autocomplete=described.autocomplete,
            required=described.required,
            choices=described.choices,
            problems=tuple(one for at, some in self.problems.items() if name in (at, f"{at}-0") for one in some),
        )

    def rows(self, name: str, spare: int = 0) -> range:
        """The positions of a list or table: those filled in, and `spare` empty ones to fill."""
        return range(_count(self.values, name) + spare)

    def anchor(self, name: str) -> str:
        """The id of the input that a problem belongs to; a problem of a whole list is met at its first input."""
        if name in self.files:
            return name
        path = name.split("-")
        found: Any = self.schema.fields.get(path[0])
        if found is None or getattr(found, "kind", "") == "hidden":
            return ""
        if len(path) == 1 and isinstance(found, marshmallow_fields.List):
            return f"{name}-0"
        if isinstance(found, marshmallow_fields.Nested) and (len(path) < 3):
            return "-".join([path[0], path[1] if len(path) > 1 else "0", next(iter(found.schema.fields))])
        return name

    def label_of(self, name: str) -> str:
        """The msgid of the label of the input that a problem belongs to; empty for a problem of the whole form."""
        anchor = self.anchor(name)
        if anchor in self.files:
            return self.files[anchor]
        return self._described(anchor.split("-")).label if anchor else ""

    def row_of(self, name: str) -> int:
        """The number, from one, of the row that a problem belongs to; 0 when its field stands alone."""
        return next((int(part) + 1 for part in name.split("-")[1:2] if part.isdecimal()), 0)

    def offer(self, name: str, choices: Choices) -> None:
        """Give a choice field the choices that only the page can know: the plots of this farmer, the open lots."""
        self._described(name.split("-")).choices = choices

    def warn(self, *sentences: Sentence) -> None:
        """Ask before storing something unusual; it is stored when the person says that it is right."""
        self.warnings = (*self.warnings, *sentences)

    def refuse(self, refusal: Refusal) -> None:
        """Show why an operation refused, at its field when it names one that is here."""
        self.failed = refusal.status
        if isinstance(refusal, InvalidInput):
            self.problems |= refusal.problems
            return
        known = {*self.values, *self.schema.fields, *self.files}
        at = next((name for name in (refusal.at, f"{refusal.at}_g") if name in known), None) or ""
        self.problems[at] = (*self.problems.get(at, ()), refusal.sentence)

    def _described(self, path: list[str]) -> Described:
        found: Any = self.schema.fields[path[0]]
        for part in path[1:]:
            if isinstance(found, marshmallow_fields.List):
                found = found.inner
            elif isinstance(found, marshmallow_fields.Nested) and not part.isdecimal():
                found = found.schema.fields[part]
        if not isinstance(found, Described):
            raise TypeError(f"{'-'.join(path)} is a group of inputs, not one input")
        return found


def opened(schema: Schema, values: Mapping[str, object] | None = None) -> Form:
    """A fresh form with a new client id; `values` are what its inputs start with, as text."""
    start = {name: str(value) for name, value in (values or {}).items() if value is not None}
    return Form(schema, start, str(uuid.uuid4()), _now())


def bind(schema: Schema, posted: Posted) -> Form:
    """The form that was posted: what was typed, what it means, or what is wrong with it."""
    answer, _, text = _one(posted, "chosen").partition("=")
    values: dict[str, str] = {}
    structure: dict[str, Any] = {}
    for name, described in schema.fields.items():
        if isinstance(described, marshmallow_fields.Nested):
            structure[name] = _rows(posted, name, described, values, {answer: text})
        elif isinstance(described, marshmallow_fields.List):
            structure[name] = _items(posted, name, values, {answer: text})
        elif typed := text if answer == name else _one(posted, name):
            values[name] = typed
            if typed.strip():
                structure[name] = Typed(typed)
    form = Form(
        schema, values, _one(posted, "client_id") or str(uuid.uuid4()), _fresh(_one(posted, "opened_at")) or _now()
    )
    form.confirmed = _one(posted, "confirmed") == "1"
    form.kept_because = _one(posted, "kept_because").strip()[:500]
    if "client_id" in schema.fields:
        structure["client_id"] = Typed(form.client_id)
    why = next((name for name in ("reason", "note") if name in schema.fields), "")
    if form.kept_because and why:
        structure.setdefault(why, Typed(form.kept_because))
    if "occurred_at" in schema.fields:
        zone = timezone(timedelta(minutes=getattr(schema, "zone_minutes", None) or 0))
        opened_at = datetime.fromisoformat(form.opened_at).astimezone(zone)
        structure.setdefault("occurred_at", Typed(opened_at.isoformat()))
    try:
        form.fact = schema.load(structure, unknown=EXCLUDE)
    except ValidationError as error:
        form.problems = problems_of(error)
    return form


def attempt(form: Form, operation: Callable[[Any], Result]) -> Result | None:
    """Run `operation` on what the form means; None when the form has to be shown again, with the reasons in it.

    What the operation finds unusual becomes the form's warnings, stored when the person says that it is right.
    """
    if not form.ok:
        return None
    try:
        return operation(form.fact)
    except NeedsConfirming as doubt:
        form.failed = doubt.status
        form.warn(*doubt.warnings)
        return None
    except Refusal as refusal:
        form.refuse(refusal)
        return None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _fresh(opened_at: str) -> str:
    """`opened_at` unless the form lay open for hours: then what it records happens now."""
    try:
        age = datetime.now(UTC) - datetime.fromisoformat(opened_at)
    except (TypeError, ValueError):
        return ""
    return opened_at if timedelta() <= age <= STALE_AFTER else ""


def _one(posted: Posted, name: str) -> str:
    found = posted.getlist(name)
    return found[0] if found else ""


def _items(posted: Posted, name: str, values: dict[str, str], answers: Mapping[str, str]) -> list[Typed]:
    """The filled items of a list, from inputs named `bags-0`, `bags-1` … or several inputs named `bags`."""
    numbered = [answers.get(key, _one(posted, key)) for key in _numbered(posted, name)]
    filled = [text for text in numbered + posted.getlist(name)[:MOST_ITEMS] if text.strip()]
    values.update({f"{name}-{place}": text for place, text in enumerate(filled)})
    return [Typed(text) for text in filled]


def _rows(
    posted: Posted, name: str, nested: marshmallow_fields.Nested, values: dict[str, str], answers: Mapping[str, str]
) -> list[dict[str, Typed]]:
    """The filled rows of a table, from inputs named `outputs-0-mass_g`."""
    rows: list[dict[str, Typed]] = []
    for prefix in _numbered(posted, name):
        keys = {column: f"{prefix}-{column}" for column in nested.schema.fields}
        typed = {column: answers.get(key, _one(posted, key)) for column, key in keys.items()}
        if any(typed[column].strip() for column in _telling(nested)):
            values.update({f"{name}-{len(rows)}-{column}": text for column, text in typed.items()})
            rows.append({column: Typed(text) for column, text in typed.items() if text.strip()})
    return rows


def _telling(nested: marshmallow_fields.Nested) -> list[str]:
    """The columns that show whether a row is filled in: a list has always something chosen, so it tells nothing."""
    columns = nested.schema.fields
    typed = [name for name, described in columns.items() if getattr(described, "kind", "") not in ("choice", "hidden")]
    return typed or list(columns)


def _numbered(posted: Posted, name: str) -> list[str]:
    """`bags-0`, `bags-1` … as far as they were posted, in the order of their numbers."""
    numbers = {
        int(place)
        for key in posted.keys()  # noqa: SIM118 - a protocol, not a dict
        if key.startswith(name + "-")
        and (place := key.removeprefix(name + "-").partition("-")[0]).isdecimal()
        and len(place) <= 4
    }
    return [f"{name}-{number}" for number in sorted(numbers)[:MOST_ITEMS]]


def _count(values: Mapping[str, str], name: str) -> int:
    places = [key.removeprefix(name + "-").partition("-")[0] for key in values if key.startswith(name + "-")]
    return max((int(place) + 1 for place in places if place.isdecimal()), default=0)
