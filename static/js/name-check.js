// Turn suggested names into buttons that fill in the field, and show 429 responses of the name check, too.
document.querySelectorAll("[data-offers]").forEach((list) => {
  const field = document.getElementById(list.dataset.offers);
  list.querySelectorAll("li").forEach((item) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = item.textContent.trim();
    button.addEventListener("click", () => {
      field.value = button.textContent;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    });
    item.replaceChildren(button);
  });
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 429) event.detail.shouldSwap = true;
});
