// A line for each day: dose, drinks, urge, mood, side effects. Totals count days and never speak of a row of days that broke.
import { inWords, today } from "./dates.js";
import { get, set } from "./own-notes.js";

const form = document.querySelector("[data-day-log]");
const table = document.querySelector("[data-days]");
const totals = document.querySelector("[data-totals]");
const MOODS = { 1: "very low", 2: "low", 3: "so-so", 4: "good", 5: "very good" };
const DOSES = { taken: "taken", "not-taken": "not taken", "not-planned": "none planned" };

const count = (number, one, many) => `${number} ${number === 1 ? one : many}`;

export function totalsOf(days) {
  const rows = Object.values(days);
  const noted = rows.filter((row) => row.drinks !== "");
  const without = noted.filter((row) => Number(row.drinks) === 0).length;
  const taken = rows.filter((row) => row.dose === "taken").length;
  return [
      `${count(rows.length, "day", "days")} noted.`,
      taken && `Dose taken on ${count(taken, "day", "days")}.`,
      noted.length && `No drink on ${without} of the ${count(noted.length, "day", "days")} on which you noted drinks.`,
    ]
    .filter(Boolean)
    .join(" ");
}

function cell(row, text, kind = "td") {
  const made = document.createElement(kind);
  made.textContent = text;
  row.append(made);
  return made;
}

function button(text, about, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.append(text);
  const more = document.createElement("span");
  more.className = "visually-hidden";
  more.textContent = ` ${about}`;
  made.append(more);
  made.addEventListener("click", act);
  return made;
}

function line(day, entry) {
  const [row, name] = [document.createElement("tr"), inWords(day, "short")];
  cell(row, name, "th").scope = "row";
  cell(row, DOSES[entry.dose] ?? "");
  cell(row, entry.drinks);
  cell(row, entry.urge);
  cell(row, MOODS[entry.mood] ?? "");
  cell(row, entry.words);
  const actions = cell(row, "");
  actions.className = "no-print";
  actions.append(
    button("Change", name, () => edit(day)),
    button("Delete", name, () => remove(day)),
  );
  return row;
}

function show() {
  const days = get("days", {});
  const order = Object.keys(days).sort().reverse();
  table.tBodies[0].replaceChildren(...order.map((day) => line(day, days[day])));
  table.hidden = order.length === 0;
  totals.textContent = order.length ? totalsOf(days) : "No day noted yet.";
}

function fill(day) {
  const entry = get("days", {})[day] ?? {};
  form.reset();
  form.elements.day.value = day;
  for (const name of ["dose", "drinks", "urge", "mood", "words"]) form.elements[name].value = entry[name] ?? "";
}

function edit(day) {
  fill(day);
  form.elements.dose.focus();
}

function remove(day) {
  const days = get("days", {});
  delete days[day];
  set("days", days);
  show();
  totals.focus();
}

export function load() {
  fill(today());
  show();
}

if (form) {
  form.elements.day.addEventListener("change", () => form.elements.day.value && fill(form.elements.day.value));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { day, ...entry } = Object.fromEntries(new FormData(form));
    const kept = set("days", { ...get("days", {}), [day]: entry });
    form.querySelector("[role=status]").textContent = kept
      ? `Saved on this device: ${inWords(day)}.`
      : "This browser keeps nothing, perhaps because the window is private. You can still print what you wrote.";
    show();
  });
}
