"""The pages keep up with the code."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from tierbook import cli
from tierbook.labels import LANGUAGES

TOP = Path(__file__).parents[1]
PAGES = ["README.md", "README.zh-CN.md"]


@pytest.fixture(scope="module")
def builder():
    spec = importlib.util.spec_from_file_location("build_function_table", TOP / "scripts" / "build_function_table.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES)
def test_the_function_table_is_the_generated_one(builder, page: str) -> None:
    text = (TOP / page).read_text(encoding="utf-8")
    assert builder.table(page) in text
    assert builder.table(page).count("CUST_") >= 22


@pytest.mark.parametrize("page", PAGES)
def test_every_file_a_page_links_to_exists(page: str) -> None:
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", (TOP / page).read_text(encoding="utf-8"))
    assert targets
    assert [target for target in targets if not (TOP / target).exists()] == []


def test_both_pages_show_the_same_commands() -> None:
    def commands(page: str) -> list[str]:
        blocks = re.findall(r"```(?:sh|powershell)\n(.*?)```", (TOP / page).read_text(encoding="utf-8"), re.DOTALL)
        return [re.sub(r"\s*#.*", "", line) for block in blocks for line in block.splitlines()]

    assert commands(PAGES[0]) == commands(PAGES[1])


@pytest.mark.parametrize("page", PAGES)
def test_every_command_shown_is_one_the_program_knows(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    verbs = set(re.findall(r"\btierbook (\w+)", re.sub(r"```powershell.*?```", "", (TOP / page).read_text("utf-8"))))
    known = {
        "new",
        "demo",
        "refresh",
        "followups",
        "undo",
        "score",
        "explain",
        "preview",
        "apply",
        "share",
        "doctor",
        "addin",
    }
    shown = verbs & known
    assert known - {"followups"} <= shown
    for verb in shown:
        with pytest.raises(SystemExit) as stop:
            cli.main([verb, "--help"])
        assert stop.value.code == 0
    assert capsys.readouterr().out


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_exists_in_every_language(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--lang", language, "refresh", "--help"])
    assert "--orders" in capsys.readouterr().out
