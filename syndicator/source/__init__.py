"""From the API's bytes to our models."""
