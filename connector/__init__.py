"""Connector: one manifest describes a slow provider; every low-code platform sees one step."""
