"""YAML without its surprises, for files that a stranger may have written: no alias, no tag, no key twice, no depth."""

from __future__ import annotations

from typing import Any

MOST_LEVELS = 60


def load(text: str) -> Any:
    """The value of *text*; ValueError is one line that says what is wrong.

    The events are looked at first: ten lines of aliases can stand for gigabytes, and libyaml's composer recurses in C
    until the process dies.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _check_events(yaml.parse(text, loader))
        _check_keys(yaml.compose(text, loader))
        return yaml.load(text, loader)  # noqa: S506 - both are safe loaders
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        line = f" (line {mark.line + 1})" if mark else ""
        raise ValueError(f"not valid YAML: {(problem or str(error)).splitlines()[0]}{line}") from None
    except (OverflowError, TypeError, RecursionError) as error:
        raise ValueError(f"not valid YAML: {type(error).__name__}") from None


def _check_events(events: Any) -> None:
    import yaml

    depth = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            raise ValueError("YAML aliases (`*name`) are not allowed")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MOST_LEVELS:
            raise ValueError(f"nested deeper than {MOST_LEVELS} levels")


def _check_keys(node: Any) -> None:
    """A key that stands twice would silently lose one of its values."""
    import yaml

    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _check_keys(item)
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise ValueError(f"key {key.value[:60]!r} stands twice (line {key.start_mark.line + 1})")
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else None)
            _check_keys(value)
