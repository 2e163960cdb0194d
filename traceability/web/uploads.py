"""A file that came with a form, no larger than can be kept."""

from __future__ import annotations

import os

from flask import request

from traceability.operations.pictures import MOST_PHOTO_BYTES, check_size, too_large


def uploaded(name: str) -> bytes:
    """What was chosen in this field, nothing where nothing was. Raises FileTooLarge, which says its whole size."""
    file = request.files.get(name)
    if file is None:
        return b""
    with file.stream as stream:  # a large one lies in a temporary file until it is closed
        size = stream.seek(0, os.SEEK_END)
        if size > MOST_PHOTO_BYTES:  # the largest that there may be: what is larger is not even read
            raise too_large(size, MOST_PHOTO_BYTES)
        stream.seek(0)
        content = stream.read()
    check_size(content)
    return content
