"""What is wrong with a page as it stands, on a phone and on a desk, by day and by night."""

from axe_playwright_python.sync_playwright import Axe

WIDTHS = (360, 1280)
HEIGHT = 800
FAULTS = {"resultTypes": ["violations"], "preload": False}  # a list of what is well takes longer than the finding
STILL = "Promise.allSettled(document.getAnimations().map(each => each.finished)).then(() => true)"
COLOURS = FAULTS | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}  # all that differs by night


def faults(page, context=None):
    """(address, width, scheme, rule, piece of the page) of each thing that axe finds, and of whatever is too wide."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme, options in (("light", FAULTS), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(STILL)  # the stock admin lets colours pass into each other
            seen = Axe().run(page, context, options).response["violations"]
            found += [(page.url, width, scheme, each["id"], each["nodes"][0]["html"][:160]) for each in seen]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append((page.url, width, "wider than the screen"))
    return found


def faults_at(page, *addresses, context=None):
    """The same of several pages, opened one after another."""
    found = []
    for address in addresses:
        page.goto(address)
        found += faults(page, context)
    return found
