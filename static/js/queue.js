// Queue page: refresh the counts while the page is visible. Keys: J and K move between rows, Enter opens a row, N takes the next item.

import { pressed } from "./shortcuts.js";

const rows = [...document.querySelectorAll("[data-row]")];

function step(by) {
  const current = rows.indexOf(document.activeElement);
  const next = rows[Math.min(Math.max(current + by, 0), rows.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "center" });
}

document.addEventListener("keydown", (event) => {
  const key = pressed(event);
  if (key === "j") step(1);
  else if (key === "k") step(-1);
  else if (key === "n") document.querySelector("[data-next]")?.click();
});

const counts = document.querySelector("[data-refresh]");
setInterval(() => {
  if (document.visibilityState === "visible") counts.dispatchEvent(new Event("refresh"));
}, 20_000);
