"""A real nginx for as long as a test asks it; where there is none, the test says so."""

from __future__ import annotations

import getpass
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.serving import Server, free_port, until

_AROUND = """
user {user};
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
worker_processes {workers};
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{site}
}}
"""


def program() -> str | None:
    """Where nginx is, if it is."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


@contextmanager
def nginx(folder: Path, site: str, workers: int = 1) -> Iterator[Server]:
    """nginx with the text that `traceability publish --nginx` prints, on a free port of this machine."""
    binary = program()
    if binary is None:
        pytest.skip("nginx is not installed")
    port = free_port()
    here = re.sub(r"listen \d+;", f"listen 127.0.0.1:{port};", site)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nginx.conf").write_text(
        _AROUND.format(user=getpass.getuser(), folder=folder, site=here, workers=workers), "utf-8"
    )
    command = [binary, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    with (folder / "said.log").open("wb") as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    server = Server(process, port, folder / "error.log")
    try:
        until(lambda: process.poll() is not None or server.listens())
        assert process.poll() is None, (folder / "said.log").read_text() + server.said()
        yield server
    finally:
        process.terminate()
        process.wait()
