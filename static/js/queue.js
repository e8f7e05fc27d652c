// Counts stay fresh while the page is looked at. The queue by keyboard: J and K walk through the rows, Enter opens the one that has the focus, N asks for the next item.

const rows = [...document.querySelectorAll("[data-row]")];

function step(by) {
  const at = rows.indexOf(document.activeElement);
  const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "center" });
}

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "n") document.querySelector("[data-next]")?.click();
});

const counts = document.querySelector("[data-refresh]");
setInterval(() => {
  if (document.visibilityState === "visible") counts.dispatchEvent(new Event("refresh"));
}, 20_000);
