// Letters as shortcuts: “?” shows them, and they can be switched off on this device (WCAG 2.1.4).

const OFF = "letters-off";
const dialog = document.querySelector("[data-keys]");

function lettersAreOff() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
}

function switchLetters() {
  try {
    if (lettersAreOff()) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    /* letters stay on where nothing can be stored */
  }
  label();
}

function label() {
  dialog.querySelector("[data-letters]").textContent = lettersAreOff() ? "Switch letters on" : "Switch letters off";
}

// Return the pressed character, or null while someone types, holds another key, or has switched letters off.
export function pressed(event) {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable], dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return null;
  return lettersAreOff() ? null : event.key;
}

if (dialog) {
  label();
  dialog.querySelector("[data-letters]").addEventListener("click", switchLetters);
  const button = document.querySelector("[data-show-keys]");
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
  document.addEventListener("keydown", (event) => {
    if (pressed(event) === "?") dialog.showModal();
  });
}
