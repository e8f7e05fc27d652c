// What readers keep for themselves in this browser, under keys that start with PREFIX. Nothing here sends anything.

export const PREFIX = "mine:";

export function get(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

// Store a value, or remove it if it is null. Return whether the browser took it: a private window may not.
export function set(name, value) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

function names() {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => key.slice(PREFIX.length));
  } catch {
    return [];
  }
}

export const all = () => Object.fromEntries(names().map((name) => [name, get(name, null)]));

export const removeAll = () => names().forEach((name) => set(name, null));
