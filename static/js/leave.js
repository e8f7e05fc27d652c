// “Leave quickly”: empty the page, then replace it, also in the history, by one that has nothing to do with this site.
// Escape three times does the same. If Back then leads to an earlier page of this site in this tab, leave that one too,
// until the reader opens a page on purpose.

const LEFT = "left"; // in sessionStorage, which ends with the tab
const PRESSES = 3;
const PAUSE = 3000; // ms: after a longer one, counting begins anew
const link = document.querySelector("[data-leave]");
const status = document.querySelector("[data-leave-status]");
let presses = 0;
let lastPress = 0;

function mark(left) {
  try {
    if (left) sessionStorage.setItem(LEFT, "1");
    else sessionStorage.removeItem(LEFT);
  } catch {
    /* no storage: Back shows earlier pages */
  }
}

function hasLeft() {
  try {
    return sessionStorage.getItem(LEFT) !== null;
  } catch {
    return false;
  }
}

function leave() {
  document.documentElement.hidden = true;
  document.title = "Loading";
  mark(true);
  location.replace(link.href);
}

function openedByBack() {
  return performance.getEntriesByType("navigation")[0]?.type === "back_forward";
}

function count(event) {
  if (event.repeat || event.isComposing) return;
  const now = Date.now();
  if (event.key !== "Escape" || now - lastPress > PAUSE) presses = 0;
  if (event.key !== "Escape") return;
  lastPress = now;
  presses += 1;
  if (presses >= PRESSES) leave();
  else if (presses === PRESSES - 1) status.textContent = "Press Escape once more to leave this site.";
}

if (link) {
  if (hasLeft() && openedByBack()) leave();
  else mark(false);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  addEventListener("keydown", count, { capture: true });
  addEventListener("pageshow", (event) => {
    if (event.persisted && hasLeft()) leave();
  });
}
