"""What this room's tests share."""

from __future__ import annotations

import io

import pytest


@pytest.fixture(scope="session")
def png() -> bytes:
    """A small red picture."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return out.getvalue()
