"""Open traceability for smallholder produce: lots, lineage, batches, papers."""

__version__ = "0.1.0"
