"""Find quantities that readers won't see as they were typed: "> 50 mg" at the start of a line is shown as a quotation."""

import re
from collections import Counter

from guide.text.markdown import CITATION, TextTooLong, plain_text, render

SIGN = r"(?:[~≈<>≤≥=±+−×÷*/-] ?)?"
QUANTITY = re.compile(rf"{SIGN}\d(?:[\d.,:/×x*–-]*\d)?")
# What is never shown: addresses, the names of blocks, and the marks of list items. Rendering numbers the items itself.
UNSHOWN = re.compile(r"\]\([^)\n]*\)|<?https?://\S+|^:::.*$|^\s*(?:>\s*)*(?:\d+[.)]|[-*+])\s|\*\*|\\", re.MULTILINE)


def changed_quantities(text: str) -> list[str]:
    """Return the numbers in Markdown, with their signs, that the rendered text doesn't have in the same form.

    A text that is too long to be rendered has none: it can't be saved either.
    """
    try:
        shown = plain_text(render(text).html)
    except TextTooLong:
        return []
    typed = UNSHOWN.sub(lambda mark: "" if mark[0] in ("**", "\\") else " ", CITATION.sub(" ", text))
    return list(Counter(QUANTITY.findall(typed)) - Counter(QUANTITY.findall(shown)))
