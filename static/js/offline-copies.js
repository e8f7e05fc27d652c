// Copies of pages for when the device is offline: made by the service worker, which is installed only by `keep`.
import { get } from "./own-notes.js";

const WORKER = "/offline-worker.js";
const CACHE = "kept-offline";

export const isPossible = () => "serviceWorker" in navigator && "caches" in window;

// Return the day on which the copies were made, or null if there are none.
export async function keptOn() {
  const home = isPossible() && (await caches.match("/offline/", { cacheName: CACHE }));
  return home ? new Date(home.headers.get("Date")) : null;
}

// Keep the pages that are always kept and those that the reader saved. Return whether all went well.
export async function keep() {
  await navigator.serviceWorker.register(WORKER, { scope: "/" });
  const { active } = await navigator.serviceWorker.ready;
  const channel = new MessageChannel();
  const pages = get("pages", []).map((page) => page.url);
  return new Promise((resolve) => {
    channel.port1.onmessage = ({ data }) => resolve(data.kept);
    active.postMessage({ pages }, [channel.port2]);
  });
}

// After a page was saved or removed: the copies follow, if the reader keeps any.
export async function follow() {
  if (await keptOn()) await keep();
}

export async function removeKept() {
  if (!isPossible()) return;
  const workers = await navigator.serviceWorker.getRegistrations();
  await Promise.all(workers.map((worker) => worker.unregister()));
  await caches.delete(CACHE);
}
