"""What an installation wrote, so that taking it away takes exactly that.

`installed.json` in tierbook's home: files with the digest of what was written, registry values with their text, and
keys in tierbook's own settings. What people have changed since is theirs and stays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from ...home import home
from .machine import Machine

NAME = "installed.json"


@dataclass(frozen=True)
class Receipt:
    """files: path -> SHA-256 of the content; registry: `key\\\\|name` -> text; settings: key -> value."""

    version: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    registry: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)


def receipt_path() -> Path:
    return home() / NAME


def read_receipt() -> Receipt | None:
    """The last installation's receipt; None where there is none that can be read."""
    try:
        body = json.loads(receipt_path().read_text(encoding="utf-8"))
        return Receipt(str(body["version"]), body["files"], body["registry"], body["settings"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_receipt(machine: Machine, receipt: Receipt) -> None:
    """Keep it. Raises OSError."""
    machine.put(receipt_path(), json.dumps(asdict(receipt), ensure_ascii=False, indent=2).encode() + b"\n")


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def digest_at(path: Path) -> str | None:
    """Of what a file holds now; None where it is gone or cannot be read."""
    try:
        return digest(path.read_bytes())
    except OSError:
        return None


def registry_name(key: str, name: str) -> str:
    return f"{key}|{name}"


def registry_parts(written: str) -> tuple[str, str]:
    key, _, name = written.rpartition("|")
    return key, name
