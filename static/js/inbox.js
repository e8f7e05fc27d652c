// Mark a message as read when it is opened, without delaying navigation.
const form = document.querySelector("form[data-mark-read]");
for (const link of document.querySelectorAll("[data-opens]")) {
  link.addEventListener("click", () => {
    const body = new FormData(form);
    body.set("pk", link.dataset.opens);
    navigator.sendBeacon(form.action, body);
  });
}
