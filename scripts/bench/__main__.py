"""Runs every benchmark of this folder and prints one table: what was measured, against what, and what was promised.

A benchmark is a module here with a function `measure` that yields rows; it takes of `quick`, `folder` and `pictures`
what it needs.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
import platform
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from scripts.bench.table import Row, printed

_HERE = Path(__file__).resolve().parent
_SHOWN = _HERE.parent.parent / ".github"
_WRITTEN = _SHOWN / "benchmarks.md"


def benchmarks() -> dict[str, Callable[..., Iterator[Row]]]:
    """Every module here that measures something, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(_HERE)]) if not module.name.startswith("_"))
    modules = {name: importlib.import_module(f"scripts.bench.{name}") for name in names}
    return {name: module.measure for name, module in modules.items() if hasattr(module, "measure")}


def main(arguments: list[str]) -> int:
    """Measure, print, and write the table where it is asked for; 1 when a promise was missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench/run", description=__doc__)
    known = benchmarks()
    parser.add_argument("--only", choices=sorted(known), action="append", metavar="NAME", help=", ".join(known))
    parser.add_argument("--quick", action="store_true", help="small data and few rounds: does it still run?")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the made databases there for the next time")
    parser.add_argument("--write", action="store_true", help=f"renew the tables and pictures in {_SHOWN.name}/")
    asked = parser.parse_args(arguments)
    if asked.keep is not None:
        asked.keep.mkdir(parents=True, exist_ok=True)
    offered = {"quick": asked.quick, "folder": asked.keep, "pictures": _SHOWN if asked.write else None}
    rows: list[Row] = []
    for name in asked.only or known:
        taken = inspect.signature(known[name]).parameters
        measured: list[Row] = []
        for row in known[name](**{key: value for key, value in offered.items() if key in taken}):
            print(f"{name}: {row.what}: {row.ratio:.3g} {row.verdict} ({row.note})", file=sys.stderr)
            measured.append(row)
        if asked.write:
            kept = _WRITTEN.read_text("utf-8") if _WRITTEN.exists() else ""
            _WRITTEN.write_text(renewed(kept, name, measured), encoding="utf-8")
        rows += measured
    print(printed(rows))
    return 1 if any(row.verdict == "MISSED" for row in rows) else 0


def renewed(kept: str, name: str, rows: list[Row]) -> str:
    """The written page with the table of one benchmark in the place of its last one; the others stay as they were."""
    tables = dict(part.split("\n\n", 1) for part in kept.split("\n## ")[1:])
    tables[name] = printed(rows) + "\n"
    return "\n## ".join([_heading() + "\n", *(f"{key}\n\n{tables[key]}" for key in sorted(tables))])


def _heading() -> str:
    return (
        "# What was measured\n\n"
        "Ratios of ours to a yardstick, side by side in one run, medians of interleaved rounds: "
        "`scripts/bench/run --write` renews all, with `--only NAME` one. "
        "Processor time where both only compute in this process, else the clock. "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{platform.system()} {platform.machine()}. Absolute figures only give an idea of scale."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
