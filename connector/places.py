"""Where do the manifests and samples lie that come with the package?"""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent


def shared(name: str) -> Path:
    """The folder ``manifests`` or ``samples``: inside an installed wheel, else in the checkout."""
    packed = HERE / "share" / name
    return packed if packed.exists() else HERE.parent / name
