// One item of the queue: keys for its acts, the words that the author will get, and covering what is selected in the text.

const acts = document.querySelector("[data-acts]");

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable]");
}

function open(act) {
  acts.querySelectorAll(".act[open]").forEach((other) => {
    if (other !== act) other.open = false;
  });
  act.open = true;
  act.scrollIntoView({ block: "nearest" });
  (act.querySelector("select, textarea, input:not([type=hidden])") || act.querySelector("button")).focus();
}

function byKey(event) {
  if (event.key === "Escape") {
    const act = event.target.closest?.(".act[open]");
    if (act) {
      act.open = false;
      act.querySelector("summary").focus();
    }
    return;
  }
  if (event.key === "Enter" && event.ctrlKey) {
    event.target.closest?.("form[data-act]")?.requestSubmit();
    return;
  }
  if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = acts.querySelector(`.act[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (act) {
    event.preventDefault();
    open(act);
  }
}

function preview(form) {
  const out = form.querySelector("[data-preview]");
  if (!out) return;
  const reason = form.querySelector("select[name$='-reason']");
  const words = form.querySelector("textarea[name$='-note'], textarea[name$='-clinical'], textarea[name$='-text']");
  const chosen = reason?.value ? reason.selectedOptions[0] : null;
  out.textContent = [chosen?.textContent, words?.value.trim() || chosen?.dataset.words].filter(Boolean).join("\n");
}

const SELECTED = { contact: "Selected: contact", name: "Selected: name", dose: "Selected: dose" };

function covering(form) {
  const text = document.querySelector("[data-text]");
  const bar = document.createElement("p");
  bar.className = "cover-selection";
  form.querySelectorAll("textarea").forEach((area) => {
    const why = area.name.split("-").pop();
    if (why === "note") return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = SELECTED[why];
    button.addEventListener("click", () => {
      const selection = getSelection();
      const words = selection.toString().trim();
      if (!words || !text.contains(selection.anchorNode)) return;
      area.value = [...area.value.split("\n").filter(Boolean), ...words.split("\n")].join("\n");
    });
    bar.append(button);
  });
  form.prepend(bar);
}

if (acts) {
  document.addEventListener("keydown", byKey);
  acts.querySelectorAll("form").forEach((form) => {
    preview(form);
    form.addEventListener("input", () => preview(form));
  });
  const cover = acts.querySelector("form[data-act='cover']");
  if (cover) covering(cover);
}

// The claim is renewed while somebody works on the page, and let go when they leave it without deciding.

const claimed = document.querySelector("[data-claim]");
const RENEW = 3 * 60 * 1000; // milliseconds
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
  }, RENEW);
  document.addEventListener("submit", () => {
    leaving = false;
  });
  addEventListener("pagehide", () => {
    if (leaving) send(claimed.action);
  });
}
