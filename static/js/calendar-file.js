// An .ics file with one event (RFC 5545). It names neither this site nor the medicine, only the title that its owner chose.

const LINE = 70; // bytes: RFC 5545 allows 75

const escaped = (text) => text.replace(/([\\;,])/g, "\\$1").replace(/\r?\n/g, "\\n");
const compact = (text) => text.replace(/[-:]/g, "");
const stamp = () => `${compact(new Date().toISOString()).slice(0, 15)}Z`;
const randomId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16)).join("");

// Long lines go on after a line break and a space, never inside a character.
function folded(line) {
  const encoder = new TextEncoder();
  let [lines, size] = [
    [""], 0
  ];
  for (const character of line) {
    const bytes = encoder.encode(character).length;
    if (size + bytes > LINE)[lines, size] = [
      [...lines, ""], 0
    ];
    lines[lines.length - 1] += character;
    size += bytes;
  }
  return lines.join("\r\n ");
}

// Return the file's text. `day` is “2026-12-26”; with `time` (“08:00”) the event repeats each day, else it lasts one day.
export function calendarFile({ title, day, time }) {
  const event = [
    `UID:${randomId()}`,
    `DTSTAMP:${stamp()}`,
    `SUMMARY:${escaped(title)}`,
    "CLASS:PRIVATE",
    "TRANSP:TRANSPARENT",
    ...(time
      ? [`DTSTART:${compact(day)}T${compact(time)}00`, "DURATION:PT5M", "RRULE:FREQ=DAILY"]
      : [`DTSTART;VALUE=DATE:${compact(day)}`]),
  ];
  // At that time each day; for a whole day at nine in the morning of the day before.
  const alarm = ["ACTION:DISPLAY", `DESCRIPTION:${escaped(title)}`, `TRIGGER:${time ? "PT0S" : "-PT15H"}`];
  const lines = [
    ...["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Reminder//EN", "BEGIN:VEVENT", ...event],
    ...["BEGIN:VALARM", ...alarm, "END:VALARM", "END:VEVENT", "END:VCALENDAR", ""],
  ];
  return lines.map(folded).join("\r\n");
}
