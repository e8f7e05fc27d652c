// A Markdown toolbar over a text area: buttons, and Ctrl or Cmd with a letter. Lists continue with Enter.
// A tool is [name, action(area), letter or nothing].

const ITEM = /^(\s*)(?:([-*])|(\d+)\.)\s+(.*)$/;

const selected = (area) => area.value.slice(area.selectionStart, area.selectionEnd);

// Replace the selection. `execCommand` keeps the browser's undo history; setting the value would clear it.
export function insert(area, text) {
  area.focus();
  if (document.execCommand(text ? "insertText" : "delete", false, text)) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

// Insert after the selected words instead of replacing them.
export function insertAfter(area, text) {
  area.setSelectionRange(area.selectionEnd, area.selectionEnd);
  insert(area, text);
}

// Select the word under the cursor if nothing is selected, and leave spaces at the ends out.
function selectWords(area) {
  let [start, end] = [area.selectionStart, area.selectionEnd];
  if (start === end) {
    start -= area.value.slice(0, start).match(/[\p{L}\p{N}’'-]*$/u)[0].length;
    end += area.value.slice(end).match(/^[\p{L}\p{N}’'-]*/u)[0].length;
  }
  const words = area.value.slice(start, end);
  start += words.length - words.trimStart().length;
  area.setSelectionRange(start, Math.max(start, end - (words.length - words.trimEnd().length)));
}

// Put marks around the selected words, or take them off again.
export function wrap(area, before, after) {
  selectWords(area);
  const [start, end] = [area.selectionStart, area.selectionEnd];
  const around = [area.value.slice(start - before.length, start), area.value.slice(end, end + after.length)];
  const stars = area.value.slice(0, start).match(/\**$/)[0].length; // one: italics, two: bold, three: both
  const isOther = before === "*" && stars % 2 === 0;
  if (start < end && around[0] === before && around[1] === after && !isOther) {
    const words = selected(area);
    area.setSelectionRange(start - before.length, end + after.length);
    insert(area, words);
    area.setSelectionRange(start - before.length, end - before.length);
    return;
  }
  const words = selected(area) || "words";
  insert(area, before + words + after);
  area.setSelectionRange(start + before.length, start + before.length + words.length);
}

// Make a link of the selected words; the address is selected, to be typed.
function link(area) {
  selectWords(area);
  const [start, words] = [area.selectionStart, selected(area) || "words"];
  insert(area, `[${words}](https://)`);
  area.setSelectionRange(start + words.length + 3, start + words.length + "](https://".length + 1);
}

// Put `mark` before each selected line, or take it off if all have it; "1. " numbers the lines.
export function startLines(area, mark) {
  const from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const next = area.value.indexOf("\n", area.selectionEnd);
  area.setSelectionRange(from, next < 0 ? area.value.length : next);
  const lines = selected(area).split("\n");
  const has = (line) => (mark === "1. " ? /^\d+\. /.test(line) : line.startsWith(mark));
  const bare = (line) => line.replace(mark === "1. " ? /^\d+\. / : mark, "");
  const marked = lines.every(has)
    ? lines.map(bare)
    : lines.map((line, i) => (has(line) ? line : (mark === "1. " ? `${i + 1}. ` : mark) + line));
  insert(area, marked.join("\n"));
}

// Insert a block on its own, with an empty line before and after.
export function insertBlock(area, text) {
  const before = area.value.slice(0, area.selectionStart);
  const after = area.value.slice(area.selectionEnd);
  const gap = (there, lines) => "\n".repeat(there === "" ? 0 : Math.max(0, 2 - lines));
  insert(area, gap(before, before.match(/\n*$/)[0].length) + text + gap(after, after.match(/^\n*/)[0].length));
}

// Insert a block after the selected words instead of replacing them.
export function insertBlockAfter(area, text) {
  area.setSelectionRange(area.selectionEnd, area.selectionEnd);
  insertBlock(area, text);
}

// Put a box around the selected words.
export const boxTool = (name, kind) => [
  name,
  (area) => insertBlock(area, `::: ${kind} A short title\n\n${selected(area).trim() || "Words."}\n\n:::`),
];

export const BOLD = ["Bold", (area) => wrap(area, "**", "**"), "b"];
export const ITALICS = ["Italics", (area) => wrap(area, "*", "*"), "i"];
export const LIST = ["List", (area) => startLines(area, "- ")];
export const linkTool = (letter) => ["Link", link, letter];

// Continue a list with the next item; on an empty item, end the list.
function continueList(event) {
  const area = event.target;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.ctrlKey || event.metaKey) return;
  if (event.defaultPrevented || area.selectionStart !== area.selectionEnd) return;
  const from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const item = ITEM.exec(area.value.slice(from, area.selectionStart));
  if (!item) return;
  event.preventDefault();
  const [, indent, bullet, number, words] = item;
  if (words) {
    insert(area, `\n${indent}${bullet ?? `${Number(number) + 1}.`} `);
  } else {
    area.setSelectionRange(from, area.selectionStart);
    insert(area, "");
  }
}

function button([name, action, letter], area, className) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = className;
  element.textContent = name;
  if (letter) element.title = `Ctrl+${letter.toUpperCase()}`;
  element.addEventListener("click", () => action(area()));
  return element;
}

// Fill a toolbar for `area()`, which is `scope` itself or the text area inside it that the tools work on now.
export function fillToolbar(bar, scope, tools, className = "", area = () => scope) {
  bar.append(...tools.map((tool) => button(tool, area, className)));
  bar.hidden = false;
  scope.addEventListener("keydown", (event) => {
    if (event.target !== area()) return;
    continueList(event);
    const tool = (event.ctrlKey || event.metaKey) && tools.find(([, , letter]) => letter === event.key.toLowerCase());
    if (!tool) return;
    event.preventDefault();
    tool[1](area());
  });
}
