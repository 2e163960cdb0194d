"""What leaves as a file of somebody else's format, one file per format."""
