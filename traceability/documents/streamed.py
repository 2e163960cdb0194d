"""A PDF that is written while it is drawn: every page goes to the file when it is done, and is forgotten.

reportlab keeps all pages until it saves. Here it draws and makes fonts as ever, but a finished page is written out at
once; fonts, what pages share and the list of pages follow at the end. So ten thousand labels take no more memory than
a hundred.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, Final

from reportlab.pdfbase.pdfdoc import (
    PDFCrossReferenceTable,
    PDFFile,
    PDFIndirectObject,
    PDFObjectReference,
    PDFStream,
    PDFTrailer,
    PDFZCompress,
    pdfdocEnc,
)
from reportlab.pdfgen.canvas import Canvas

_WRITTEN: Final = None  # stands where an object was that is in the file already


class _Collected(PDFFile):
    """reportlab's idea of a file, handing on what it is given instead of keeping it."""

    def __init__(self, output: BinaryIO, version: Any) -> None:
        self._output = output
        super().__init__(version)
        for start in self.strings:
            output.write(start)
        self.write: Callable[[bytes], object] = output.write  # type: ignore[assignment]  # a list's `append` before


class Streamed:
    """The pages of a canvas, written one by one. The canvas must have no password and no outline."""

    def __init__(self, canvas: Canvas, output: BinaryIO) -> None:
        self.canvas = canvas
        self._document: Any = canvas._doc  # type: ignore[attr-defined]
        self._file = _Collected(output, self._document._pdfVersion)
        self._document.encrypt.prepare(self._document)

    def end_page(self) -> None:
        """Write the page that was drawn, and what it says, and forget both."""
        document = self._document
        self.canvas.showPage()
        name, page = f"Page{document.pageCounter - 1}", document.Pages.pages[-1]
        page.Contents = document.Reference(PDFStream(content=page.stream, filters=[PDFZCompress]), f"{name}.content")
        self._write(f"{name}.content")
        self._write(name)
        document.Pages.pages[-1] = PDFObjectReference(name)

    def close(self) -> None:
        """Write all the rest."""
        document = self._document
        for font in document.delayedFonts:
            font.addObjects(document)
        document.info.invariant = document.invariant
        document.info.digest(document.signature)
        root, info = document.Reference(document.Catalog), document.Reference(document.info)
        document.Outlines.prepare(document, self.canvas)
        if document.Outlines.ready < 0:
            document.Catalog.Outlines = None
        number = 0
        while (number := number + 1) in document.numberToId:  # what is written may name more
            self._write(document.numberToId[number])
        names = [document.numberToId[number] for number in range(1, len(document.numberToId) + 1)]
        table = PDFCrossReferenceTable()
        table.addsection(0, names)
        at = self._file.add(table.format(document))
        trailer = PDFTrailer(startxref=at, Size=len(names) + 1, Root=root, Info=info, Encrypt=None, ID=document.ID())
        self._file.add(trailer.format(document))

    def _write(self, name: str) -> None:
        document = self._document
        if name in document.idToOffset:
            return
        said = PDFIndirectObject(name, document.idToObject[name]).format(document)
        document.idToOffset[name] = self._file.add(pdfdocEnc(said))
        document.idToObject[name] = _WRITTEN
