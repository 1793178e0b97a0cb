"""`tierbook score --engine spark` where it cannot be done: one sentence, with the cure."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tierbook.cli import main
from tierbook.errors import WarehouseError
from tierbook.warehouse import SparkEngine, carried
from tierbook.warehouse.spark import look_for_java

SCORE = ("score", "--as-of", "2026-06-30", "--lang", "en", "-q")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--master", "local[2]", "--orders", "x.parquet"), "--master goes with --engine spark only"),
        (("--conf", "a=b", "--orders", "x.parquet"), "--conf goes with --engine spark only"),
        (("--engine", "spark", "--orders", "x", "--map", "amount=y"), "--map does not go with --engine spark"),
        (("--engine", "spark", "--orders", "x", "--findings", "f.csv"), "tierbook clean … --out FOLDER"),
        (("--engine", "spark", "--orders", "x", "--conf", "memory"), "cannot read --conf 'memory'"),
        (("--engine", "spark", "--orders", "x", "--memory", "much"), "cannot read the memory limit 'much'"),
        (("--engine", "spark", "--book", "b.xlsx"), "Spark does not read workbooks"),
    ],
)
def test_an_option_that_does_not_fit_is_answered_before_spark_starts(words, told, capsys) -> None:
    assert main([*SCORE, *words]) == 2
    assert told in capsys.readouterr().err


def test_a_memory_limit_that_is_no_size_is_named_on_either_engine(capsys) -> None:
    assert main([*SCORE, "--orders", "x.parquet", "--memory", "much"]) == 2
    assert "cannot read the memory limit 'much'" in capsys.readouterr().err


def test_without_facts_there_is_nothing_to_score(capsys) -> None:
    assert main([*SCORE, "--engine", "spark"]) == 7
    assert "nothing to score" in capsys.readouterr().err


def test_without_java_the_cure_is_said_in_one_line(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)

    with pytest.raises(WarehouseError) as refused:
        look_for_java()
    assert refused.value.words("en") == (
        "there is no Java on this machine; Spark needs Java 17 or newer (Debian/Ubuntu: apt install "
        "default-jre-headless; elsewhere set JAVA_HOME)"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for Java is a shell script")
@pytest.mark.parametrize(("said", "version"), [('openjdk version "11.0.2"', 11), ('java version "1.8.0_292"', 8)])
def test_an_old_java_is_told_from_a_new_one(said: str, version: int, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "bin").mkdir()
    java = tmp_path / "bin" / "java"
    java.write_text(f"#!/bin/sh\necho '{said}' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    with pytest.raises(WarehouseError) as refused:
        look_for_java()
    assert refused.value.values == {"version": version, "oldest": 17}


@pytest.mark.parametrize(("package", "ask"), [("pyspark.sql", SparkEngine), ("sqlglot", lambda: carried("SELECT 7"))])
def test_without_the_package_pip_is_named(package: str, ask, monkeypatch) -> None:
    carried.cache_clear()
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(WarehouseError) as refused:
        ask()
    assert refused.value.words("en").endswith("is not installed; run: pip install 'tierbook[spark]'")
    assert refused.value.exit_code == 8
