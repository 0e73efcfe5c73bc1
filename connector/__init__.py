"""Connector: one manifest describes a slow provider; every low-code platform sees one step."""

__version__ = "0.1.0"
