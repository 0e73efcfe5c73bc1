"""Which secrets sign a message while one takes the other's place? Pure.

What is kept, encrypted, is one text: the newest secret; while there are two, behind it the one
before and the epoch second until which that one signs too, with blanks between.
"""

from __future__ import annotations

OVERLAP = 24 * 3600.0
"""Seconds for which two secrets sign: time enough to give a receiver the new one."""


def signers(kept: str, now: float) -> list[str]:
    """The secrets that sign now, the newest first."""
    newest, *before = kept.split(" ")
    return [newest, before[0]] if before and now < float(before[1]) else [newest]


def rotated(kept: str | None, secret: str, now: float) -> str:
    """What is kept once ``secret`` is the newest: of those before it, the newest alone still
    signs. ``kept`` None when nobody can read what was kept."""
    if kept is None:
        return secret
    return f"{secret} {kept.split(' ')[0]} {now + OVERLAP:.0f}"
