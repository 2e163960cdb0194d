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
