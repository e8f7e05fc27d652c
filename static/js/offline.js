// The page “Read it offline”: keep copies, say since when, remove them.
import { isPossible, keep, keptOn, removeKept } from "./offline-copies.js";
import { saved } from "./saved-pages.js";

const status = document.querySelector("[data-offline-status]");
const keepButton = document.querySelector("[data-keep-offline]");
const removeButton = document.querySelector("[data-remove-offline]");
const list = document.querySelector("[data-kept-pages]");

function row(page) {
  const [item, link] = ["li", "a"].map((name) => document.createElement(name));
  link.href = page.url;
  link.textContent = page.title;
  item.append(link);
  return item;
}

async function show(words) {
  const day = await keptOn();
  keepButton.textContent = day ? "Renew the copies" : "Keep for offline";
  removeButton.hidden = !day;
  const since = day?.toLocaleDateString("en-US", { year: "numeric", month: "long", day: "numeric" });
  status.textContent = words ?? (day ? `Kept on this device: copies of ${since}.` : "Nothing is kept yet.");
}

async function keepNow() {
  keepButton.disabled = true;
  status.textContent = "Keeping…";
  const kept = await keep().catch(() => false);
  keepButton.disabled = false;
  await show(kept ? undefined : "That didn’t work. Please try again with a better connection.");
}

async function removeNow() {
  await removeKept();
  await show("Removed. Nothing is kept on this device for offline.");
}

if (location.pathname !== "/offline/") document.querySelector("[data-not-reached]").hidden = false;
list.append(...saved().map(row));
if (isPossible()) {
  document.querySelector("[data-needs-script]").hidden = false;
  document.querySelector(".no-script").remove();
  keepButton.addEventListener("click", keepNow);
  removeButton.addEventListener("click", removeNow);
  show();
}
