"""The rooms of the API: who calls, what a body holds, the table of writes, the table of reads, and the contract."""
