// The page of tools that keep everything on this device: load them, export, delete.
import { load as loadDays } from "./day-log.js";
import { today } from "./dates.js";
import { download } from "./download.js";
import { load as loadNextDate } from "./next-date.js";
import { removeKept } from "./offline-copies.js";
import { all, get, removeAll, set } from "./own-notes.js";
import { load as loadPages } from "./saved-pages.js";
import { apply, choose } from "./text-size.js";

const status = document.querySelector("[data-kept-status]");
const undo = document.querySelector("[data-undo-delete]");
const sizes = document.querySelectorAll("[name=text-size]");

function loadAll() {
  loadNextDate();
  loadDays();
  loadPages();
  const size = get("text-size", "normal");
  apply(size);
  sizes.forEach((input) => {
    input.checked = input.value === size;
  });
}

document.querySelectorAll("[data-needs-script]").forEach((part) => {
  part.hidden = false;
});
document.querySelectorAll(".no-script").forEach((part) => part.remove());
sizes.forEach((input) => input.addEventListener("change", () => choose(input.value)));
document.querySelector("[data-print]").addEventListener("click", () => window.print());
document.querySelector("[data-export]").addEventListener("click", () => {
  download(`notes-${today()}.json`, "application/json", JSON.stringify(all(), null, 2));
});
document.querySelector("[data-delete-all]").addEventListener("click", () => {
  const kept = all(); // only until this page is left
  removeAll();
  removeKept();
  loadAll();
  status.textContent = "Deleted. Nothing that you kept here is left in this browser.";
  undo.hidden = false;
  undo.onclick = () => {
    Object.entries(kept).forEach(([name, value]) => set(name, value));
    loadAll();
    status.textContent = "Your notes are back.";
    undo.hidden = true;
  };
});
loadAll();
