// Remarks on selected words: the words that a reviewer selects in the preview, or a button beside a line of the source, fill
// in the form. Without JavaScript, reviewers type the words.

const field = (name) => document.querySelector(`[data-remark-form] [name="remark-${name}"]`);
const LONGEST_QUOTE = 200; // characters

// HTMX replaces the form after each remark, so it is looked up each time.
function startRemark(quote) {
  if (quote) field("quote").value = quote;
  const text = field("text");
  text.scrollIntoView({ block: "center" });
  text.focus();
}

for (const button of document.querySelectorAll("[data-remark]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    field("part").value = button.dataset.remark;
    field("line").value = button.dataset.line;
    startRemark(String(document.getSelection()).trim().slice(0, LONGEST_QUOTE));
  });
}

const onSelection = document.querySelector("[data-remark-selection]");
const frame = document.querySelector(".preview-frame");

function watch() {
  frame.contentDocument.addEventListener("selectionchange", () => {
    onSelection.hidden = !selected();
  });
}
const selected = () => String(frame.contentDocument.getSelection()).replace(/\s+/g, " ").trim().slice(0, LONGEST_QUOTE);

if (onSelection && frame) {
  onSelection.addEventListener("click", () => startRemark(selected()));
  if (frame.contentDocument?.readyState === "complete") watch();
  frame.addEventListener("load", watch);
}
