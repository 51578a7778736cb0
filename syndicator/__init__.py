"""Turns the stock of Okasie car dealers into feeds, marketplace XML and a static showroom."""

__version__ = "0.1.0"
