// A page that was open for some seconds, or was scrolled, is read up to its last post: one small message says so, never a GET.
const AFTER = 4000;
const form = document.querySelector("form[data-read-mark]");

function tell() {
  if (form.dataset.told || document.hidden) return;
  form.dataset.told = "yes";
  fetch(form.dataset.readMark, { method: "POST", body: new FormData(form), keepalive: true })
    .then((answer) => {
      if (answer.ok) form.hidden = true;
    })
    .catch(() => {
      delete form.dataset.told;
    });
}

if (form) {
  setTimeout(tell, AFTER);
  addEventListener("scroll", () => setTimeout(tell, AFTER / 4), { once: true, passive: true });
  document.addEventListener("visibilitychange", () => setTimeout(tell, AFTER));
}
