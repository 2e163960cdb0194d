"""The only places where the record changes: one plain function `(session, actor, fact) -> Done` per verb."""
