// The next dose, injection or other date: kept on this device, said in words, and as a file for a calendar.
import { calendarFile } from "./calendar-file.js";
import { daysBetween, inWords, nextMonth, plusDays, today } from "./dates.js";
import { download } from "./download.js";
import { get, set } from "./own-notes.js";

const form = document.querySelector("[data-next-date]");
const sentence = document.querySelector("[data-next-date-sentence]");
const late = document.querySelector("[data-late]");

const chosen = () => Object.fromEntries(new FormData(form));

// The day of the next event, or "" while its date is missing.
function nextDay({ kind, day, every }) {
  if (kind === "tablet") return today();
  if (!day || kind === "other") return day;
  return every === "month" ? nextMonth(day) : plusDays(day, 28);
}

function inDays(days) {
  if (days === 0) return "today";
  if (days === 1) return "tomorrow";
  return days > 0 ? `in ${days} days` : `${-days} ${days === -1 ? "day" : "days"} ago`;
}

function describe(values) {
  const day = nextDay(values);
  if (values.kind === "tablet") return values.time ? `Every day at ${values.time}.` : "";
  if (!day) return "";
  const days = daysBetween(today(), day);
  if (values.kind === "other") return `${inWords(day)}, ${inDays(days)}.`;
  if (days >= 0) return `Next injection: ${inWords(day)}, ${inDays(days)}.`;
  return `Your injection was due on ${inWords(day)}, ${inDays(days)}. Call the clinic today.`;
}

function show() {
  const values = chosen();
  form.querySelectorAll("[data-for]").forEach((field) => {
    field.hidden = !field.dataset.for.split(" ").includes(values.kind);
  });
  sentence.textContent = describe(values);
  late.hidden = !(values.kind === "injection" && values.day && nextDay(values) < today());
  form.querySelector("[data-calendar]").disabled = sentence.textContent === "";
}

export function load() {
  form.reset();
  const kept = get("next-date", {});
  Object.entries(kept).forEach(([name, value]) => {
    const field = form.elements.namedItem(name);
    if (field) field.value = value;
  });
  show();
}

if (form) {
  form.addEventListener("input", () => {
    set("next-date", chosen());
    show();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { title, kind, time, ...values } = chosen();
    const about = { title: title.trim() || "Appointment", day: nextDay({ kind, ...values }) };
    download("reminder.ics", "text/calendar", calendarFile(kind === "tablet" ? { ...about, time } : about));
  });
}
