// A message that is opened is read: the browser says so as it leaves, without holding the reader up.
const form = document.querySelector("form[data-mark-read]");
for (const link of document.querySelectorAll("[data-opens]")) {
  link.addEventListener("click", () => {
    const body = new FormData(form);
    body.set("pk", link.dataset.opens);
    navigator.sendBeacon(form.action, body);
  });
}
