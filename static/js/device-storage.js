// Unsent text in localStorage for a day, encrypted with a key that only its author's pages carry (data-device-key).
// Where storage or encryption fails, as in a private window, only this copy is lost: the server has a draft.

import { entry, store } from "./stored-text.js";

const versions = new Map(); // so that a slower, earlier write doesn't replace a later one

const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));
let cryptoKey = null;

// Import the key when it is first needed: a thread gets its reply form, and the key with it, after the page has loaded.
function importedKey() {
  const secret = document.querySelector("[data-device-key]")?.dataset.deviceKey;
  if (!secret || !globalThis.crypto?.subtle) return null;
  cryptoKey ??= crypto.subtle.importKey("raw", bytes(secret), "AES-GCM", false, ["encrypt", "decrypt"]).catch(() => null);
  return cryptoKey;
}

// Return the stored value, or null if there is none or another account wrote it.
export async function read(key) {
  const found = entry(key);
  const opened = await importedKey();
  if (!found || !opened) return null;
  try {
    const clear = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(found.iv) }, opened, bytes(found.sealed));
    return JSON.parse(new TextDecoder().decode(clear));
  } catch {
    return null;
  }
}

// Store `value`, or remove the key if there is no value.
export async function write(key, value) {
  const version = (versions.get(key) ?? 0) + 1;
  versions.set(key, version);
  if (!value) return store(key, null);
  const opened = await importedKey();
  if (!opened) return;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const clear = new TextEncoder().encode(JSON.stringify(value));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, opened, clear);
  if (versions.get(key) === version) store(key, { iv: text(iv), sealed: text(sealed), at: Date.now() });
}

// Mark a copy as sent, at once: the page is about to unload.
export function markSent(key) {
  const found = entry(key);
  versions.set(key, (versions.get(key) ?? 0) + 1);
  if (found) store(key, { ...found, sent: true });
}
