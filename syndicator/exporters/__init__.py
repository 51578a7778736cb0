"""Our own exporters: one format, one file."""
