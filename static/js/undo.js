// Count down the seconds in which a moderator can undo what they did, and remove what can't be undone anymore.

const list = document.querySelector("[data-undo]");
const start = performance.now();

function tick() {
  const passed = Math.floor((performance.now() - start) / 1000);
  list.querySelectorAll("[data-seconds]").forEach((row) => {
    const left = Number(row.dataset.seconds) - passed;
    if (left > 0) row.querySelector("[data-left]").textContent = left;
    else row.remove();
  });
  if (list.querySelector("[data-seconds]")) setTimeout(tick, 1000);
  else list.remove();
}

if (list) tick();
