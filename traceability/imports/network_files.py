"""Which of the formats of networks a file is in: its contents decide."""

from __future__ import annotations

from collections.abc import Mapping

from traceability.imports.bounded import Source, read_bytes
from traceability.imports.delimited import decoded_strictly
from traceability.imports.epcis import epcis_network
from traceability.imports.foodchainlab import foodchainlab_network
from traceability.imports.movements import Method, read_movements
from traceability.imports.network import Network
from traceability.imports.refusals import HeaderNotFound, NotANetwork, NotText
from traceability.imports.strict_json import parsed

FORMATS = ("foodchainlab", "movements", "epcis")


def read_network(
    source: Source,
    *,
    format: str = "",
    method: Method = Method.FIRST_IN_FIRST_OUT,
    mapping: Mapping[str, str] | None = None,
) -> Network:
    """The network in a file. `format` is one of FORMATS, guessed when empty.

    `method` and `mapping` (the title of a column by field) are for movements only.
    """
    content = read_bytes(source)
    if (format or _guessed(content)) == "movements":
        try:
            return read_movements(content, method=method, mapping=mapping)
        except HeaderNotFound as problem:
            raise (problem if format else NotANetwork()) from problem
    document = parsed(decoded_strictly(content), exact=True)
    if not format and isinstance(document, dict):
        format = "epcis" if "epcisBody" in document else "foodchainlab"
    return epcis_network(document) if format == "epcis" else foodchainlab_network(document)


def _guessed(content: bytes) -> str:
    """`movements`, unless the file begins like JSON."""
    try:
        text = decoded_strictly(content[:400].rpartition(b"\n")[0] or content[:400])
    except NotText:
        return "movements"
    return "" if text.lstrip().startswith(("{", "[")) else "movements"
