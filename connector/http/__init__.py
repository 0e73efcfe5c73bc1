"""The one door out: a Request goes in, a Response or a Failure comes back. Nothing else leaves."""

from connector.http.door import Door

__all__ = ["Door"]
