"""Codes as people type them, whole addresses that are pasted, and versions of a batch."""

from __future__ import annotations

from string import Template
from typing import Final

_END: Final = r"(/|%2F)?((\?|%3F|#|%23|\s|\+|%20).*)?$"
_MAPS: Final = Template(
    r"""
map $$arg_version $$version {
    default "";
    "~^0*(?<number>[0-9]{1,6})$$" /versions/$$number;
    "~^[+-]?[0-9]+$$" /versions/none;
}
map $$arg_code $$code_typed {
    default "";
    include "$folder/.codes.map";
}
map $$arg_code $$pasted {  # a whole address; one that says more than is understood to its end leads nowhere from here
    default "";
    "~*${slash}b$slash(?<pc>[0-9A-Z]{8})${slash}21$slash(?<pb>[0-9A-Z]{20})$end" /b/$$pc/21/$$pb$$only_l;
    "~*(^|${slash}b$slash)(?<pc>[0-9A-Z]{8})-(?<pv>[0-9]{1,6})($$|[^0-9A-Z])" /b/$$pc-$$pv$$only_l;  # a certificate
    "~*${slash}b$slash(?<pc>[0-9A-Z]{8})($$|[^0-9A-Z])" /b/$$pc$$only_l;
    "~*${slash}01$slash(?<pn>[0-9]{14})${slash}10$slash(?<pl>[0-9A-Z._-]+)${slash}21$slash(?<pb>[0-9A-Z]+)$end"
        /01/$$pn/10/$$pl/21/$$pb;
    "~*${slash}01$slash(?<pn>[0-9]{14})${slash}10$slash(?<pl>[0-9A-Z._-]+)$end" /01/$$pn/10/$$pl;
    "~*${slash}414$slash(?<pn>[0-9]{13})${slash}254$slash(?<pe>[0-9A-Z._-]+)$end" /414/$$pn/254/$$pe;
    "~*$slash(?<pf>00|01|414|417)$slash(?<pn>[0-9]{13,18})$end" /$$pf/$$pn;
}
map $$kind_asked$$code_asked $$code_meant {  # of a batch its code, of a pallet or a place its address
    volatile;
    default "";
    include "$folder/.codes.map";
}
"""
)


def maps(folder: str) -> str:
    """The maps; `folder` holds what was published."""
    return _MAPS.substitute(folder=folder, slash="(/|%2F)", end=_END)
