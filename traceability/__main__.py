"""`python -m traceability` is the command line too."""

from traceability.cli import main

main(prog_name="traceability")
