"""The ideas of the house as pure Python: quantities, codes, postings, lineage, custody and the dossier."""
