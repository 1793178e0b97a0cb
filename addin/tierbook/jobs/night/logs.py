"""The night's log: a text for people, the same as JSON lines for programs."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from ...labels import DEFAULT, Language, text
from .records import StepDone

log = logging.getLogger("tierbook.nightly")
LARGEST, KEPT = 2_000_000, 5
"""Bytes from which a log begins anew, and how many earlier ones stay."""


class _AsJson(logging.Formatter):
    """One JSON object a line: time, level, the words, and what a program wants of the step."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "step", {}),
        }
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


@contextmanager
def logging_to(folder: Path) -> Iterator[None]:
    """While it lasts, what the night says is also written to nightly.log and nightly.jsonl in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    words = RotatingFileHandler(folder / "nightly.log", maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8")
    words.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S"))
    lines = RotatingFileHandler(folder / "nightly.jsonl", maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8")
    lines.setFormatter(_AsJson())
    level = log.level
    log.setLevel(logging.INFO)
    for handler in (words, lines):
        log.addHandler(handler)
    try:
        yield
    finally:
        log.setLevel(level)
        for handler in (words, lines):
            log.removeHandler(handler)
            handler.close()


def tell_step(one: StepDone, error: BaseException | None, language: Language = DEFAULT) -> None:
    """Log a step that ended; the trace of a failure nobody foresaw goes with it."""
    from ...errors import TierbookError

    told = {"step": {"night": one.day.isoformat(), **asdict(one), "day": one.day.isoformat()}}
    told["step"].pop("message")
    if one.ok:
        log.info(step_words(one, language), extra=told)
        if one.message:
            log.warning("%s: %s", one.about or one.step, one.message, extra=told)
        return
    trace = None if error is None or isinstance(error, TierbookError) else error
    log.log(logging.WARNING if one.waits else logging.ERROR, step_words(one, language), extra=told, exc_info=trace)


def step_words(one: StepDone, language: Language = DEFAULT) -> str:
    """`客户.xlsx 发布：完成，3.1 秒`."""
    outcome = "done" if one.ok else "waits" if one.waits else "failed"
    return text(
        f"night.step_{outcome}",
        language,
        about=one.about or text("night.all_books", language),
        step=text(f"night.name_{one.step}", language),
        seconds=f"{one.seconds:.1f}",
        tries=one.tries,
        message=one.message,
    )
