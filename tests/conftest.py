"""Fixtures every room uses."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tierbook import templates
from tierbook.engine import Engine

TOP = Path(__file__).parents[1]


settings.register_profile("quick", max_examples=60)
settings.register_profile("whole", max_examples=100)


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("whole" if config.getoption("--whole") else "quick")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="also the long tests that prove once more what others show")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--whole"):
        skip = pytest.mark.skip(reason="long: pytest --whole runs it")
        for item in items:
            if "whole" in item.keywords:
                item.add_marker(skip)


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine() as fresh:
        yield fresh


@pytest.fixture(scope="session")
def general():
    """The shipped model `general`."""
    from tierbook.model.load import load_toml

    models = templates.folder() / "models"
    text = (models / "general.toml").read_text(encoding="utf-8")
    return load_toml(
        text, where="general.toml", read=lambda name: (models / f"{name}.toml").read_text(encoding="utf-8")
    )


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Path of a real data set; skips where the data folder is not on this machine."""
    folder = Path(os.environ.get("TIERBOOK_DATA", TOP.parent / "shared" / "data"))

    def find(name: str) -> Path:
        path = folder / name
        if path.exists():
            return path
        if os.environ.get("TIERBOOK_CI") == "1" and folder.is_dir():
            pytest.fail(f"the data folder has no {name}")
        pytest.skip(f"real data set {name} is not here (set TIERBOOK_DATA to its folder)")

    return find
