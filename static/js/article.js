// Article pages: open sources and glossary terms in place, and highlight the current heading.
// Without JavaScript, both are links to the same text further down.

function noteFor(link) {
  const target = document.getElementById(link.hash.slice(1));
  if (!target) return null;
  return target.tagName === "DT" ? target.nextElementSibling : target;
}

function close(note) {
  const link = note.previousElementSibling;
  note.remove();
  link.setAttribute("aria-expanded", "false");
}

function open(link, source) {
  const note = document.createElement("span");
  note.className = "opened";
  note.setAttribute("role", "note");
  note.replaceChildren(...[...source.childNodes].map((node) => node.cloneNode(true)));
  note.querySelectorAll("[id]").forEach((node) => node.removeAttribute("id"));
  note.setAttribute("popover", "auto");
  link.after(note);
  note.addEventListener("toggle", (event) => {
    if (event.newState === "closed") close(note);
  });
  note.showPopover();
  link.setAttribute("aria-expanded", "true");
}

document.querySelector(".text")?.addEventListener("click", (event) => {
  const link = event.target.closest(".cite > a, a.term");
  const source = link && noteFor(link);
  if (!source || !HTMLElement.prototype.showPopover) return;
  event.preventDefault();
  open(link, source);
});

const entries = new Map([...document.querySelectorAll(".on-this-page a")].map((a) => [a.hash.slice(1), a]));
if (entries.size) {
  const spy = new IntersectionObserver((seen) => {
    const top = seen.find((entry) => entry.isIntersecting);
    if (!top) return;
    entries.forEach((a) => a.removeAttribute("aria-current"));
    entries.get(top.target.id).setAttribute("aria-current", "true");
  }, { rootMargin: "0px 0px -70% 0px" });
  entries.forEach((_, id) => {
    const heading = document.getElementById(id);
    if (heading) spy.observe(heading);
  });
}

// On wide screens, open the guide's map next to the text and scroll it to the current page.
const map = document.querySelector(".guide-map details");
if (map && matchMedia("(min-width: 64rem)").matches && !document.querySelector(".matrix")) {
  map.open = true;
  const [frame, here] = [map.parentElement, map.querySelector("[aria-current]")];
  if (here)
    frame.scrollTop = here.getBoundingClientRect().top - frame.getBoundingClientRect().top - frame.clientHeight / 2;
}

// Close the list of headings after a choice, to make room for the text.
document.querySelector(".contents")?.addEventListener("click", (event) => {
  if (event.target.closest("a")) event.currentTarget.open = false;
});

// Load a video only after a click.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-video]");
  if (!link) return;
  event.preventDefault();
  const frame = document.createElement("iframe");
  frame.src = `https://www.youtube-nocookie.com/embed/${encodeURIComponent(link.dataset.video)}?autoplay=1`;
  frame.title = link.textContent;
  frame.allowFullscreen = true;
  link.replaceWith(frame);
});
