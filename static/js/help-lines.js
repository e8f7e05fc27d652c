// Help lines by country: the reader's own first and open. The member's setting comes from the page; otherwise the country
// that this device was asked to remember, or the region of the browser's language. Nothing is remembered without a click.

const KEY = "help-country";

function remembered() {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

function remember(code) {
  try {
    localStorage.setItem(KEY, code);
  } catch {
    /* private window: the choice lasts for this page */
  }
}

function region() {
  for (const language of navigator.languages ?? []) {
    const found = /-([A-Z]{2})\b/i.exec(language);
    if (found) return found[1].toUpperCase();
  }
  return "";
}

function fold(box, code) {
  return box.querySelector(`:scope > [data-country="${CSS.escape(code)}"]`);
}

function showFirst(box, country) {
  box.prepend(country);
  country.open = true;
}

document.querySelectorAll("[data-help-countries]").forEach((box) => {
  const own = [box.dataset.first, remembered(), region()].map((code) => code && fold(box, code)).find(Boolean);
  if (own) showFirst(box, own);
  box.querySelectorAll("[data-remember-country]").forEach((button) => {
    const country = button.closest("[data-country]");
    button.hidden = country.dataset.country === remembered();
    button.addEventListener("click", () => {
      remember(country.dataset.country);
      button.hidden = true;
      showFirst(box, country);
      country.querySelector("summary").focus();
    });
  });
});
