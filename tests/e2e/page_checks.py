"""Check a page with axe and for overflow: on a phone in light, on a desktop in dark."""

from axe_playwright_python.sync_playwright import Axe

SCREENS = ((360, "light"), (1280, "dark"))  # each width and each scheme once: checking colors takes most of the time
HEIGHT = 800
FAULTS = {"resultTypes": ["violations"], "preload": False}  # listing passed rules takes longer than checking
ANIMATIONS_FINISHED = "Promise.allSettled(document.getAnimations().map(each => each.finished)).then(() => true)"

# The elements that reach beyond the right edge, outermost first.
TOO_WIDE = """[...document.querySelectorAll("*")].filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 3).map((each) => each.outerHTML.slice(0, 160))"""


def faults(page, context=None):
    """Return (URL, width, scheme, rule, HTML) of each axe violation, and of pages wider than the screen."""
    found = []
    for width, scheme in SCREENS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.evaluate(ANIMATIONS_FINISHED)  # the admin animates color changes
        seen = Axe().run(page, context, FAULTS).response["violations"]
        found += [(page.url, width, scheme, each["id"], each["nodes"][0]["html"][:160]) for each in seen]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append((page.url, width, "wider than the screen", page.evaluate(TOO_WIDE)))
    return found


def faults_at(page, *addresses, context=None):
    """Return the faults of several pages."""
    found = []
    for address in addresses:
        page.goto(address)
        found += faults(page, context)
    return found
