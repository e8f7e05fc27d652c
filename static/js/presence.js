// Record the moderator's presence once a minute while a page of the queue is visible.

const form = document.querySelector("[data-here]");
const MINUTE = 60_000; // milliseconds

function ping() {
  if (document.visibilityState === "visible")
    fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => {});
}

if (form) {
  ping();
  setInterval(ping, MINUTE);
}
