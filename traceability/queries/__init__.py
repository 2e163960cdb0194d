"""Reading only: lists, searches, traces, dossiers, audits. Nothing in this room writes."""
