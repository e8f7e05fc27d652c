// Page of a review item: keyboard shortcuts for its actions, a preview of what the author gets, and redaction of selected text.

import { pressed } from "./shortcuts.js";

const actions = document.querySelector("[data-actions]");

function open(panel) {
  actions.querySelectorAll(".action-panel[open]").forEach((other) => {
    if (other !== panel) other.open = false;
  });
  panel.open = true;
  panel.scrollIntoView({ block: "nearest" });
  (panel.querySelector("select, textarea, input:not([type=hidden])") || panel.querySelector("button")).focus();
}

function onKey(event) {
  if (event.key === "Escape") {
    const panel = event.target.closest?.(".action-panel[open]");
    if (panel) {
      panel.open = false;
      panel.querySelector("summary").focus();
    }
    return;
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.target.closest?.("form[data-action]")?.requestSubmit();
    return;
  }
  const key = pressed(event);
  const panel = key && actions.querySelector(`.action-panel[data-key="${CSS.escape(key.toLowerCase())}"]`);
  if (!panel) return;
  event.preventDefault();
  const plain = event.shiftKey && key !== "!" && panel.querySelector("form[data-plain]");
  if (plain) plain.requestSubmit();
  else open(panel);
}

function preview(form) {
  const out = form.querySelector("[data-preview]");
  if (!out) return;
  const reason = form.querySelector("select[name$='-reason']");
  const message = form.querySelector("textarea[name$='-note'], textarea[name$='-text']");
  const chosen = reason?.value ? reason.selectedOptions[0] : null;
  out.textContent = [chosen?.textContent, message?.value.trim() || chosen?.dataset.text].filter(Boolean).join("\n");
}

const LABELS = { contact: "Redact selection: contact", name: "Redact selection: name", dose: "Redact selection: dose" };

function addSelectionButtons(form) {
  const texts = [...document.querySelectorAll("[data-text]")];
  const bar = document.createElement("p");
  bar.className = "redact-selection";
  form.querySelectorAll("textarea").forEach((area) => {
    const kind = area.name.split("-").pop();
    if (kind === "note") return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = LABELS[kind];
    button.addEventListener("click", () => {
      const selection = getSelection();
      const selected = selection.toString().trim();
      if (!selected || !texts.some((text) => text.contains(selection.anchorNode))) return;
      area.value = [...area.value.split("\n").filter(Boolean), ...selected.split("\n")].join("\n");
    });
    bar.append(button);
  });
  form.prepend(bar);
}

// Insert a suggested message or a link into the text that the moderator is writing, or into a clinical note.
let lastArea = null;

function insert(text) {
  const areas = ".action-panel[open] textarea";
  const area =
    (lastArea?.matches(areas) && lastArea) ||
    actions.querySelector(areas) ||
    actions.querySelector("[data-action='note'] textarea") ||
    actions.querySelector("textarea");
  if (!area) return;
  open(area.closest(".action-panel"));
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}

if (actions) {
  document.addEventListener("keydown", onKey);
  actions.addEventListener("focusin", (event) => {
    if (event.target.matches("textarea")) lastArea = event.target;
  });
  document.querySelectorAll("[data-insert]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => insert(button.dataset.insert));
  });
  actions.querySelectorAll("form").forEach((form) => {
    preview(form);
    form.addEventListener("input", () => preview(form));
  });
  const redact = actions.querySelector("form[data-action='redact']");
  if (redact) addSelectionButtons(redact);
}

// Save what is typed as a draft on the server, so that nothing is lost when the page is left, and mark it as saved.

const PAUSE = 1000; // milliseconds without typing

function keepDraft(form) {
  const state = form.querySelector("[data-draft-state]");
  let timer = null;

  function save() {
    clearTimeout(timer);
    timer = null;
    const options = { method: "POST", body: new FormData(form), keepalive: true };
    fetch(form.dataset.draft, options)
      .then((answer) => { state.textContent = answer.ok ? "Saved as a draft. Only you see it." : "Not saved."; })
      .catch(() => { state.textContent = "Not saved: no connection."; });
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    timer = null;
  });
  addEventListener("pagehide", () => {
    if (timer) save();
  });
}

// Put the standard text of the chosen reason into the message, where it can be changed.
function addStandardTextButton(form) {
  const reason = form.querySelector("select[name$='-reason']");
  const message = form.querySelector("textarea[name$='-note']");
  if (!reason?.querySelector("[data-text]") || !message) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = "Insert the standard text";
  button.addEventListener("click", () => {
    lastArea = message;
    insert(reason.selectedOptions[0].dataset.text || "");
  });
  message.after(button);
}

if (actions) {
  actions.querySelectorAll("form[data-draft]").forEach(keepDraft);
  actions.querySelectorAll("form").forEach(addStandardTextButton);
}

// Guide pages open beside the item: leaving it would release the claim.
document.querySelectorAll('.item-page a[href^="/guide/"]').forEach((link) => {
  link.target = "_blank";
  link.rel = "noopener";
});

// Renew the claim while the moderator is active; release it when they leave the page without deciding.

const claimed = document.querySelector("[data-claim]");
const RENEW_INTERVAL = 3 * 60 * 1000; // milliseconds
let active = true;
let leaving = true;

function send(url) {
  return fetch(url, { method: "POST", body: new FormData(claimed), headers: { "X-Background": "1" }, keepalive: true });
}

if (claimed) {
  ["keydown", "pointerdown", "scroll"].forEach((kind) =>
    addEventListener(kind, () => { active = true; }, { passive: true }),
  );
  setInterval(() => {
    if (active) {
      active = false;
      send(claimed.dataset.claim);
    }
  }, RENEW_INTERVAL);
  document.addEventListener("submit", () => {
    leaving = false;
  });
  addEventListener("pagehide", () => {
    if (leaving) send(claimed.action);
  });
}
