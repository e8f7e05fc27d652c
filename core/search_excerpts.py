"""Excerpts of search results, made from PostgreSQL's headlines."""

# Private-use characters mark the hits, so that an excerpt can be escaped before it becomes HTML.
OPEN, CLOSE = "\ue000", "\ue001"
LESS_THAN = "\ue002"  # stands for "<" in the database, where "<b and c>" is a tag and would be left out


def whole_words(headline: str, text: str) -> str:
    """Extend a headline to whole words of `text`, with "…" where more follows.

    PostgreSQL splits "50-100" and "1,000", and a headline could begin with "000 mg".
    """
    plain = headline.replace(OPEN, "").replace(CLOSE, "")
    first = start = text.find(plain)
    if start < 0:
        return headline
    last = end = start + len(plain)
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    before, after = "… " if start > 0 else "", " …" if end < len(text) else ""
    return before + text[start:first] + headline + text[last:end] + after
