// The text size that a reader chose on this device, on every page. Loaded early, so that the page doesn't move afterwards.
import { get, set } from "./own-notes.js";

export function apply(size) {
  if (size === "normal") delete document.documentElement.dataset.textSize;
  else document.documentElement.dataset.textSize = size;
}

export function choose(size) {
  set("text-size", size === "normal" ? null : size);
  apply(size);
}

apply(get("text-size", "normal"));
