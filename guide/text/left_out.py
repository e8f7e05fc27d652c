"""The line that tells an editor what was left out of a pasted text."""

from collections import Counter

SOURCE_WANTED = "[^S0]"  # in place of the mark of a footnote
NAMES = {  # of what is left out: singular and plural
    "picture": ("picture", "pictures"),
    "video or frame": ("video or frame", "videos or frames"),
    "formula": ("formula", "formulas"),
    "deletion": ("deleted passage", "deleted passages"),
    "comment": ("comment", "comments"),
    "footnote": ("footnote", "footnotes"),
    "link": ("link that works only in the original", "links that work only in the original"),
}


def left_out(counts: Counter[str]) -> str:
    """Return the line, or "" if everything was kept."""
    found = counts.copy()
    found["comment"] = max(counts["comment"], counts["comment text"])
    found["footnote"] = counts["footnote"] or counts["footnote mark"]
    named = [f"{found[kind]} {names[found[kind] > 1]}" for kind, names in NAMES.items() if found[kind]]
    lines = [f"Left out: {', '.join(named)}." if named else ""]
    if counts["footnote mark"]:
        lines.append(f"Replace each {SOURCE_WANTED} with a source.")
    if counts["merged cell"]:
        lines.append("The table had merged cells, so check that everything is in the right column.")
    return " ".join(filter(None, lines))
