// What is typed into an article is kept twice while it is not saved: on this device at once, and on the server for its writer alone.
// Nothing is thrown away here without being asked: other words found on the device wait until somebody takes or forgets them.

import { read, write } from "./device-storage.js";

const desk = document.querySelector("[data-writing]");
const form = desk?.closest("form");
const PLACE = "article:" + location.pathname;
const BEFORE = PLACE + ":before";
const FIELDS = ["title", "summary", "in_short", "body", "note"];
const PAUSE = 2000; // ms
const SMALL = 60000; // bytes that a browser still sends when its page is left

const typed = () =>
  Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value.replaceAll("\r\n", "\n").trim()]));
const COMPARED = ["title", "summary", "in_short", "body"];
const same = (one, two) => COMPARED.every((name) => (one?.[name] ?? "") === (two?.[name] ?? ""));

function offer() {
  const note = document.querySelector("[data-on-device]");
  const left = read(PLACE);
  write(PLACE, null);
  if (document.querySelector(".writing-conflict")) return; // there both texts stand on the page
  if (left && !same(left.words, typed())) write(BEFORE, left);
  const kept = read(BEFORE);
  if (!kept || same(kept.words, typed())) {
    write(BEFORE, null);
    return;
  }
  note.querySelector("[data-when]").textContent = new Date(kept.at).toLocaleString([], {
    dateStyle: "medium",
    timeStyle: "short",
  });
  note.hidden = false;
  const done = () => {
    note.hidden = true;
    write(BEFORE, null);
  };
  note.querySelector("[data-forget]").addEventListener("click", done);
  note.querySelector("[data-put-back]").addEventListener("click", () => {
    FIELDS.forEach((name) => {
      form.elements[name].value = kept.words[name] ?? "";
    });
    form.elements.begun_from.value = kept.begun;
    done();
    form.elements.body.dispatchEvent(new Event("input", { bubbles: true }));
    form.elements.body.focus();
  });
}

if (form) {
  const status = desk.querySelector("[data-saved]");
  const beginning = typed();
  let waiting = 0;
  let changed = false;
  let sent = false;
  offer();

  const save = (keepalive = false) => {
    if (!changed) return;
    changed = false;
    const data = new FormData();
    ["csrfmiddlewaretoken", "article", "begun_from", ...FIELDS].forEach((name) =>
      data.set(name, form.elements[name].value),
    );
    fetch(desk.dataset.keepUrl, { method: "POST", body: data, redirect: "manual", keepalive })
      .then((answer) => {
        const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
        status.textContent =
          answer.status === 204
          ? `Kept for you at ${time}; not saved yet.`
          : "Kept on this device only: you may have been logged out. Log in again in another window, then come back and reload this page.";
      })
      .catch(() => {
        status.textContent = "Kept on this device only: the site cannot be reached.";
      });
  };

  form.addEventListener("input", (event) => {
    if (!FIELDS.includes(event.target.name)) return;
    if (!changed && same(typed(), beginning)) return;
    changed = true;
    write(PLACE, { words: typed(), begun: form.elements.begun_from.value, at: Date.now() });
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
    if (!sent) save(form.elements.body.value.length < SMALL / 2);
  });
}
