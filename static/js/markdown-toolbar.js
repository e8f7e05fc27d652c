// A Markdown toolbar over a text area: buttons, and Ctrl or Cmd with a letter.
// A tool is [name, action(area), letter or nothing].

// Replace the selection. `execCommand` keeps the browser's undo history; setting the value would clear it.
export function insert(area, text) {
  area.focus();
  if (document.execCommand("insertText", false, text)) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

export function wrap(area, before, after) {
  const start = area.selectionStart;
  const words = area.value.slice(start, area.selectionEnd) || "words";
  insert(area, before + words + after);
  area.setSelectionRange(start + before.length, start + before.length + words.length);
}

// Put `mark` before each selected line; "1. " numbers the lines.
export function startLines(area, mark) {
  const from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const lines = area.value.slice(from, area.selectionEnd).split("\n");
  area.setSelectionRange(from, area.selectionEnd);
  insert(area, lines.map((line, i) => (mark === "1. " ? `${i + 1}. ` : mark) + line).join("\n"));
}

// Insert a block on its own, with an empty line before and after.
export function insertBlock(area, text) {
  const before = area.value.slice(0, area.selectionStart);
  const after = area.value.slice(area.selectionEnd);
  const gap = (there, lines) => "\n".repeat(there === "" ? 0 : Math.max(0, 2 - lines));
  insert(area, gap(before, before.match(/\n*$/)[0].length) + text + gap(after, after.match(/^\n*/)[0].length));
}

export const BOLD = ["Bold", (area) => wrap(area, "**", "**"), "b"];
export const ITALICS = ["Italics", (area) => wrap(area, "*", "*"), "i"];
export const LIST = ["List", (area) => startLines(area, "- ")];
export const linkTool = (letter) => ["Link", (area) => wrap(area, "[", "](https://)"), letter];

function button([name, action, letter], area, className) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = className;
  element.textContent = name;
  if (letter) element.title = `Ctrl+${letter.toUpperCase()}`;
  element.addEventListener("click", () => action(area));
  return element;
}

export function fillToolbar(bar, area, tools, className = "") {
  bar.append(...tools.map((tool) => button(tool, area, className)));
  bar.hidden = false;
  area.addEventListener("keydown", (event) => {
    const tool = (event.ctrlKey || event.metaKey) && tools.find(([, , letter]) => letter === event.key.toLowerCase());
    if (!tool) return;
    event.preventDefault();
    tool[1](area);
  });
}
