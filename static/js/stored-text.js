// The entries of unsent text in localStorage, for a day. Their text is encrypted by device-storage.js.

import { PREFIX } from "./own-notes.js";

const PREFIXES = ["words:", "editor:"];
const LIFETIME = 24 * 60 * 60 * 1000; // ms

export function entry(key) {
  try {
    const found = JSON.parse(localStorage.getItem(key));
    return found?.sealed && Date.now() - found.at < LIFETIME ? found : null;
  } catch {
    return null;
  }
}

export function store(key, value) {
  try {
    if (value) localStorage.setItem(key, JSON.stringify(value));
    else localStorage.removeItem(key);
  } catch {
    /* the server has a copy */
  }
}

export function keys() {
  try {
    return Object.keys(localStorage).filter((key) => PREFIXES.some((prefix) => key.startsWith(prefix)));
  } catch {
    return [];
  }
}

export const isSent = (key) => entry(key)?.sent === true;

export function removeSent() {
  keys().filter(isSent).forEach((key) => store(key, null));
}

// Remove copies that are too old, or were stored without encryption.
export function removeOld() {
  keys().filter((key) => !entry(key)).forEach((key) => store(key, null));
}

// Remove what this site stored on this device, except what the reader keeps there for themselves.
export function removeAll() {
  try {
    Object.keys(localStorage)
      .filter((key) => !key.startsWith(PREFIX))
      .forEach((key) => store(key, null));
  } catch {
    /* nothing can be stored */
  }
}
