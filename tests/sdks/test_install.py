"""Is a missing SDK said plainly?"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sdks import install
from tests.sdks.running import start


def test_a_missing_sdk_fails_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(install, "FOLDER", tmp_path)

    with pytest.raises(pytest.fail.Exception, match="run `make test`"):
        start("mindee-5", "mindee_5.py")


def test_every_version_is_pinned() -> None:
    assert all("==" in requirement for requirement in install.PINNED.values())
