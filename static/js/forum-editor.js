// Writing: a toolbar, and two copies of what is typed: on this device, and as a draft that only its author can open.
// Without this, buttons preview and keep. What was sent, or written before logging out, is forgotten here (see site.js).

import { keysWith, read, write } from "./device-storage.js";
import { BOLD, ITALICS, LIST, fillToolbar, linkTool, startLines } from "./markdown-toolbar.js";

const PREFIX = "words:";
const form = document.querySelector("[data-write]");
const place = PREFIX + location.pathname;
const FIELDS = ["title", "body", "warning"];

if (document.querySelector("[data-clear-words]")) {
  keysWith(PREFIX).filter((key) => read(key)?.sent).forEach((key) => write(key, null));
}

const TOOLS = [BOLD, ITALICS, LIST, ["Quotation", (area) => startLines(area, "> ")], linkTool()];

function addToolbar(area) {
  const bar = document.createElement("div");
  bar.className = "toolbar";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Format");
  area.before(bar);
  fillToolbar(bar, area, TOOLS, "button");
}

if (form) {
  const status = form.querySelector("[data-saved]");
  const typed = () => Object.fromEntries(FIELDS.map((name) => [name, form.elements[name]?.value ?? ""]));
  const beginning = JSON.stringify(typed());
  addToolbar(form.elements.body);

  const kept = read(place);
  if (kept && !kept.sent && form.elements.body.value.trim() === "") {
    FIELDS.forEach((name) => {
      if (form.elements[name] && kept[name]) form.elements[name].value = kept[name];
    });
    status.textContent = "What you typed here before is back.";
  }

  let waiting = 0;
  let changed = false;
  const save = () => {
    if (!changed) return;
    changed = false;
    const data = new FormData(form);
    data.set("do", "draft");
    fetch(location.pathname, { method: "POST", body: data, headers: { "X-Background": "1" }, keepalive: true })
      .then((answer) => {
        const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
        status.textContent = answer.status === 204 ? `Kept as a draft at ${time}.` : "Kept on this device only.";
      })
      .catch(() => {
        status.textContent = "Kept on this device only.";
      });
  };
  form.addEventListener("input", () => {
    if (JSON.stringify(typed()) === beginning) return;
    write(place, typed());
    changed = true;
    clearTimeout(waiting);
    waiting = setTimeout(save, 3000);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    changed = false;
    if (event.submitter?.value === "send") write(place, { ...typed(), sent: true });
  });
  addEventListener("pagehide", save);
}
