"""The law of the house: which room may know which, and what every file owes its next reader."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

FOUNDATION = frozenset({"domain", "errors", "words", "paths"})
KNOWLEDGE = frozenset({"commodities", "markets", "imports", "exports", "documents", "schemas"})
EDGE = frozenset({"app", "cli", "commands", "config", "demo", "web"})
RECORD = frozenset({"models", "queries", "operations"})
ROOMS = FOUNDATION | KNOWLEDGE | RECORD | EDGE

MAY_IMPORT: dict[str, frozenset[str]] = {
    "paths": frozenset(),
    "errors": FOUNDATION,
    "words": FOUNDATION,
    "domain": frozenset({"errors", "words"}),
    **dict.fromkeys(KNOWLEDGE, FOUNDATION),
    "models": FOUNDATION,
    # forms, steps and names of goods are facts that a reading or a writing may look up
    "queries": FOUNDATION | {"models", "commodities"},
    "operations": FOUNDATION | {"models", "queries", "commodities", "imports"},
    # the demo season is told through the operations, as people would tell it
    "demo": ROOMS - {"web", "app", "cli", "commands"},
    "config": FOUNDATION,
    "web": ROOMS,
    "cli": ROOMS,
    "commands": ROOMS - {"cli"},
    "app": ROOMS,
    "__init__": frozenset(),
    "__main__": frozenset({"cli"}),
}
"""Each room, and the rooms beside itself that it may import."""

ONLY_IN: dict[str, frozenset[str]] = {
    "flask": frozenset({"web", "app"}),
    "flask_smorest": frozenset({"web", "app"}),
    "sqlalchemy": RECORD,
    "alembic": RECORD,
    "qrcode": frozenset({"documents"}),
    "reportlab": frozenset({"documents"}),
}
"""Each library that is kept in few rooms."""

TOP_FOLDERS = {"traceability", "templates", "tests", "scripts"}
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX")) + r")\b")
INLINE = re.compile(r"<script(?![^>]*\ssrc=)|<style|<[^<>{}]*\s(?:style|on[a-z]+)\s*=", re.IGNORECASE)
MIGRATIONS = Path("traceability/models/migrations/versions")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that git knows, as a path from the top of the repository."""
    if not (REPOSITORY / ".git").exists():
        pytest.skip("this is no clone of the repository, so git cannot say which files belong to it")
    command = ["git", "-c", f"safe.directory={REPOSITORY}", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True, text=True).stdout
    paths = [Path(name) for name in listed.split("\0") if name]
    return tuple(path for path in paths if (REPOSITORY / path).is_file())


def tracked_under(folder: str, suffix: str) -> list[Path]:
    return [path for path in tracked() if path.suffix == suffix and path.is_relative_to(folder)]


@cache
def text_of(path: Path) -> str:
    return (REPOSITORY / path).read_text("utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path), filename=str(path))


def room_of(path: Path) -> str:
    """`traceability/web/batches.py` is in `web`; `traceability/cli.py` is the room `cli`."""
    return path.parts[1].removesuffix(".py")


def imports_of(path: Path) -> Iterator[str]:
    """Every module that a file imports, in full: `from traceability import words` is `traceability.words`."""
    package = path.with_suffix("").parts
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            home = list(package[: -node.level]) if node.level else []
            module = ".".join([*home, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def offences(found: Iterable[str]) -> str:
    """One line for each, so that a failing assertion can be read."""
    return "\n".join(found)


def test_every_room_imports_only_the_rooms_below_it() -> None:
    def found() -> Iterator[str]:
        for path in tracked_under("traceability", ".py"):
            room = room_of(path)
            closed = ROOMS - MAY_IMPORT.get(room, frozenset()) - {room}
            for module in imports_of(path):
                package, other = [*module.split("."), ""][:2]
                if package == "traceability" and other in closed:
                    yield f"{path} is in `{room}`, which may not know `{other}`: {module}"

    assert not offences(found())


def test_every_file_is_in_a_room_of_the_plan() -> None:
    assert not [path for path in tracked_under("traceability", ".py") if room_of(path) not in MAY_IMPORT]


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_stays_in_its_rooms(library: str) -> None:
    assert not offences(
        f"{path} imports {module}; {library} belongs to {', '.join(sorted(ONLY_IN[library]))}"
        for path in tracked_under("traceability", ".py")
        if room_of(path) not in ONLY_IN[library]
        for module in imports_of(path)
        if module.partition(".")[0] == library
    )


def test_the_top_level_is_the_one_that_was_agreed() -> None:
    folders = {path.parts[0] for path in tracked() if len(path.parts) > 1}

    assert {folder for folder in folders if not folder.startswith(".")} == TOP_FOLDERS


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert not [path for path in tracked() if NAMES_THAT_SAY_NOTHING & set(path.with_suffix("").parts)]


def test_every_file_of_python_can_be_read_in_one_sitting() -> None:
    """At most 400 lines that are not blank. A migration is exempt: it is written once and never changed."""
    lengths = {
        path: sum(1 for line in text_of(path).splitlines() if line.strip())
        for path in tracked_under(".", ".py")
        if not path.is_relative_to(MIGRATIONS)
    }

    assert not offences(f"{path} has {lines} lines" for path, lines in lengths.items() if lines > 400)


def test_every_function_fits_on_a_screen() -> None:
    """At most 80 lines, its docstring among them."""

    def found() -> Iterator[str]:
        for path in tracked_under(".", ".py"):
            if path.is_relative_to(MIGRATIONS):
                continue
            for node in ast.walk(tree_of(path)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    lines = (node.end_lineno or node.lineno) - node.lineno + 1
                    if lines > 80:
                        yield f"{path}:{node.lineno} {node.name} has {lines} lines"

    assert not offences(found())


def test_every_file_of_the_application_says_what_it_is_for() -> None:
    assert not [path for path in tracked_under("traceability", ".py") if not ast.get_docstring(tree_of(path))]


def test_nothing_is_marked_as_unfinished() -> None:
    written = {".py", ".html", ".txt", ".css", ".md", ".po", ""}

    assert not offences(
        f"{path}:{number} {line.strip()}"
        for path in tracked()
        if path.suffix in written and path.parts[0] != "LICENSE"
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if UNFINISHED.search(line)
    )


def test_no_exception_is_caught_without_its_name() -> None:
    assert not offences(
        f"{path}:{node.lineno}"
        for path in tracked_under(".", ".py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ExceptHandler) and node.type is None
    )


def test_templates_hold_no_script_and_no_style_of_their_own() -> None:
    """The pages are served with a content security policy that would refuse them."""
    assert not offences(
        f"{path}: {match.group().strip()}"
        for path in tracked_under("templates", ".html")
        for match in INLINE.finditer(text_of(path))
    )


def test_every_template_is_short() -> None:
    lengths = {path: len(text_of(path).splitlines()) for path in tracked_under("templates", ".html")}

    assert not offences(f"{path} has {lines} lines" for path, lines in lengths.items() if lines >= 150)
