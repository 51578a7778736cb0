"""Fuzzing of what reads strangers' bytes: ``python -m tests.fuzz wire --minutes 60``."""
