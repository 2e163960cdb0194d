"""Who asks: the language of a reader by choice or by browser, and whether a program would rather have data.

The weights of `Accept` are compared to their last digit, as the application compares them; those of languages to a
tenth, all smaller ones being alike, and of two languages with one weight the first that there is here counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from string import Template
from typing import Final

from traceability.domain import linkset
from traceability.words import LANGUAGES, PUBLIC_LANGUAGES

_LANGUAGES: Final = Template(
    r"""
map $$http_accept_language $$wished {
    default "";
$wished}
map $$wished $$heard {
    default $language;
$spoken}
map $$args $$chosen {
    default "";
    "~*^(?:(?!l=)[^&]*&)*l=(?<l_said>[a-z]+)(?:-[^&]*)?(?:&|$$)" $$l_said;
}
map $$chosen $$spoken {
    default $$heard;
$spoken}
map $$spoken $$on_paper {
    default en;
$on_paper}
map $$chosen $$shelf {
    default index;
$shelf}
map $$chosen $$also {
    default "";
$also}
map $$chosen $$only_l {
    default "";
$only_l}
"""
)
_DOCUMENTS: Final = Template(
    r"""
$weights
map "$$weight_of_json $$weight_of_html" $$rather_data {
    default "";
$more}
map "$$weight_of_problem $$weight_of_html" $$rather_problem {
    default "";
$more}
map "$$weight_of_linkset $$weight_of_html" $$rather_linkset {
    default "";
$more}
map "$$weight_of_html $$weight_of_linkset" $$rather_page {
    default "";
$more}
map "$$rather_page $$weight_of_linkset $$http_accept" $$rather_links {  # nobody takes links who does not name them
    default "";
    "~^ 0(\.0*)? " "";
    "~*^ [^ ]+ (.*,)?\s*$linkset\s*(;|,|$$)" yes;
}
map $$rather_data $$box_form {
    default html;
    yes json;
}
map "$$rather_data$$rather_problem$$rather_linkset $$request_uri" $$as_what {  # in which form an error is told
    default html;
    "~^yes" json;
    "~\.json(\?|$$)" json;
}
"""
)
_WEIGHTS: Final = (r"(;\s*q=1(\.0*)?\s*)?", *(rf";\s*q=0\.{part}[0-9]*\s*" for part in (*range(9, 0, -1), "0+[1-9]")))
_WISH: Final = r"(^|,)\s*(?<wish>{known})(-[a-z0-9-]*)?\s*{weight}(,|$)"
_KINDS: Final = {
    "html": "text/html",
    "json": "application/json",
    "problem": "application/problem+json",
    "linkset": linkset.MEDIA_TYPE,
}
_FIRST_LARGER: Final = "|".join(rf"{digit}[0-9]* 0\.\1[0-{digit - 1}]" for digit in range(9, 0, -1))
_MORE: Final = (  # that the first of two weights is the larger
    r"^1(\.0*)? 0",
    rf"^0\.([0-9]*)({_FIRST_LARGER})",
    r"^0\.([0-9]*)[0-9]*[1-9][0-9]* 0\.\1$",
    r"^0\.[0-9]*[1-9][0-9]* 0$",
)


def maps(language: str) -> str:
    """The maps; `language` is that of readers who wish for none that there is."""
    known = "|".join(PUBLIC_LANGUAGES)
    languages = _LANGUAGES.substitute(
        language=language,
        wished=_lines((_WISH.format(known=known, weight=weight), "$wish") for weight in _WEIGHTS).replace('"~', '"~*'),
        spoken=_each(PUBLIC_LANGUAGES, "{}"),
        on_paper=_each(LANGUAGES, "{}"),
        shelf=_each(PUBLIC_LANGUAGES, "chosen"),
        also=_each(PUBLIC_LANGUAGES, "&l={}"),
        only_l=_each(PUBLIC_LANGUAGES, "?l={}"),
    )
    return languages + _DOCUMENTS.substitute(
        weights="\n".join(_weight(name, media_type) for name, media_type in _KINDS.items()),
        more=_lines((more, "yes") for more in _MORE),
        linkset=_literal(linkset.MEDIA_TYPE),
    )


def _weight(name: str, media_type: str) -> str:
    """How welcome a kind of document is, by the finest name of it that is said; all are to somebody who says none."""
    lines = []
    for wide in (_literal(media_type), _literal(media_type.partition("/")[0]) + r"/\*", r"\*/\*"):
        kind = rf"(^|,)\s*{wide}(\s*;\s*(?!q=)[^,;]*)*"  # with its parameters: we have each kind in one way
        lines.append((rf"{kind}\s*(,|$)", "1"))
        lines.append((rf"{kind}\s*;\s*q=(?<weight>[01](\.[0-9]*)?)\s*(,|$)", "$weight"))
    body = _lines(lines).replace('"~', '"~*')
    return f'map $http_accept $weight_of_{name} {{\n    default 0;\n    "" 1;\n{body}}}'


def _literal(media_type: str) -> str:
    return media_type.replace("+", r"\+").replace(".", r"\.")


def _lines(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f'    "~{pattern}" {value};\n' for pattern, value in pairs)


def _each(languages: tuple[str, ...], value: str) -> str:
    return "".join(f"    {code} {value.format(code)};\n" for code in languages)
