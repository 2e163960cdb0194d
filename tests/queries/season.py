"""A small season in which every kind of event that changes a row has happened, for the audit and the traces."""

from __future__ import annotations

from tests.cast import World, event_of
from traceability.domain import facts
from traceability.domain.facts import Loss, Measured, Output, Take
from traceability.models.database import Database
from traceability.operations import (
    collection,
    correction,
    inspection,
    packing,
    pooling,
    processing,
    rebooking,
    registry,
    shipping,
)

GTIN = "09506000134352"


class Season(World):
    """60 kg of Amina + 40 kg of Bounmy -> formed; 40 kg split off and sent to Chiara, 60 kg packed and shipped.

    Beside it: a weigh-in that was declared in error, a hold that passed, one that failed, a recall that was lifted,
    a consignment half refused and taken back, a batch replaced by another, goods destroyed, a tank filled twice. At
    the end the 40 kg turn out to be Sida's, and then Bounmy's after all.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.first = self.delivery(
            60_000, plot=self.amina_plot, measured=(Measured(property="moisture", value="12.5"),)
        )
        self.second = self.delivery(40_000, self.bounmy)
        self.formed = str(
            self.do(
                self.bakari,
                collection.form_lot,
                facts.FormLot,
                facility=self.mill,
                deliveries=(self.first, self.second),
                weighed_g=99_500,
            )["lot"]
        )
        self.stayed, self.sent = self.split(self.formed, 60_000, 39_500)
        self._to_chiara()
        self._to_buyers()
        self._stopped_and_corrected()
        self._through_a_tank()
        self._whose_it_was()
        agreed = {"farmer": self.amina, "named_in_public": True}
        self.do(self.bakari, registry.change_consent, facts.ChangeConsent, **agreed)

    def _through_a_tank(self) -> None:
        """7 kg of Amina and 4 kg of Bounmy in it, 3 kg drawn off, and ten grams missing by the dipstick."""
        self.tank = self.pool("pro_rata")
        self.poured(self.tank, self.delivery(7_000))
        self.inside = self.poured(self.tank, self.delivery(4_000, self.bounmy))
        self.tapped = self.drawn(self.tank, 3_000)
        self.do(self.bakari, pooling.level_pool, facts.LevelPool, facility=self.tank, weighed_g=7_990)

    def _to_chiara(self) -> None:
        self.road = self.dispatched(self.sent, 30_000, vehicle="1234")
        self.arrived = self.received(self.road, 20_000, refused_g=10_000, reason="wet")
        self.do(self.malee, shipping.take_back, facts.TakeBack, transfer=self.road, weighed_g=9_000, reason="dried")
        self.pending = self.dispatched(self.sent, 5_000)

    def _to_buyers(self) -> None:
        graded = self.do(
            self.bakari,
            processing.process,
            facts.Process,
            facility=self.mill,
            inputs=(Take(lot=self.stayed),),
            outputs=(
                Output(form="graded_green", mass_g=57_000),
                Output(form="triage", mass_g=2_000, by_product=True),
            ),
            losses=(Loss(name="dust", mass_g=500),),
            confirmed=True,
        )
        self.graded = str(graded["lot"])
        one, two = self.split(self.graded, 28_000, 29_000)
        self.batch = self.released(self.sealed(self.packed(one, mass_g=28_000, count=1)))
        self.newer = self.released(self.sealed(self.packed(two, mass_g=29_000, count=1), gtin=GTIN))
        replaced = {"old": self.batch, "new": self.newer, "reason": "new bags"}
        self.do(self.malee, packing.supersede, facts.Supersede, **replaced)
        self.do(
            self.malee,
            shipping.ship,
            facts.Ship,
            batch=self.batch,
            buyer=self.buyer,
            mass_g=8_000,
            container="CSQU3054383",
        )

    def _stopped_and_corrected(self) -> None:
        wrong = self.do(
            self.bakari,
            collection.record_weigh_in,
            facts.WeighIn,
            facility=self.mill,
            farmer=self.sida,
            commodity="arabica_coffee",
            form="green",
            bags_g=(45_000,),
            tare_g=0,
        )
        declare = {"event": wrong.event, "reason": "did_not_occur", "note": "typed twice"}
        self.do(self.malee, correction.declare_error, facts.DeclareError, **declare)
        for passed in (True, False):
            lot = self.delivery(10_000 + passed, self.sida)
            hold = self.do(self.ines, inspection.put_on_hold, facts.PutOnHold, lot=lot, reason="smell", action="wait")
            outcome = {"hold": hold["hold"], "passed": passed, "outcome": "looked at"}
            self.do(self.ines, inspection.close_hold, facts.CloseHold, **outcome)
        self.destroyed = lot
        self.do(self.malee, processing.dispose, facts.Dispose, lot=lot, mass_g=None, reason="mould")
        self.held = self.delivery(12_000, self.sida)
        self.do(self.ines, inspection.put_on_hold, facts.PutOnHold, lot=self.held, reason="smell")
        target = {"lot": self.held, "reason": "residue", "action": "bring it back"}
        recall = self.do(self.ines, inspection.recall, facts.RecallGoods, **target)
        self.do(self.ines, inspection.lift_recall, facts.LiftRecall, recall=recall["recall"], outcome="false alarm")
        paper = {"lot": self.held, "title": "Report", "content": b"%PDF-1.4 a report", "public": True}
        self.do(self.bakari, inspection.attach, facts.Attach, **paper)
        measured = {"lot": self.held, "measured": (Measured(property="moisture", value="11.9"),)}
        self.do(self.bakari, inspection.inspect, facts.Inspect, **measured)

    def _whose_it_was(self) -> None:
        for farmer in (self.sida, self.bounmy):
            said = {"event": event_of(self, self.second), "farmer": farmer, "reason": "the other card"}
            self.do(self.malee, rebooking.correct_origin, facts.CorrectOrigin, **said, confirmed=True)
