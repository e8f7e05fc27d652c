// The post editor: a toolbar, and autosave on this device and as a draft that only its author can open.
// Without JavaScript, buttons preview and save. Copies on the device are deleted after sending or logging out (see site.js).

import { markSent, read, write } from "./device-storage.js";
import { BOLD, ITALICS, LIST, fillToolbar, linkTool, startLines } from "./markdown-toolbar.js";
import { isSent, removeSent } from "./stored-text.js";

const FIELDS = ["title", "body", "warning"];

if (document.querySelector("[data-clear-words]")) removeSent();

const TOOLS = [BOLD, ITALICS, LIST, ["Quotation", (area) => startLines(area, "> ")], linkTool()];

function addToolbar(area) {
  const bar = document.createElement("div");
  bar.className = "toolbar";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Format");
  area.before(bar);
  fillToolbar(bar, area, TOOLS, "button");
}

export function startEditor(form) {
  const path = new URL(form.action).pathname;
  const storageKey = "words:" + path;
  const status = form.querySelector("[data-saved]");
  const typed = () => Object.fromEntries(FIELDS.map((name) => [name, form.elements[name]?.value ?? ""]));
  const initial = JSON.stringify(typed());
  addToolbar(form.elements.body);

  const restore = (saved) => {
    if (!saved || form.elements.body.value.trim() !== "") return;
    FIELDS.forEach((name) => {
      if (form.elements[name] && saved[name]) form.elements[name].value = saved[name];
    });
    status.textContent = "We restored what you typed earlier.";
  };
  if (!isSent(storageKey)) read(storageKey).then(restore);

  let timer = 0;
  let changed = false;
  const save = () => {
    if (!changed) return;
    changed = false;
    const data = new FormData(form);
    data.set("do", "draft");
    fetch(path, { method: "POST", body: data, headers: { "X-Background": "1" }, keepalive: true })
      .then(async (answer) => {
        const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
        if (answer.status === 204) status.textContent = `Draft saved at ${time}.`;
        else status.textContent = answer.status === 409 ? await answer.text() : "Saved on this device only.";
      })
      .catch(() => {
        status.textContent = "Saved on this device only.";
      });
  };
  form.addEventListener("input", () => {
    if (JSON.stringify(typed()) === initial) return;
    write(storageKey, typed());
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(save, 3000);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    changed = false;
    if (event.submitter?.value === "send") markSent(storageKey);
  });
  addEventListener("pagehide", save);
}

document.querySelectorAll("[data-write]").forEach(startEditor);
