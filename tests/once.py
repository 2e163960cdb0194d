"""What nearly every application of a run works out alike is worked out once in a process: addresses and templates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import jinja2
import pytest
from werkzeug.routing import Rule


@contextmanager
def applications_alike() -> Iterator[None]:
    """Between them only databases and settings differ."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", worked_out_once(Rule._compile_builder, _rule))
        patch.setattr(jinja2.Environment, "compile", worked_out_once(jinja2.Environment.compile, _environment))
        yield


def worked_out_once(make: Callable[..., Any], told: Callable[[Any], object]) -> Callable[..., Any]:
    """A method that does not make again what it made of the same; `told` says what matters of its owner."""
    kept: dict[object, Any] = {}

    def once(owner: Any, *given: Any, **named: Any) -> Any:
        key = (told(owner), given, tuple(named.items()))
        if key not in kept:
            kept[key] = make(owner, *given, **named)
        return kept[key]

    return once


def _rule(rule: Rule) -> object:
    return rule.rule, rule.subdomain, rule.host, repr(rule.defaults)


def _environment(environment: jinja2.Environment) -> object:
    return type(environment), environment.undefined, environment.trim_blocks
