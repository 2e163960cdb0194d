"""Benchmarks: what the product promises of its speed, always as a ratio to a yardstick measured in the same run."""
