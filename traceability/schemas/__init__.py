"""The shape and the words of what comes in: one schema per area reads a form, an API body and a spreadsheet row.

A schema never asks the database. It knows which keys exist, what each may look like, and how each is called in
front of people (`metadata`); loading it gives the frozen fact that an operation takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import marshmallow
from marshmallow import ValidationError, post_load

from traceability.errors import InvalidInput, Sentence
from traceability.words import N_

FILL_THIS_IN = N_("Fill this in.")
NOT_KNOWN = N_("This name is not known here. Take it out, or check its spelling.")
NOT_A_GROUP = N_("This should be a group of named values.")


class Typed(str):
    """Text as a person typed it into a form or a cell: weights in kilograms, decimal comma or point.

    A plain `str` or `int` comes from a program, which sends whole grams.
    """

    __slots__ = ()


@dataclass(frozen=True)
class Question(Sentence):
    """A problem that is a question: each choice is a pair of the unambiguous text and the sentence shown for it."""

    choices: tuple[tuple[str, Sentence], ...] = ()


class Schema(marshmallow.Schema):
    """The base of our schemas. Unknown keys are refused, except in forms; `makes` is the dataclass that comes out."""

    makes: ClassVar[Any] = None
    error_messages = {"unknown": NOT_KNOWN, "type": NOT_A_GROUP}  # noqa: RUF012 - as the base declares it

    @post_load
    def make(self, values: dict[str, Any], **_: Any) -> Any:
        """The fact, from values that are all right."""
        return self.makes(**values) if self.makes is not None else values


def load(schema: Schema, values: Mapping[str, Any], *, unknown: Any = None) -> Any:
    """What `schema` makes of `values`; raises `InvalidInput` with every problem in the order of the fields."""
    try:
        return schema.load(values, unknown=unknown)
    except ValidationError as error:
        raise InvalidInput(problems_of(error)) from None


def problems_of(error: ValidationError) -> dict[str, tuple[Sentence, ...]]:
    """marshmallow's nested messages as flat ones: `{"outputs": {0: {"mass_g": […]}}}` is `{"outputs-0-mass_g": …}`."""
    messages = cast(Any, error).normalized_messages()
    found: dict[str, tuple[Sentence, ...]] = {}
    for path, message in _leaves(messages, ()):
        name = "-".join(part for part in path if part != "_schema")
        sentence = message if isinstance(message, Sentence) else Sentence(str(message))
        found[name] = (*found.get(name, ()), sentence)
    return found


def _leaves(node: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(node, Mapping):
        for key, below in node.items():
            yield from _leaves(below, (*path, str(key)))
    elif isinstance(node, list):
        for below in node:
            yield from _leaves(below, path)
    else:
        yield path, cast(Any, node)
