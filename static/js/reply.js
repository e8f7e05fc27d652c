// Reply below the post: htmx loads the form of the reply page into the thread. Without JavaScript, “Reply” opens that page.

import { startEditor } from "./forum-editor.js";
import { startMentions } from "./mention.js";

const isReplyLink = (element) => element.matches('[hx-select="#write"]');

function addClose(place) {
  const link = [...place.closest("article").querySelectorAll("a")].find(isReplyLink);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = "Close";
  button.addEventListener("click", () => {
    place.remove();
    link.focus();
  });
  place.querySelector(".actions").append(button);
}

// One form at a time. What was typed in another moves along.
function replaceOpen(place, area) {
  const open = [...document.querySelectorAll("#write")].find((other) => other !== place);
  if (!open) return;
  if (!area.value.trim()) area.value = open.querySelector("[name=body]").value;
  open.remove();
}

document.addEventListener("htmx:load", (event) => {
  const place = event.detail.elt;
  if (place.id !== "write") return;
  const form = place.querySelector("form");
  const area = form.elements.body;
  replaceOpen(place, area);
  addClose(place);
  startEditor(form);
  startMentions(form);
  area.focus();
});

// Without a form, as after a log-out or when the thread was closed, open the page itself: it says why.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, xhr } = event.detail;
  if (isReplyLink(requestConfig.elt) && !xhr.responseText.includes('id="write"')) location.assign(requestConfig.elt.href);
});
