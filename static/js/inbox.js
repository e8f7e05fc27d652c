// Mark the messages of a row as read when it is opened, without delaying navigation.
const form = document.querySelector("form[data-mark-read]");
for (const link of document.querySelectorAll("[data-opens]")) {
  link.addEventListener("click", () => {
    const body = new FormData(form);
    link.dataset.opens.split(" ").forEach((pk) => body.append("pk", pk));
    navigator.sendBeacon(form.action, body);
  });
}
