import { removeAll, removeOld } from "./device-storage.js";

// All pages: close panels with Escape or a click outside.
const panels = document.querySelectorAll(".help-now, .account-menu");

panels.forEach((details) => {
  document.addEventListener("click", (event) => {
    if (!details.contains(event.target)) details.open = false;
  });
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    details.open = false;
    details.querySelector("summary").focus();
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
