"""Draw a bar chart of a benchmark run as SVG."""

from html import escape

ROW, LABEL, WIDTH, SCALE_END = 22, 230, 760, 70  # pixels


def chart(units: dict[str, float], title: str) -> str:
    """Return an SVG with a bar for each page, as long as its cost in units."""
    longest = max(units.values())
    height = ROW * (len(units) + 2)
    bars = [
        _bar(n, name, cost, cost / longest * (WIDTH - LABEL - SCALE_END))
        for n, (name, cost) in enumerate(units.items(), 2)
    ]
    style = "text { font: 13px sans-serif; fill: #555 } rect { fill: #0b565c }"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
        f"<title>Cost of pages in units of a bare view with one query: {escape(title)}</title><style>{style}</style>"
        f'<text x="8" y="{ROW - 6}">Cost in units of a bare view with one query · {escape(title)}</text>{"".join(bars)}</svg>\n'
    )


def _bar(row: int, name: str, cost: float, length: float) -> str:
    y = ROW * row
    return (
        f'<text x="{LABEL - 8}" y="{y - 6}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="{LABEL}" y="{y - 18}" width="{length:.1f}" height="14" rx="2"/>'
        f'<text x="{LABEL + length + 6:.1f}" y="{y - 6}">{cost:.2f}</text>'
    )
