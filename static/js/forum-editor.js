// Writing: a toolbar, and two copies of what is typed: on this device, and as a draft that only its author can open.
// Without this, buttons preview and keep. What was sent, or written before logging out, is forgotten here (see site.js).

const PREFIX = "words:";
const form = document.querySelector("[data-write]");
const place = PREFIX + location.pathname;
const FIELDS = ["title", "body", "warning"];

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function keep(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    /* private window: the draft on the server remains */
  }
}

if (document.querySelector("[data-clear-words]")) {
  try {
    Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX) && read(key)?.sent)
      .forEach((key) => localStorage.removeItem(key));
  } catch {
    /* nothing was kept */
  }
}

function wrap(area, before, after) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  area.setRangeText(before + (value.slice(start, end) || "words") + after, start, end, "select");
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function startLines(area, mark) {
  const from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const lines = area.value
    .slice(from, area.selectionEnd)
    .split("\n")
    .map((line) => mark + line)
    .join("\n");
  area.setRangeText(lines, from, area.selectionEnd, "end");
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

const TOOLS = [
  ["Bold", (area) => wrap(area, "**", "**"), "b"],
  ["Italics", (area) => wrap(area, "*", "*"), "i"],
  ["List", (area) => startLines(area, "- ")],
  ["Quotation", (area) => startLines(area, "> ")],
  ["Link", (area) => wrap(area, "[", "](https://)")],
];

function toolbar(area) {
  const bar = document.createElement("div");
  bar.className = "toolbar";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Format");
  TOOLS.forEach(([name, act]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = name;
    button.addEventListener("click", () => act(area));
    bar.append(button);
  });
  area.before(bar);
  area.addEventListener("keydown", (event) => {
    const tool = TOOLS.find(([, , key]) => key === event.key);
    if (!tool || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    tool[1](area);
  });
}

if (form) {
  const status = form.querySelector("[data-saved]");
  const typed = () => Object.fromEntries(FIELDS.map((name) => [name, form.elements[name]?.value ?? ""]));
  const beginning = JSON.stringify(typed());
  toolbar(form.elements.body);

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
    keep(place, typed());
    changed = true;
    clearTimeout(waiting);
    waiting = setTimeout(save, 3000);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    changed = false;
    if (event.submitter?.value === "send") keep(place, { ...typed(), sent: true });
  });
  addEventListener("pagehide", save);
}
