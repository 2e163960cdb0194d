"""A folder of files for any web server, kept up to date: only what changed is written, each file in one move.

What stands there is remembered in `.published.json` by the digest of what each file says, so that a file whose words
are the same is left alone. One program at a time writes; who reads sees the old file or the new one, and never none.
A run that was broken off leaves `.writing` behind: the next one that comes to its end removes what no list names.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

from traceability.errors import Conflict

MANIFEST: Final = ".published.json"
_LOCK, _NEW, _WRITING = ".lock", ".new", ".writing"
_OWN: Final = {MANIFEST, _LOCK, _NEW, _WRITING}
_DOTTED: Final = {".well-known", ".codes.map", ".links.map", ".pallets.map"}  # what may begin with a dot


class AlreadyPublishing(Conflict):
    """Another program is writing into this folder. Let it finish, then start again."""


class FolderOfOthers(Conflict):
    """{folder} holds files that are not ours, and they could be lost. Name an empty folder, or a new one."""


@dataclass(frozen=True)
class File:
    """What is to stand at a path. `digest` is that of its words, without the moment of writing."""

    path: str
    content: bytes
    digest: str


@dataclass
class Part:
    """Files that change together, the digest of the facts that they tell, and the digest of each of them."""

    facts: str = ""
    files: dict[str, str] = field(default_factory=dict)


@dataclass
class Written:
    """What was done."""

    files: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)  # by name: those with a file that was written or removed
    unanswered: list[str] = field(default_factory=list)  # what was asked in vain: its part stands as it stood


class Site:
    """The folder while it is held. Every part is either kept or put; what was neither is gone at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written = Written()
        self.stamp = ""  # of what stood here as a whole
        self._broken = (folder / _WRITING).exists()
        self._before, self._now = self._read(), dict[str, Part]()
        self._gone: set[str] = set()  # from the parts that had them
        self._finished = False

    def says(self, name: str, facts: str) -> bool:
        """Whether a part tells these facts already."""
        return name in self._before and self._before[name].facts == facts

    def facts_of(self, name: str) -> str:
        """The facts that a part tells as it stands; none of a part that is not there whole."""
        return self._before[name].facts if name in self._before else ""

    def content(self, name: str, path: str) -> bytes | None:
        """What stands in a file of a part; nothing where it has none there."""
        if name not in self._before or path not in self._before[name].files:
            return None
        try:
            return self._place(path).read_bytes()
        except FileNotFoundError:
            return None

    def keep(self, name: str) -> None:
        """Leave a part as it stands."""
        self._now[name] = self._before[name]

    def put(self, name: str, facts: str, files: Iterable[File]) -> None:
        """Write of a part what differs, and remove what is no more of it."""
        before, now = self._before.get(name, Part()), Part(facts)
        differs = False
        try:
            for file in files:
                if before.files.get(file.path) != file.digest:
                    self._write(file)
                    differs = True
                now.files[file.path] = file.digest
        except BaseException:  # what is there now is told, so that nothing is left behind, and written again
            self._now[name] = Part("", {**before.files, **now.files})
            raise
        gone = before.files.keys() - now.files.keys()
        self._gone |= gone
        self._now[name] = now
        if differs or gone:
            self.written.parts.append(name)

    def begin_again(self) -> None:
        """Whatever was kept or put until now is what stands; every part is to be named once more."""
        self._before, self._now = {**self._before, **self._now}, {}
        self.stamp = ""
        self.written.unanswered.clear()

    def finish(self, stamp: str) -> None:
        """What stands here now is whole, and of this moment of the record; parts that were not named are no more."""
        for name in self._before.keys() - self._now.keys():
            self._gone |= self._before[name].files.keys()
            self.written.parts.append(name)
        self._before, self.stamp, self._finished = {}, stamp, True

    def claim(self) -> None:
        """Before the first file: whatever ends this run, the next one knows the folder as ours."""
        (self.folder / _NEW).unlink(missing_ok=True)
        if not (self.folder / MANIFEST).exists():
            self._move_in(MANIFEST, b'{"stamp": "", "parts": {}}')

    def save(self) -> None:
        """Remove what no part has any more, and remember what stands here."""
        parts = {**self._before, **self._now}  # what a broken run did not come to stands as it stood
        stand = set[str]().union(*(part.files for part in parts.values()))
        self._remove(self._gone - stand)
        if self._finished and self._broken:
            self._remove(self._files() - stand)
        (self.folder / _NEW).unlink(missing_ok=True)
        if not (self._finished or self.written.files or self.written.removed):
            return
        os.sync()  # the files come to the disk before the list that says that they are there
        told = {name: {"facts": part.facts, "files": part.files} for name, part in parts.items()}
        stamp = self.stamp if self._finished else ""
        text = json.dumps({"stamp": stamp, "parts": told}, ensure_ascii=False, indent=0)
        self._move_in(MANIFEST, text.encode())
        if self._finished:
            (self.folder / _WRITING).unlink(missing_ok=True)

    def _read(self) -> dict[str, Part]:
        try:
            kept: Any = json.loads((self.folder / MANIFEST).read_text("utf-8"))
            parts = {name: Part(str(part["facts"]), dict(part["files"])) for name, part in kept["parts"].items()}
            self.stamp = str(kept["stamp"])
            return parts
        except (OSError, ValueError, KeyError, TypeError, AttributeError):  # none yet, or damaged: all is written anew
            self._broken = True
            return {}

    def _files(self) -> set[str]:
        """Every file that stands here and is not for us alone."""
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix() for path in found} - _OWN

    def _write(self, file: File) -> None:
        if not self.written.files:
            (self.folder / _WRITING).touch()
        self._move_in(file.path, file.content)
        self.written.files.append(file.path)

    def _move_in(self, path: str, content: bytes) -> None:
        target, new = self._place(path), self.folder / _NEW
        target.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(content)
        if target.exists():  # servers tell two versions of a file apart by the second
            at = max(int(target.stat().st_mtime) + 1, int(new.stat().st_mtime))
            os.utime(new, (at, at))
        os.replace(new, target)

    def _remove(self, paths: Iterable[str]) -> None:
        for path in sorted(paths):
            self._place(path).unlink(missing_ok=True)
            self.written.removed.append(path)
            self._remove_empty(self._place(path).parent)

    def _remove_empty(self, folder: Path) -> None:
        while folder != self.folder and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent

    def _place(self, path: str) -> Path:
        parts = PurePosixPath(path).parts
        hidden = [part for part in parts if part.startswith(".") and part not in _DOTTED | _OWN]
        if not parts or path.startswith("/") or hidden:
            raise ValueError(f"no place inside the folder: {path}")
        return self.folder.joinpath(*parts)


@contextmanager
def held(folder: Path) -> Iterator[Site]:
    """The folder, made where it is not there yet, for one writer. What was done is remembered whatever happens.

    Raises AlreadyPublishing, FolderOfOthers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / MANIFEST).exists() and any(path.name not in _OWN for path in folder.iterdir()):
        raise FolderOfOthers(folder=str(folder))
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyPublishing() from None
        site = Site(folder)
        site.claim()
        try:
            yield site
        finally:
            site.save()
    finally:
        os.close(lock)  # which gives it back
