// The article editor: live preview, notices, and the address made from the title.
// Without JavaScript, a button opens the preview in a new window.

const PREVIEW_DELAY = 100; // ms after the last key
const LINT_DELAY = 600; // ms
const DESKTOP_WIDTH = 1100; // px
const editor = document.querySelector("[data-writing]");
const form = editor?.closest("form");
const body = form?.elements.body;

// Live preview and notices
const preview = editor?.querySelector("[data-preview]");
const frame = preview?.querySelector("iframe");
const notices = editor?.querySelector("[data-notices]");

function show(html) {
  const page = frame.contentDocument?.querySelector("[data-page]");
  if (!page) return;
  const next = frame.contentDocument.createElement("div");
  next.innerHTML = html;
  const old = [...page.childNodes];
  const now = [...next.childNodes];
  let start = 0;
  while (start < old.length && start < now.length && old[start].isEqualNode(now[start])) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end).isEqualNode(now.at(-1 - end)))
    end += 1;
  old.slice(start, old.length - end).forEach((node) => node.remove());
  const before = old.length - end < old.length ? old[old.length - end] : null;
  now.slice(start, now.length - end).forEach((node) => page.insertBefore(node, before));
}

// Post the form to `url` and pass the answer to `use`. Abort the previous request; the latest wins.
function poster(url, use) {
  let request = null;
  return async () => {
    request?.abort();
    request = new AbortController();
    const answer = await fetch(url, {
      method: "POST",
      body: new FormData(form),
      signal: request.signal,
      redirect: "error",
    }).catch(() => null);
    const html = answer?.ok ? await answer.text().catch(() => null) : null;
    if (html !== null) use(html);
  };
}

const updatePreview = poster(editor?.dataset.previewUrl, (html) => {
  show(html);
  preview.dataset.updates = Number(preview.dataset.updates ?? 0) + 1;
});
const updateNotices = poster(editor?.dataset.lintUrl, (html) => {
  const open = notices.querySelector("details")?.open ?? true;
  const found = new DOMParser().parseFromString(html, "text/html").body;
  if (!open) found.querySelector("details")?.removeAttribute("open");
  notices.replaceChildren(...found.childNodes);
});
const debounce = (delay, action) => {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, delay);
  };
};

// Show the preview at the width of a phone or a desktop; scale a desktop page down if there is no room.
function fit() {
  const wide = preview.querySelector("[value=desktop]").checked;
  const room = frame.parentElement.clientWidth;
  const scale = wide ? Math.min(1, room / DESKTOP_WIDTH) : 1;
  frame.style.width = wide ? `${Math.max(room, DESKTOP_WIDTH)}px` : "375px";
  frame.style.height = `${frame.parentElement.clientHeight / scale}px`;
  frame.style.transform = `scale(${scale})`;
}

// Select a line of the text area and scroll it into view, measured with a hidden copy of the area.
function jumpTo(area, line) {
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  const twin = area.cloneNode();
  twin.removeAttribute("name");
  twin.removeAttribute("id");
  twin.className = "writing-twin";
  twin.style.width = `${area.clientWidth}px`;
  twin.value = area.value.slice(0, start);
  area.after(twin);
  const top = twin.scrollHeight;
  twin.remove();
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  area.scrollTop = Math.max(0, top - area.clientHeight / 2);
}

// Make the address of a new page from its title, until its writer changes it.
function slugify(title) {
  const plain = title.normalize("NFKD").replace(/[^\w\s-]/g, "").trim().toLowerCase();
  return plain.replace(/[-\s]+/g, "-").slice(0, 50);
}

function followTitle(title, slug) {
  let made = "";
  title.addEventListener("input", () => {
    if (slug.value !== made) return;
    made = slugify(title.value);
    slug.value = made;
  });
}

if (editor && body) {
  if (!form.elements.slug.value) followTitle(form.elements.title, form.elements.slug);
  preview.hidden = false;
  if (innerWidth < 700) preview.querySelector("[value=phone]").checked = true;
  fit();
  new ResizeObserver(fit).observe(frame.parentElement);
  preview.addEventListener("change", fit);
  if (frame.contentDocument?.querySelector("[data-page]")) updatePreview();
  frame.addEventListener("load", updatePreview);
  updateNotices();
  [debounce(PREVIEW_DELAY, updatePreview), debounce(LINT_DELAY, updateNotices)].forEach((update) => {
    form.addEventListener("input", update);
    form.addEventListener("change", update);
  });
  notices.addEventListener("click", (event) => {
    const jump = event.target.closest("[data-line]");
    if (jump) jumpTo(form.elements[jump.dataset.part], Number(jump.dataset.line));
  });
}
