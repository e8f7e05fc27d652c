// The toolbar, the insert menus and paste of the guide's editing forms. They work on the text area for Markdown that has or
// last had the cursor. Without JavaScript there are plain fields, and links that open the menus in a new window.

import {
  BOLD,
  ITALICS,
  LIST,
  boxTool,
  fillToolbar,
  insert,
  insertAfter,
  insertBlockAfter,
  linkTool,
  startLines,
} from "./markdown-toolbar.js";

const bar = document.querySelector("[data-tools]");
const form = bar?.closest("form");
const IS_MARKDOWN = "textarea[data-markdown]";
const RICH = /<(h[1-6]|p|ul|ol|li|table|a|b|strong|i|em|blockquote|br|sup|sub|del|s|strike|ins|code|pre|div|img)\b/i;
let area = form?.elements.body ?? form?.querySelector(IS_MARKDOWN);

const TOOLS = [
  BOLD,
  ITALICS,
  ["Heading", (area) => startLines(area, "## ")],
  ["Small heading", (area) => startLines(area, "### ")],
  LIST,
  ["Numbers", (area) => startLines(area, "1. ")],
  linkTool("k"),
  ["Table", (area) => insertBlockAfter(area, "| One | Two |\n|---|---|\n| words | words |")],
  boxTool("Box", "note"),
  boxTool("Warning box", "warning"),
  ["Nothing medical", (area) => insertAfter(area, "[^site]")],
  ["Meant as it is", (area) => insertAfter(area, "[^meant]")],
  ["Number to check", (area) => insertAfter(area, `[^CHECK ${new Date().toISOString().slice(0, 10)}]`)],
];

// Insert a citation or a part after the selected words, or make them the words of a link to a page.
function insertMark(mark) {
  const words = area.value.slice(area.selectionStart, area.selectionEnd);
  if (mark.startsWith("[[")) insertBlockAfter(area, mark);
  else if (mark.startsWith("[^")) insertAfter(area, mark);
  else insert(area, words ? mark.replace(/^\[.*\]\(/, () => `[${words}](`) : mark);
}

function startMenu(link) {
  const dialog = document.querySelector(`[data-dialog="${link.dataset.insertKind}"]`);
  link.setAttribute("role", "button");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
    const search = dialog.querySelector("input");
    search.focus();
    search.dispatchEvent(new Event("open"));
  });
  dialog.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-insert]");
    if (choice || event.target.closest("[data-close]")) dialog.close();
    if (choice) insertMark(choice.dataset.insert);
  });
  dialog.addEventListener("close", () => area.focus());
}

// Paste from Word or a web page as Markdown.
async function paste(event) {
  const html = event.clipboardData.getData("text/html");
  if (!event.target.matches(IS_MARKDOWN) || !RICH.test(html)) return;
  const into = event.target;
  const plain = event.clipboardData.getData("text/plain");
  event.preventDefault();
  const data = new FormData();
  data.set("html", html);
  const answer = await fetch(document.querySelector("[data-paste-url]").dataset.pasteUrl, {
    method: "POST",
    body: data,
    headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    redirect: "error",
  }).catch(() => null);
  const pasted = answer?.ok ? await answer.json() : { markdown: plain, left_out: "" };
  insert(into, pasted.markdown.trimEnd());
  sayLeftOut(pasted.left_out);
}

function sayLeftOut(line) {
  const note = document.querySelector("[data-left-out]");
  note.textContent = line;
  note.hidden = !line;
}

if (area) {
  form.addEventListener("focusin", (event) => {
    if (event.target.matches(IS_MARKDOWN)) area = event.target;
  });
  fillToolbar(bar, form, TOOLS, "", () => area);
  form.addEventListener("paste", paste);
  document.querySelectorAll("[data-insert-kind]").forEach(startMenu);
}
