// Queue page: renew counts and rows while the page is visible, and announce new items in red: in the title, to screen
// readers, and with a sound if the moderator switched it on. Keys: J and K move between rows, Enter opens a row, N takes
// the next item.

import { pressed } from "./shortcuts.js";

const SOUND_ON = "sound-for-red";
const rows = () => [...document.querySelectorAll("[data-row]")];

function step(by) {
  const current = rows().indexOf(document.activeElement);
  const next = rows()[Math.min(Math.max(current + by, 0), rows().length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "center" });
}

document.addEventListener("keydown", (event) => {
  const key = pressed(event);
  if (key === "j") step(1);
  else if (key === "k") step(-1);
  else if (key === "n") document.querySelector("[data-next]")?.click();
});

const counts = document.querySelector("[data-refresh]");
const list = document.querySelector("[data-refresh-rows]");
const announcement = document.querySelector("[data-new-red]");
const soundSwitch = document.querySelector("[data-sound]");
const title = document.title;
let red = keysInRed();
let focused = null;

function keysInRed() {
  return counts.querySelector("[data-red]").dataset.red.split(" ").filter(Boolean);
}

// Rows stay as they are while a post is open in them or rows are selected.
function inUse() {
  return list.querySelector("details[open], :checked") !== null;
}

setInterval(() => {
  if (document.visibilityState === "visible" || soundIsOn()) counts.dispatchEvent(new Event("refresh"));
  if (document.visibilityState === "visible" && !inUse()) list.dispatchEvent(new Event("refresh"));
}, 20_000);

list.addEventListener("htmx:beforeSwap", (event) => {
  if (inUse()) event.detail.shouldSwap = false;
  focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
});
list.addEventListener("htmx:afterSwap", () => {
  if (focused) rows().find((row) => row.getAttribute("href") === focused)?.focus();
});
counts.addEventListener("htmx:afterSettle", () => {
  const before = red;
  red = keysInRed();
  showInTitle();
  const fresh = red.filter((key) => !before.includes(key)).length;
  if (fresh) announce(fresh === 1 ? "There is a new item in red." : `There are ${fresh} new items in red.`);
});

function showInTitle() {
  document.title = red.length ? `(${red.length} red) ${title}` : title;
}

function announce(sentence) {
  announcement.textContent = sentence;
  if (soundIsOn()) beep();
}

function soundIsOn() {
  try {
    return localStorage.getItem(SOUND_ON) === "1";
  } catch {
    return false;
  }
}

function beep() {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  volume.gain.value = 0.1;
  tone.frequency.value = 660; // hertz
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.4); // seconds
  tone.addEventListener("ended", () => audio.close());
}

function switchSound() {
  try {
    if (soundIsOn()) localStorage.removeItem(SOUND_ON);
    else localStorage.setItem(SOUND_ON, "1");
  } catch {
    /* no sound where nothing can be stored */
  }
  if (soundIsOn()) beep();
  labelSound();
}

function labelSound() {
  soundSwitch.textContent = soundIsOn() ? "Turn the sound for red off" : "Play a sound for red";
}

showInTitle();
labelSound();
soundSwitch.hidden = false;
soundSwitch.addEventListener("click", switchSound);
