"""What is asked for, and where that is: pages, data, papers and lists of links of whatever a label names.

`$$found` is the folder of a label or of a page of ours, as `publishing.maps` writes it: the page that it leads to, and
below that what only this label is answered with. A box that may have a page of its own stands in `$$box_here`.
"""

from __future__ import annotations

from string import Template
from typing import Final

_KIND: Final = r"(gs1(:|%3[Aa])|https?(:|%3[Aa])(/|%2[Ff]){2}(ref\.gs1\.org|(www\.)?gs1\.org)(/|%2[Ff])voc(/|%2[Ff]))?"
_OF_GOODS: Final = "traceability|recallStatus|certificationInfo|verificationService"

_MAPS: Final = Template(
    r"""
map $$request_uri $$kind_of_link {
    default page;
    "~^[^?]*+$$" page;
    "~[?&]linkType=(linkset|all)(&|$$)" linkset;
    "~[?&]linkType=$kind(?<kind_said>defaultLink|pip|$of_goods|locationInfo|masterData)(&|$$)" $$kind_said;
    "~[?&]linkType(=|&|$$)" unknown;
}
map $$http_accept $$would_have_links {  # a scan is answered before anything is weighed
    default "";
    "~*application/linkset" $$rather_links;
}
map "$$kind_of_link $$would_have_links" $$asked {
    default $$kind_of_link;
    "page yes" linkset;
}
map $$args $$but_kind {  # what else was asked goes on with the reader; the kind of link is used up
    default $$args;
    "~^linkType=[^&]*&?(?<behind_kind>.*)$$" $$behind_kind;
    "~^(?<before_kind>.*)&linkType=[^&]*(?<after_kind>.*)$$" $$before_kind$$after_kind;
}
map $$but_kind $$passed {
    default $$but_kind;
    "~^10=[^&]*&?(?<behind_lot>.*)$$" $$behind_lot;
    "~^(?<before_lot>.*)&10=[^&]*(?<after_lot>.*)$$" $$before_lot$$after_lot;
}
map $$passed $$passed_in_language {  # to an address that says the language itself
    default $$passed;
    "~^l=[^&]*&?(?<behind_l>.*)$$" $$behind_l;
    "~^(?<before_l>.*)&l=[^&]*(?<after_l>.*)$$" $$before_l$$after_l;
}
map $$passed $$with_query {
    default ?$$passed;
    "" "";
}
map $$passed_in_language $$with_more {
    default &$$passed_in_language;
    "" "";
}
map $$found $$led_to {  # the page without what only a label has
    volatile;
    default "";
    "~^(?<page_found>/[a-z]+/[0-9A-Z]+)" $$page_found;
}
map $$led_to $$on_pallet {
    volatile;
    default "";
    include "$folder/.pallets.map";
}
map $$led_to $$goods {
    volatile;
    default $$on_pallet;
    "~^/b/" $$led_to;
}
map $$found_in_plain $$master_data_above {  # a part of a place has none, and its whole is asked
    default "";
    "~^(?<page_above>/organisation/[0-9A-Z]+)" $$page_above?l=$$spoken$$with_more;
}
map "$$asked $$rather_data" $$below_goods {
    default "";
    "~^(page|traceability|recallStatus) yes$$" .json$$with_query;
    "~^(traceability|recallStatus) $$" ?l=$$spoken$$with_more;
    "~^certificationInfo " /certificate.pdf?l=$$on_paper$$with_more;
    "~^verificationService " /verify?l=$$spoken$$with_more;
}
map "$$asked $$rather_data $$led_to$$box_here" $$target {
    volatile;
    default "";
    "~^page yes /b/[0-9A-Z]+$$" $$led_to$$below_goods;
    "~^(page|defaultLink) \w* (?<to_page>/.+)$$" $$to_page$$with_query;
    "~^pip \w* (?<to_page>/.+)$$" $$to_page?l=$$spoken$$with_more;
    "~^locationInfo \w* (?<to_page>/place/.+)$$" $$to_page?l=$$spoken$$with_more;
    "~^masterData \w* (?<to_page>/organisation/.+)$$" $$to_page?l=$$spoken$$with_more;
    "~^masterData \w* /place/" $$master_data_above;
    "~^($of_goods) \w* /(b|pallet)/" $$goods$$below_goods;
}
map $$target $$target_or_none {
    volatile;
    default $$target;
    "" none;
}
map $$asked $$elsewhere {  # of a page that is asked for itself
    volatile;
    default $$target_or_none;
    page "";
}
map "$$rather_data $$uri" $$data_of_pallet {
    volatile;
    default "";
    "~^yes (?<pallet_asked>/pallet/.+)$$" $$pallet_asked.json;
}
map $$said_lot $$lot_and_more {  # an article is told which lot of it was asked for
    default 10=$$said_lot&$$passed;
    "" $$passed;
}
map $$lot_and_more $$article_query {
    default ?$$lot_and_more;
    "~^(?<lot_alone>.+)&$$" ?$$lot_alone;
    "" "";
}
map $$said_lot $$named_lot {
    default &10=$$said_lot;
    "" "";
}
map $$asked $$below_article {
    default "";
    "~^(page|defaultLink)$$" $$said_gtin$$article_query;
    pip $$said_gtin?l=$$spoken$$named_lot$$with_more;
}
map $$asked $$choosing {  # where several batches say one number
    default $$asked;
    "~^(page|defaultLink)$$" pip;
}
"""
)


def maps(folder: str) -> str:
    """The maps; `folder` holds what was published."""
    return _MAPS.substitute(folder=folder, kind=_KIND, of_goods=_OF_GOODS)
