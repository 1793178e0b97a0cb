"""Where tierbook keeps its own files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierbook.home import _data_folder, home


def test_the_environment_variable_decides(tmp_path, monkeypatch):
    monkeypatch.setenv("TIERBOOK_HOME", str(tmp_path / "own"))
    assert home() == tmp_path / "own"


def test_the_home_is_absolute_even_where_the_variable_is_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIERBOOK_HOME", "own")
    assert home() == tmp_path / "own"


def test_a_tilde_means_the_users_own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("TIERBOOK_HOME", "~/own")
    assert home() == tmp_path / "own"


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_without_the_variable_it_is_the_platforms_data_folder(blank, monkeypatch):
    if blank is None:
        monkeypatch.delenv("TIERBOOK_HOME", raising=False)
    else:
        monkeypatch.setenv("TIERBOOK_HOME", blank)
    assert home().name == "tierbook"
    assert home().is_absolute()


@pytest.mark.parametrize(
    ("platform", "variable", "without"),
    [
        ("win32", "LOCALAPPDATA", "AppData/Local"),
        ("darwin", None, "Library/Application Support"),
        ("linux", "XDG_DATA_HOME", ".local/share"),
    ],
)
def test_each_platform_has_its_own_folder(platform, variable, without, tmp_path, monkeypatch):
    if variable:
        monkeypatch.setenv(variable, str(tmp_path))
        assert _data_folder(platform) == tmp_path
        monkeypatch.setenv(variable, "relative/is/ignored")
    assert _data_folder(platform) == Path.home() / without
