"""Goods of any other kind, as the networks of others have them: the lot keeps the name they go by, and no more."""

from __future__ import annotations

from traceability.commodities._shape import Commodity, Form, names, readers

COMMODITY = Commodity(
    key="other_goods",
    scientific_name="",
    names=names("Other goods", "ສິນຄ້າອື່ນ", "Hàng hóa khác", "其他货物"),
    forms=(Form("goods", names("Goods as named", "ສິນຄ້າຕາມຊື່", "Hàng theo tên gọi", "所列货物"),
                needs_reader=readers("lo vi")),),
    steps=(),
    yields=(),
    limits=(),
    seasons=(),
    grades=("A", "B", "R"),
    label_fields=("product", "origin", "lot", "net_mass"),
    storage="",
    fraud_patterns=(),
    eudr=False,
    eudr_note="Not known: the goods are not specified.",
    needs_reader=readers("lo vi"),
    unspecified=True,
)  # fmt: skip
