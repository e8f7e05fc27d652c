// Autosave an article twice while it is unsaved: at once on this device, and after a pause on the server, for its writer alone.
// Another version found on the device is offered until the editor restores or discards it.

import { read, write } from "./device-storage.js";

const editor = document.querySelector("[data-writing]");
const form = editor?.closest("form");
const PLACE = "article:" + location.pathname;
const BEFORE = PLACE + ":before";
const FIELDS = ["title", "summary", "in_short", "body", "note", "public_note"];
const PAUSE = 2000; // ms
const KEEPALIVE_LIMIT = 60000; // bytes that a browser still sends while the page unloads

const typed = () =>
  Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value.replaceAll("\r\n", "\n").trim()]));
const COMPARED = ["title", "summary", "in_short", "body"];
const same = (one, two) => COMPARED.every((name) => (one?.[name] ?? "") === (two?.[name] ?? ""));

async function offerDeviceCopy() {
  const note = document.querySelector("[data-on-device]");
  const previous = await read(PLACE);
  if (!changed) write(PLACE, null);
  if (document.querySelector(".writing-conflict")) return; // the page shows both texts already
  if (previous && !same(previous.text, typed())) await write(BEFORE, previous);
  const copy = await read(BEFORE);
  if (!copy || same(copy.text, typed())) {
    write(BEFORE, null);
    return;
  }
  note.querySelector("[data-when]").textContent = new Date(copy.at).toLocaleString([], {
    dateStyle: "medium",
    timeStyle: "short",
  });
  note.hidden = false;
  const done = () => {
    note.hidden = true;
    write(BEFORE, null);
  };
  note.querySelector("[data-discard]").addEventListener("click", done);
  note.querySelector("[data-restore]").addEventListener("click", () => {
    FIELDS.forEach((name) => {
      form.elements[name].value = copy.text[name] ?? "";
    });
    form.elements.based_on.value = copy.basedOn;
    done();
    form.elements.body.dispatchEvent(new Event("input", { bubbles: true }));
    form.elements.body.focus();
  });
}

let changed = false;

if (form) {
  const status = editor.querySelector("[data-saved]");
  const beginning = typed();
  let waiting = 0;
  let sent = false;
  offerDeviceCopy();

  const save = (keepalive = false) => {
    if (!changed) return;
    changed = false;
    const data = new FormData();
    ["csrfmiddlewaretoken", "article", "based_on", ...FIELDS].forEach((name) =>
      data.set(name, form.elements[name].value),
    );
    fetch(editor.dataset.autosaveUrl, { method: "POST", body: data, redirect: "manual", keepalive })
      .then((answer) => {
        const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
        status.textContent =
          answer.status === 204
          ? `Autosaved at ${time}. Not saved as a draft yet.`
          : "Autosaved on this device only. You may have been logged out: log in again in another window, then come back and reload this page.";
      })
      .catch(() => {
        status.textContent = "Autosaved on this device only. The site can’t be reached.";
      });
  };

  form.addEventListener("input", (event) => {
    if (!FIELDS.includes(event.target.name)) return;
    if (!changed && same(typed(), beginning)) return;
    changed = true;
    write(PLACE, { text: typed(), basedOn: form.elements.based_on.value, at: Date.now() });
    clearTimeout(waiting);
    waiting = setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget === "_blank") return;
    if (sent) event.preventDefault();
    sent = true;
    clearTimeout(waiting);
  });
  addEventListener("pageshow", () => {
    sent = false;
  });
  addEventListener("pagehide", () => {
    if (!sent) save(form.elements.body.value.length < KEEPALIVE_LIMIT / 2);
  });
}
