"""Format the stylesheets and scripts in static/. With --check, only list the files that are not formatted."""

import sys
from collections.abc import Iterator
from pathlib import Path

import cssbeautifier
import jsbeautifier

STATIC = Path(__file__).resolve().parents[1] / "static"
OPTIONS = {
    "indent_size": 2,
    "end_with_newline": True,
    "max_preserve_newlines": 2,
    "brace_style": "collapse,preserve-inline",
    "break_chained_methods": False,
    "operator_position": "preserve-newline",
    "newline_between_rules": False,  # group related rules with a blank line by hand
    "space_around_combinator": True,
}
FORMATTERS = {".css": cssbeautifier.beautify, ".js": jsbeautifier.beautify}


def unformatted(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield each file below `folder` that is not formatted, with the text it should have."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in FORMATTERS:
            text = path.read_text()
            formatted = FORMATTERS[path.suffix](text, OPTIONS)
            if formatted != text:
                yield path, formatted


def main(arguments: list[str], folder: Path = STATIC) -> int:
    """Format the files, or with --check return 1 if there are any to format."""
    check = "--check" in arguments
    found = list(unformatted(folder))
    for path, text in found:
        if not check:
            path.write_text(text)
        print(f"{'Would format' if check else 'Formatted'} {path.relative_to(folder.parent)}")
    return int(check and bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
