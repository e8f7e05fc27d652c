"""Read YAML quickly."""

from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where PyYAML has libyaml


def load_yaml(text: str) -> Any:
    """Return the data of a YAML text, of plain types only. Raise yaml.YAMLError."""
    return yaml.load(text, Loader=LOADER)  # noqa: S506
