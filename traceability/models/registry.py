"""Who and where: farmers and partners, plots and facilities, official codes, certificates and what they cover."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from traceability.models.base import Base, Grams, Key, Owned, within


class Party(Base, Owned):
    """A farmer or partner of an organisation. A farmer's name is not here: see `Person`."""

    __tablename__ = "party"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        UniqueConstraint("org_id", "number"),
        CheckConstraint("kind in ('farmer','buyer','supplier','carrier','laboratory','certifier')", name="kind"),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(8), unique=True)
    number: Mapped[str] = mapped_column(String(24))  # the membership or card number people say
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200), default="")  # of a company; empty for a person
    name_key: Mapped[str] = mapped_column(String(200), default="", index=True)
    country: Mapped[str] = mapped_column(String(2), default="")
    province: Mapped[str] = mapped_column(String(120), default="")
    district: Mapped[str] = mapped_column(String(120), default="")
    village: Mapped[str] = mapped_column(String(120), default="")
    linked_org_id: Mapped[int | None] = mapped_column(Key)  # when the partner works in this system too
    created_at: Mapped[datetime]

    person: Mapped[Person | None] = relationship(
        back_populates="party", primaryjoin="Party.id == foreign(Person.party_id)", uselist=False
    )


class FarmerCard(Base, Owned):
    """A card that was made because one was lost. No row changes: the last one of a farmer counts."""

    __tablename__ = "farmer_card"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        within("party_id", "party"),
        within("made_by_id", "event"),
        Index("ix_farmer_card_party_id", "party_id"),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    party_id: Mapped[int] = mapped_column(Key)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    made_by_id: Mapped[int] = mapped_column(Key)


class Person(Base):
    """Personal data of a farmer, apart from everything else: erasing the row and its salt erases the person."""

    __tablename__ = "person"

    party_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    org_id: Mapped[int] = mapped_column(Key)
    name: Mapped[str] = mapped_column(String(200))
    nickname: Mapped[str] = mapped_column(String(80), default="")
    search_key: Mapped[str] = mapped_column(String(400), default="", index=True)
    phone: Mapped[str] = mapped_column(String(40), default="")
    salt: Mapped[bytes]
    named_in_public: Mapped[bool] = mapped_column(default=False)  # consent, changed only by an event

    party: Mapped[Party] = relationship(back_populates="person", primaryjoin="Party.id == foreign(Person.party_id)")

    __table_args__ = (within("party_id", "party"), Index("ix_person_org_id_search_key", "org_id", "search_key"))


class Plot(Base, Owned):
    """A piece of land (or pond) that grows; its geometry is kept as it was given."""

    __tablename__ = "plot"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        within("party_id", "party"),
        Index("ix_plot_org_id_party_id", "org_id", "party_id"),
        CheckConstraint("geometry_kind in ('none','point','polygon')", name="geometry_kind"),
        CheckConstraint("area_m2 >= 0", name="area"),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(8), unique=True)
    party_id: Mapped[int] = mapped_column(Key)
    name: Mapped[str] = mapped_column(String(120))
    commodity: Mapped[str] = mapped_column(String(40))
    area_m2: Mapped[int] = mapped_column(Key)  # of the polygon when there is one, else as declared
    area_declared: Mapped[bool] = mapped_column(default=True)
    bearing_m2: Mapped[int | None] = mapped_column(Key)
    cap_g: Mapped[int | None] = mapped_column(Grams)  # of a crop year, as approved; None where nothing limits it
    country: Mapped[str] = mapped_column(String(2))
    province: Mapped[str] = mapped_column(String(120), default="")
    district: Mapped[str] = mapped_column(String(120), default="")
    village: Mapped[str] = mapped_column(String(120), default="")
    geometry_kind: Mapped[str] = mapped_column(String(8), default="none")
    geometry: Mapped[str] = mapped_column(Text, default="")  # GeoJSON text as given
    created_at: Mapped[datetime]


class Facility(Base, Owned):
    """A place that handles: collection point, mill, packing house, warehouse, pond station, port."""

    __tablename__ = "facility"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        UniqueConstraint("org_id", "prefix"),
        CheckConstraint("pool in ('','pro_rata','first_in_first_out')", name="pool"),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(8), unique=True)
    prefix: Mapped[str] = mapped_column(String(6))  # of its receipts and lots: NL in NL-1120-037
    kind: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(120))
    pool: Mapped[str] = mapped_column(String(24), default="", server_default="")  # the rule, if it holds goods together
    country: Mapped[str] = mapped_column(String(2))
    province: Mapped[str] = mapped_column(String(120), default="")
    district: Mapped[str] = mapped_column(String(120), default="")
    village: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime]


class Registration(Base, Owned):
    """An official code: growing area, packing house, exporter number; stands for the plots or facility it covers."""

    __tablename__ = "registration"
    __table_args__ = (UniqueConstraint("org_id", "id"), UniqueConstraint("org_id", "scheme", "official_code"))

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    scheme: Mapped[str] = mapped_column(String(32))  # growing_area, packing_house, ico_exporter, establishment ...
    official_code: Mapped[str] = mapped_column(String(60))
    authority: Mapped[str] = mapped_column(String(120), default="")
    commodity: Mapped[str] = mapped_column(String(40), default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    created_at: Mapped[datetime]

    covers: Mapped[list[RegistrationCover]] = relationship(lazy="raise")
    suspensions: Mapped[list[Suspension]] = relationship(lazy="raise", order_by="Suspension.id")


class RegistrationCover(Base, Owned):
    """One plot or facility that an official code stands for; a code without covers stands for the organisation."""

    __tablename__ = "registration_cover"
    __table_args__ = (
        within("registration_id", "registration"),
        within("plot_id", "plot"),
        within("facility_id", "facility"),
        Index("ix_registration_cover_plot_id", "plot_id"),
        Index("ix_registration_cover_registration_id", "registration_id"),
    )

    registration_id: Mapped[int] = mapped_column(Key)
    plot_id: Mapped[int | None] = mapped_column(Key)
    facility_id: Mapped[int | None] = mapped_column(Key)


class Suspension(Base, Owned):
    """Days on which an official code did not stand; an open end means it still does not."""

    __tablename__ = "suspension"
    __table_args__ = (within("registration_id", "registration"),)

    registration_id: Mapped[int] = mapped_column(Key, index=True)
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
    in_error: Mapped[bool] = mapped_column(default=False, server_default=false())  # said by mistake: it never was


class Certificate(Base, Owned):
    """Evidence behind a claim: a scheme's certificate with its validity, custody model and what it covers."""

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("org_id", "id"), UniqueConstraint("org_id", "scheme", "number"))

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    scheme: Mapped[str] = mapped_column(String(40))  # organic, fair_trade, gap, deforestation_free ...
    number: Mapped[str] = mapped_column(String(80))
    issuer: Mapped[str] = mapped_column(String(200))
    custody: Mapped[str] = mapped_column(String(24))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    created_at: Mapped[datetime]

    covers: Mapped[list[CertificateCover]] = relationship(lazy="raise")


class CertificateCover(Base, Owned):
    """One farmer or plot under a certificate; a certificate without covers covers the whole organisation."""

    __tablename__ = "certificate_cover"
    __table_args__ = (
        within("certificate_id", "certificate"),
        within("party_id", "party"),
        within("plot_id", "plot"),
        Index("ix_certificate_cover_certificate_id", "certificate_id"),
    )

    certificate_id: Mapped[int] = mapped_column(Key)
    party_id: Mapped[int | None] = mapped_column(Key)
    plot_id: Mapped[int | None] = mapped_column(Key)
