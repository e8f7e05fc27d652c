// Printable tools: show what is typed on the card, and send it nowhere.
// Write the month in words, since strangers read the card: 4/3/2026 is ambiguous.
function inWords(date) {
  return date
    ? date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" })
    : "";
}

document.querySelectorAll("[data-needs-script]").forEach((form) => {
  form.hidden = false;
});
document.querySelectorAll(".no-script").forEach((line) => line.remove());
document.querySelectorAll("[data-shows]").forEach((input) => {
  const field = document.querySelector(`[data-field="${input.dataset.shows}"]`);
  const empty = field.textContent; // what is printed where nothing was typed, such as boxes to tick
  const show = () => {
    field.textContent = (input.type === "date" ? inWords(input.valueAsDate) : input.value) || empty;
  };
  input.addEventListener("input", show);
  show();
});
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
