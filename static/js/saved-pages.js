// Pages of the guide that a reader saves: the button on an article, and the list on the page of tools.
import { follow } from "./offline-copies.js";
import { get, set } from "./own-notes.js";

const button = document.querySelector("[data-save-page]");
const list = document.querySelector("[data-saved-pages]");

export const saved = () => get("pages", []).filter((page) => /^\/guide\/[\w-]+\/$/.test(page.url));

function toggle(page) {
  const others = saved().filter((each) => each.url !== page.url);
  set("pages", others.length < saved().length ? others : [...others, page]);
  follow();
}

function label() {
  const isSaved = saved().some((page) => page.url === location.pathname);
  button.textContent = isSaved ? "Saved on this device: remove" : "Save on this device";
}

function row(page) {
  const [item, link, remove] = ["li", "a", "button"].map((name) => document.createElement(name));
  link.href = page.url;
  link.textContent = page.title;
  remove.type = "button";
  remove.className = "button";
  remove.textContent = "Remove";
  remove.setAttribute("aria-label", `Remove ${page.title}`);
  remove.addEventListener("click", () => {
    toggle(page);
    load();
  });
  item.append(link, " ", remove);
  return item;
}

export function load() {
  const pages = saved();
  list.replaceChildren(...pages.map(row));
  list.previousElementSibling.hidden = pages.length > 0;
}

if (button) {
  label();
  button.closest("[hidden]").hidden = false;
  button.addEventListener("click", () => {
    toggle({ url: location.pathname, title: button.dataset.savePage });
    label();
  });
}
