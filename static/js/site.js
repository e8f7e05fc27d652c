import { removeAll, removeOld } from "./stored-text.js";

// All pages: close panels and menus with Escape or a click outside. Looked up at each event, since htmx replaces some.
const openPanels = () => document.querySelectorAll(":is(.help-now, .account-menu, .post-menu)[open]");

document.addEventListener("click", (event) => {
  openPanels().forEach((panel) => {
    if (!panel.contains(event.target)) panel.open = false;
  });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  openPanels().forEach((panel) => {
    if (!panel.contains(event.target)) return;
    panel.open = false;
    panel.querySelector("summary").focus();
  });
});

// Open a question that is linked to.
function openTarget() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
}
addEventListener("hashchange", openTarget);
openTarget();
addEventListener("beforeprint", () =>
  document.querySelectorAll(".text details").forEach((d) => {
    d.open = true;
  }),
);

// Remove unsent text from this device when it is a day old, and on log-out.
removeOld();
document.querySelectorAll('form[action*="logout"]').forEach((form) => form.addEventListener("submit", removeAll));
