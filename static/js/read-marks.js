// Mark a page as read up to its last post after a few seconds, or sooner when scrolled: one small POST.
const DELAY = 4000;
const form = document.querySelector("form[data-read-mark]");

function markRead() {
  if (form.dataset.sent || document.hidden) return;
  form.dataset.sent = "yes";
  fetch(form.dataset.readMark, { method: "POST", body: new FormData(form), keepalive: true })
    .then((answer) => {
      if (answer.ok) form.hidden = true;
    })
    .catch(() => {
      delete form.dataset.sent;
    });
}

if (form) {
  setTimeout(markRead, DELAY);
  addEventListener("scroll", () => setTimeout(markRead, DELAY / 4), { once: true, passive: true });
  document.addEventListener("visibilitychange", () => setTimeout(markRead, DELAY));
}
