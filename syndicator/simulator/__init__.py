"""The API on a loopback port, for the demo, for trying things out and for the tests."""
