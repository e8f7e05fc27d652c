// Says once a minute, while a page of the queue is looked at, that its moderator is here.

const form = document.querySelector("[data-here]");
const MINUTE = 60_000; // milliseconds

function tell() {
  if (document.visibilityState === "visible")
    fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => {});
}

if (form) {
  tell();
  setInterval(tell, MINUTE);
}
