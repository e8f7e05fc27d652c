// All pages: remember the country for help lines on this device, and close panels with Escape or a click outside.
const panel = document.querySelector(".help-now");
const panels = document.querySelectorAll(".help-now, .account-menu");
const KEY = "help-country";

function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(country) {
  try {
    localStorage.setItem(KEY, country);
  } catch {
    /* private window: the choice lasts only for this page */
  }
}

if (panel) {
  const choice = panel.querySelector(`input[value="${CSS.escape(remembered() ?? "")}"]`);
  if (choice) choice.checked = true;
  panel.addEventListener("change", (event) => remember(event.target.value));
}

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

// Delete unsent drafts from this device on log-out.
document.querySelectorAll('form[action*="logout"]').forEach((form) =>
  form.addEventListener("submit", () => {
    try {
      Object.keys(localStorage)
        .filter((key) => key.startsWith("words:"))
        .forEach((key) => localStorage.removeItem(key));
    } catch {
      /* nothing was stored */
    }
  }),
);
