// Names to choose from after “@” while one writes. Without this one types the name: the text is read the same way.

const form = document.querySelector("[data-people]");
const area = form?.elements.body;
const BEFORE = /(?:^|[\s("“‘—–>*])@([\p{L}\p{N}][\p{L}\p{N} ._'’-]{0,39})?$/u;

if (area) {
  const list = document.createElement("ul");
  const told = document.createElement("p");
  let chosen = -1;
  let asked = 0;
  let wait = 0;

  list.id = "people";
  list.className = "people";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People in this thread");
  told.className = "visually-hidden";
  told.setAttribute("role", "status");
  area.after(list, told);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", list.id);

  const options = () => [...list.children];
  const typed = () =>
    area.selectionStart === area.selectionEnd ? BEFORE.exec(area.value.slice(0, area.selectionStart)) : null;

  function close() {
    asked += 1;
    clearTimeout(wait);
    if (list.hidden) return;
    list.hidden = true;
    chosen = -1;
    told.textContent = "";
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

  function take(option) {
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

  async function offer(name) {
    const mine = (asked += 1);
    let answer;
    try {
      answer = await fetch(`${form.dataset.people}?name=${encodeURIComponent(name)}`);
    } catch {
      return;
    }
    const html = answer.ok && !answer.redirected ? await answer.text() : "";
    if (mine !== asked) return;
    list.innerHTML = html;
    const exact = options().length === 1 && options()[0].textContent.trim().toLowerCase() === name.trim().toLowerCase();
    if (!options().length || exact) {
      close();
      return;
    }
    list.hidden = false;
    list.scrollIntoView({ block: "nearest" });
    mark(-1);
    told.textContent = `${options().length === 1 ? "1 person" : `${options().length} people`} to choose from with the arrow keys.`;
  }

  area.addEventListener("input", () => {
    const found = typed();
    clearTimeout(wait);
    if (!found) {
      close();
      return;
    }
    wait = setTimeout(() => offer(found[1] ?? ""), 150);
  });
  area.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const count = options().length;
    if (event.key === "ArrowDown") mark((chosen + 1) % count);
    else if (event.key === "ArrowUp") mark((chosen <= 0 ? count : chosen) - 1);
    else if (event.key === "Escape") close();
    else if ((event.key === "Enter" || event.key === "Tab") && chosen >= 0) take(options()[chosen]);
    else return;
    event.preventDefault();
  });
  area.addEventListener("blur", () => setTimeout(close, 150));
  // The list keeps the focus where one writes: a tap chooses without closing the keyboard of a phone.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
}
