// Autosave an editor's form twice while it is unsaved: at once on this device, and after a pause on the server, for its writer alone.
// Another version found on the device is offered until the editor restores or discards it. Leaving warns while the server
// doesn't have what was typed.

import { read, write } from "./device-storage.js";
import { keys } from "./stored-text.js";

const editor = document.querySelector("[data-autosave]");
const form = editor?.closest("form");
const PLACE = `editor:${form?.elements.place.value}`;
const BEFORE = PLACE + ":before";
const NEW_FORM = editor?.dataset.newForm; // the URL of a form for something new
const NOTES = ["note", "public_note", "why"]; // empty again after saving, so no change in themselves
const PAUSE = 2000; // ms
const KEEPALIVE_LIMIT = 60000; // bytes that a browser still sends while the page unloads

const NO_FIELDS = ["submit", "button", "file"]; // types
const fields = () => [...form.elements].filter(({ name, type }) => name && name !== "csrfmiddlewaretoken" && !NO_FIELDS.includes(type));
const shown = () => fields().filter((field) => field.type !== "hidden" && !NOTES.includes(field.name));
const clean = (value) => String(value).replaceAll("\r\n", "\n").trim();

// Return what is posted to the server: a file is sent only when the form is saved.
function withoutFiles() {
  const data = new FormData(form);
  form.querySelectorAll("input[type=file]").forEach(({ name }) => data.delete(name));
  return data;
}

// Return the values of all fields by name, each in a list.
function typed() {
  const data = new FormData(form);
  return Object.fromEntries(fields().map(({ name }) => [name, data.getAll(name).map(clean)]));
}

const same = (one, two) => shown().every(({ name }) => String(one?.[name] ?? "") === String(two?.[name] ?? ""));

// Add empty owned rows, such as cells, until there are as many as in the copy.
function addRows(values) {
  form.querySelectorAll("[name$='-TOTAL_FORMS']").forEach((total) => {
    const link = total.closest(".inline-group")?.querySelector(".add-row a");
    for (let more = Number(values[total.name]) - Number(total.value); link && more > 0; more -= 1) link.click();
  });
}

function fill(values) {
  addRows(values);
  fields().forEach((field) => {
    const given = values[field.name];
    if (!given || field.name.endsWith("_FORMS")) return;
    if (["checkbox", "radio"].includes(field.type)) field.checked = given.includes(field.value);
    else if (field.multiple)[...field.options].forEach((option) => (option.selected = given.includes(option.value)));
    else field.value = given[0] ?? "";
  });
}

// Take the copy of another form for something new of this kind, one that the server doesn't have and the page doesn't offer.
async function takeLeftCopy() {
  const [kind] = PLACE.split(".");
  const isOffered = (key) => editor.querySelector(`a[href$="form=${key.split(/[.:]/)[2]}"]`);
  const left = keys().filter((key) => key.startsWith(`${kind}.`) && !key.startsWith(PLACE) && !isOffered(key));
  for (const key of left) {
    const copy = await read(key);
    write(key, null);
    if (copy) return copy;
  }
  return null;
}

async function offerDeviceCopy() {
  const note = document.querySelector("[data-on-device]");
  const previous = (await read(PLACE)) ?? (NEW_FORM ? await takeLeftCopy() : null);
  if (!changed) write(PLACE, null);
  if (document.querySelector(".writing-conflict")) return; // the page shows both texts already
  if (previous && !same(previous.values, typed())) await write(BEFORE, previous);
  const copy = await read(BEFORE);
  if (!copy || same(copy.values, typed())) {
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
    fill(copy.values);
    done();
    const first = form.elements.body ?? shown()[0];
    first.dispatchEvent(new Event("input", { bubbles: true }));
    first.focus();
  });
}

let changed = false; // since it was last sent to the server
let unsaved = false; // since the server last stored it

if (form) {
  const status = document.querySelector("[data-saved]");
  const beginning = typed();
  let waiting = 0;
  let sent = false;
  let request = null;
  offerDeviceCopy();

  const say = (words) => {
    status.textContent = words;
  };
  const save = (keepalive = false) => {
    if (!changed) return;
    changed = false;
    request = new AbortController();
    const how = { method: "POST", body: withoutFiles(), redirect: "manual", signal: request.signal, keepalive };
    fetch(editor.dataset.autosaveUrl, how)
      .then(async (answer) => {
        const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
        if (answer.status === 204) {
          unsaved = changed;
          say(`Autosaved at ${time}. Not saved as a draft yet.`);
        } else if (answer.status === 413) say(await answer.text());
        else
          say(
            "Autosaved on this device only. You may have been logged out: log in again in another window, then come back and reload this page.",
          );
      })
      .catch(() => say("Autosaved on this device only. The site can’t be reached."));
  };

  const changes = () => {
    if (!unsaved && same(typed(), beginning)) return;
    changed = unsaved = true;
    if (NEW_FORM) history.replaceState(history.state, "", NEW_FORM); // so that reloading the page finds the autosave
    write(PLACE, { values: typed(), at: Date.now() });
    clearTimeout(waiting);
    waiting = setTimeout(save, PAUSE);
  };
  form.addEventListener("input", changes);
  form.addEventListener("change", changes);
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget === "_blank") return;
    if (sent) event.preventDefault();
    sent = true;
    clearTimeout(waiting);
    request?.abort();
  });
  addEventListener("pageshow", () => {
    sent = false;
  });
  addEventListener("beforeunload", (event) => {
    if (unsaved && !sent) event.preventDefault();
  });
  addEventListener("pagehide", () => {
    if (!sent) save(JSON.stringify(typed()).length < KEEPALIVE_LIMIT / 2);
  });
}
