"""A file that came with a form, no larger than can be kept."""

from __future__ import annotations

import os

from flask import request

from traceability.operations.inspection import too_large


def uploaded(name: str, most: int) -> bytes:
    """What was chosen in this field, nothing where nothing was. Raises FileTooLarge, which says its whole size."""
    file = request.files.get(name)
    if file is None:
        return b""
    with file.stream as stream:  # a large one lies in a temporary file until it is closed
        size = stream.seek(0, os.SEEK_END)
        if size > most:
            raise too_large(size, most)
        stream.seek(0)
        return stream.read()
