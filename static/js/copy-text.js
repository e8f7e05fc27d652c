// Copy the text of a field, where the browser can. Otherwise readers select it themselves.
const announcement = document.getElementById("announcement");

document.querySelectorAll("[data-copy]").forEach((button) => {
  if (!navigator.clipboard) return;
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      announcement.textContent = "Copied.";
      button.textContent = "Copied";
    } catch {
      field.select();
    }
  });
});
