// The paper tools: what is typed shows on the card and goes nowhere else.
document.querySelectorAll("[data-shows]").forEach((input) => {
  const field = document.querySelector(`[data-field="${input.dataset.shows}"]`);
  const show = () => { field.textContent = input.value; };
  input.addEventListener("input", show);
  show();
});
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
