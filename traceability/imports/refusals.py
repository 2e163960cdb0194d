"""Why a whole file was not read. What is wrong with one row is a finding of its report, not a refusal."""

from __future__ import annotations

from traceability.errors import Invalid


class FileTooLarge(Invalid):
    """This file is larger than {limit_mb} MB. Split it and send the parts one after the other."""


class FileEmpty(Invalid):
    """This file is empty. Check that it was saved, and choose it again."""


class FileMissing(Invalid):
    """There is no file to read at {path}. Check the name and try again."""


class NotASpreadsheet(Invalid):
    """This is not a spreadsheet that we can read. Save it as .xlsx or as CSV (UTF-8) and send it again."""


class OldOrLockedSpreadsheet(Invalid):
    """This is an old .xls file or one with a password. Save it as .xlsx without a password."""


class SpreadsheetTooBig(Invalid):
    """This spreadsheet unpacks to far too much, or has too many parts. Save only the sheet that you need."""


class TooManyRows(Invalid):
    """The sheet reaches row {found}; at most {limit} rows are read at once. Split it, or delete the rest."""


class TooManyColumns(Invalid):
    """The sheet reaches column {found}; at most {limit} are read. Delete the columns that are not needed."""


class TooManyCells(Invalid):
    """The sheet has more than {limit} cells. Split it, or delete columns that are not needed."""


class NotText(Invalid):
    """This file is not readable text. Save it as CSV (UTF-8) or as .xlsx and send it again."""


class HeaderNotFound(Invalid):
    """No row of this file looks like column titles. Give the first row titles such as {examples}."""


class NoSuchColumn(Invalid):
    """There is no column called {column} in this file. Its columns are: {columns}."""


class NoSuchField(Invalid):
    """There is no field called {field} to fill. The fields are: {fields}."""


class ColumnsMissing(Invalid):
    """A column for {fields} was not found. Add it, or name it: --column {first}=Title. The columns are: {titles}."""


class AnswerNotUnderstood(Invalid):
    """The answer {answer} for row {row} is not understood. Answer accept, total, or a weight such as 60 kg."""


class AnswerNotAsked(Invalid):
    """Nothing is asked about row {row}, so it cannot be answered. The rows that ask: {rows}."""


class NotJson(Invalid):
    """This is not readable JSON, near character {position}. Export the file again."""


class JsonTooDeep(Invalid):
    """This file nests its values more than {limit} deep. Export it again without what is not needed."""


class NumberNotFinite(Invalid):
    """This file holds a number that is not finite ({number}). Correct it and send the file again."""


class NotGeoJson(Invalid):
    """This file holds no plots in GeoJSON form. Export them as a FeatureCollection."""


class TooManyPlots(Invalid):
    """This file holds {found} plots; at most {limit} are read at once. Split it into smaller files."""


class NotANetwork(Invalid):
    """This is no network that we can read. Send FoodChain-Lab JSON, EPCIS 2.0 JSON or a table of movements."""


class NetworkEmpty(Invalid):
    """This file describes no goods. Check that it is the right one, and choose it again."""


class NetworkTooLarge(Invalid):
    """This file holds {found} lots or links between them; at most {limit} are read at once. Split it."""


class TooManyInputs(Invalid):
    """Lot {lot} is made of {found} others; at most {limit} can be kept. Split the file, or leave this lot out."""


class NetworkUnreadable(Invalid):
    """Entry {number} of “{part}” is not as the format of this file says. Export it again."""


class NetworkIncomplete(Invalid):
    """{name} is named in this file but not described in it. Export it again with everything in it."""


class NetworkSaysTwice(Invalid):
    """{name} stands in this file more than once. Correct it and send the file again."""


class MovementUnreadable(Invalid):
    """Row {row} has no {field} that we can read. Correct it and send the file again."""


class MovementAmbiguous(Invalid):
    """The quantity {typed} in row {row} can be read in two ways. Write it in grams, without any mark."""
