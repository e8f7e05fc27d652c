// Days as “2026-11-28”, counted without time zones, so that no hour is lost when the clocks change.

const DAY = 24 * 60 * 60 * 1000; // ms
const utc = (day) => new Date(`${day}T00:00:00Z`);
const iso = (date) => date.toISOString().slice(0, 10);

export function today() {
  const now = new Date();
  return iso(new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate())));
}

export const plusDays = (day, days) => iso(new Date(utc(day).getTime() + days * DAY));

export const daysBetween = (from, to) => Math.round((utc(to) - utc(from)) / DAY);

// The same day of the next month, or its last day: 31 January gives 28 February.
export function nextMonth(day) {
  const [year, month, number] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return iso(new Date(Date.UTC(year, month, Math.min(number, last))));
}

// “Saturday, November 28, 2026”, or with "short" “Sat, Nov 28, 2026”.
export const inWords = (day, length = "long") =>
  utc(day).toLocaleDateString("en-US", {
    weekday: length,
    year: "numeric",
    month: length,
    day: "numeric",
    timeZone: "UTC",
  });
