// What was on the screen for a few seconds counts as read. Without this, a button says so.
const form = document.querySelector("[data-read-mark]");
if (form) {
  const send = () => fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Background": "1" }, keepalive: true });
  form.hidden = true;
  let waiting = 0;
  const wait = () => {
    clearTimeout(waiting);
    if (document.visibilityState === "visible") waiting = setTimeout(send, 3000);
  };
  document.addEventListener("visibilitychange", wait);
  wait();
}
