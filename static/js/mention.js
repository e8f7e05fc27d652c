// Autocomplete for mentions. Without JavaScript, members type the whole name; the server reads it the same way.

const BEFORE = /(?:^|[\s("“‘—–>*])@([\p{L}\p{N}][\p{L}\p{N} ._'’-]{0,39})?$/u;

export function startMentions(form) {
  const area = form.elements.body;
  const list = document.createElement("ul");
  const status = document.createElement("p");
  let chosen = -1;
  let requests = 0;
  let timer = 0;

  list.id = "people";
  list.className = "people";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People in this thread");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  area.after(list, status);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", list.id);

  const options = () => [...list.children];
  const typed = () =>
    area.selectionStart === area.selectionEnd ? BEFORE.exec(area.value.slice(0, area.selectionStart)) : null;

  function close() {
    requests += 1;
    clearTimeout(timer);
    if (list.hidden) return;
    list.hidden = true;
    chosen = -1;
    status.textContent = "";
    area.removeAttribute("aria-activedescendant");
  }

  function mark(index) {
    chosen = index;
    options().forEach((option, n) => option.setAttribute("aria-selected", String(n === index)));
    if (index < 0) area.removeAttribute("aria-activedescendant");
    else {
      area.setAttribute("aria-activedescendant", options()[index].id);
      options()[index].scrollIntoView({ block: "nearest" });
    }
  }

  function insert(option) {
    const found = typed();
    if (!found) {
      close();
      return;
    }
    const from = area.selectionStart - (found[1] ?? "").length;
    area.setRangeText(`${option.textContent.trim()} `, from, area.selectionStart, "end");
    close();
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  }

  async function suggest(name) {
    const request = (requests += 1);
    let answer;
    try {
      answer = await fetch(`${form.dataset.people}?name=${encodeURIComponent(name)}`);
    } catch {
      return;
    }
    const html = answer.ok && !answer.redirected ? await answer.text() : "";
    if (request !== requests) return;
    list.innerHTML = html;
    const exact = options().length === 1 && options()[0].textContent.trim().toLowerCase() === name.trim().toLowerCase();
    if (!options().length || exact) {
      close();
      return;
    }
    list.hidden = false;
    list.scrollIntoView({ block: "nearest" });
    mark(-1);
    status.textContent = `${options().length === 1 ? "1 person" : `${options().length} people`} found. Use the arrow keys to choose.`;
  }

  area.addEventListener("input", () => {
    const found = typed();
    clearTimeout(timer);
    if (!found) {
      close();
      return;
    }
    timer = setTimeout(() => suggest(found[1] ?? ""), 150);
  });
  area.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const count = options().length;
    if (event.key === "ArrowDown") mark((chosen + 1) % count);
    else if (event.key === "ArrowUp") mark((chosen <= 0 ? count : chosen) - 1);
    else if (event.key === "Escape") close();
    else if ((event.key === "Enter" || event.key === "Tab") && chosen >= 0) insert(options()[chosen]);
    else return;
    event.preventDefault();
  });
  area.addEventListener("blur", () => setTimeout(close, 150));
  // Keep the focus in the text area, so that a tap does not close a phone's keyboard.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) insert(option);
  });
}

document.querySelectorAll("[data-people]").forEach(startMentions);
