// Writing an article: the toolbar, lists to choose from, what is pasted, and the page as readers will see it beside the text.
// Without this there is a plain field, links that open the lists, and a button that opens the preview.

import { BOLD, ITALICS, LIST, fillToolbar, insert, insertBlock, linkTool, startLines } from "./markdown-toolbar.js";

const PAUSE = 100; // ms after the last key
const LONG_PAUSE = 600; // ms, before the whole text is looked through
const DESKTOP = 1100; // px
const desk = document.querySelector("[data-writing]");
const form = desk?.closest("form");
const body = form?.elements.body;
const token = form?.elements.csrfmiddlewaretoken.value;

const TOOLS = [
  BOLD,
  ITALICS,
  ["Heading", (area) => startLines(area, "## ")],
  ["Small heading", (area) => startLines(area, "### ")],
  LIST,
  ["Numbers", (area) => startLines(area, "1. ")],
  linkTool("k"),
  ["Table", (area) => insertBlock(area, "| One | Two |\n|---|---|\n| words | words |")],
  ["Box", (area) => insertBlock(area, "::: note A short title\n\nWords.\n\n:::")],
  ["Warning box", (area) => insertBlock(area, "::: warning A short title\n\nWords.\n\n:::")],
  ["Nothing medical", (area) => insert(area, "[^site]")],
  ["Number to check", (area) => insert(area, `[^CHECK ${new Date().toISOString().slice(0, 10)}]`)],
];

// Lists to choose from
document.querySelectorAll("[data-pick]").forEach((link) => {
  const dialog = document.querySelector(`[data-dialog="${link.dataset.pick}"]`);
  link.setAttribute("role", "button");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
    const search = dialog.querySelector("input");
    search.focus();
    search.dispatchEvent(new Event("open"));
  });
  dialog.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-insert]");
    if (choice || event.target.closest("[data-close]")) dialog.close();
    if (!choice) return;
    const place = choice.dataset.insert.startsWith("[[") ? insertBlock : insert;
    place(body, choice.dataset.insert);
  });
});
document.querySelectorAll("[data-dialog]").forEach((dialog) => dialog.addEventListener("close", () => body.focus()));

// What is pasted from Word or a web page
const RICH = /<(h[1-6]|p|ul|ol|li|table|a|b|strong|i|em|blockquote|br)\b/i;
async function paste(event) {
  const html = event.clipboardData.getData("text/html");
  if (!RICH.test(html)) return;
  const area = event.currentTarget;
  const plain = event.clipboardData.getData("text/plain");
  event.preventDefault();
  const data = new FormData();
  data.set("html", html);
  const answer = await fetch(desk.dataset.pasteUrl, {
    method: "POST",
    body: data,
    headers: { "X-CSRFToken": token },
    redirect: "error",
  }).catch(() => null);
  insert(area, answer?.ok ? (await answer.text()).trimEnd() : plain);
}

// The page as readers will see it
const preview = desk?.querySelector("[data-preview]");
const frame = preview?.querySelector("iframe");
const told = desk?.querySelector("[data-told]");

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

// What the server says of the form as it is; of two questions only the younger is answered.
function asking(url, use) {
  let asked = null;
  return async () => {
    asked?.abort();
    asked = new AbortController();
    const answer = await fetch(url, {
      method: "POST",
      body: new FormData(form),
      signal: asked.signal,
      redirect: "error",
    }).catch(() => null);
    const html = answer?.ok ? await answer.text().catch(() => null) : null;
    if (html !== null) use(html);
  };
}

const look = asking(desk?.dataset.previewUrl, (html) => {
  show(html);
  preview.dataset.looked = Number(preview.dataset.looked ?? 0) + 1;
});
const listen = asking(desk?.dataset.toldUrl, (html) => {
  const open = told.querySelector("details")?.open ?? true;
  const found = new DOMParser().parseFromString(html, "text/html").body;
  if (!open) found.querySelector("details")?.removeAttribute("open");
  told.replaceChildren(...found.childNodes);
});
const after = (pause, act) => {
  let waiting = 0;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(act, pause);
  };
};

// Phones and desks have their own width; a desk's page is drawn smaller where there is no room.
function fit() {
  const wide = preview.querySelector("[value=desktop]").checked;
  const room = frame.parentElement.clientWidth;
  const scale = wide ? Math.min(1, room / DESKTOP) : 1;
  frame.style.width = wide ? `${Math.max(room, DESKTOP)}px` : "375px";
  frame.style.height = `${frame.parentElement.clientHeight / scale}px`;
  frame.style.transform = `scale(${scale})`;
}

function lead(area, line) {
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

if (desk && body) {
  fillToolbar(desk.querySelector("[data-tools]"), body, TOOLS);
  [body, form.elements.in_short].forEach((area) => area.addEventListener("paste", paste));
  preview.hidden = false;
  if (innerWidth < 700) preview.querySelector("[value=phone]").checked = true;
  fit();
  new ResizeObserver(fit).observe(frame.parentElement);
  preview.addEventListener("change", fit);
  if (frame.contentDocument?.querySelector("[data-page]")) look();
  frame.addEventListener("load", look);
  listen();
  [after(PAUSE, look), after(LONG_PAUSE, listen)].forEach((soon) => {
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
  });
  told.addEventListener("click", (event) => {
    const jump = event.target.closest("[data-line]");
    if (jump) lead(form.elements[jump.dataset.part], Number(jump.dataset.line));
  });
}
