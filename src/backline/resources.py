"""Where `prompts/` and `rules/` are: beside `src/` in a checkout or editable install, inside the package in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder *name* (``"prompts"`` or ``"rules"``).

    hatchling's ``force-include`` puts them into a wheel as ``_data/``, but not into an editable install, so the
    checkout is the fallback.
    """
    packed = _PACKAGE / "_data" / name
    return packed if packed.is_dir() else _PACKAGE.parent.parent / name
