// The service worker behind “Keep for offline”. It is installed only by that button, keeps copies of a few public pages
// as a visitor without an account gets them, and shows a copy when the site can't be reached.

const CACHE = "kept-offline";
const HOME = "/offline/"; // shown in place of a page of which there is no copy
const ALWAYS = [HOME, "/help-now/", "/guide/overdose/", "/guide/wallet-card/"];
const PATIENCE = 4000; // ms that a reader waits for the site before seeing the copy
const FRESH = 24 * 60 * 60 * 1000; // ms for which copies aren't fetched again
// What a page, a stylesheet or a script loads besides itself.
const LOADS = /(?:src|href)="(\/static\/[^"]+)"|url\(["']?([^"')]+)|from "(\.\/[^"]+)"/g;
const TEXT = /^text\/|javascript/;

// Return a copy and the addresses of what it loads. A redirected answer can't be shown later, so make it a plain one.
async function fetchCopy(url) {
  const answer = await fetch(url, { credentials: "omit", cache: "no-cache" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  const type = answer.headers.get("Content-Type") ?? "";
  const body = await answer.blob();
  const copy = new Response(body, { headers: { "Content-Type": type, Date: new Date().toUTCString() } });
  const text = TEXT.test(type) ? await body.text() : "";
  const found = [...text.matchAll(LOADS)].map((match) => match[1] ?? match[2] ?? match[3]);
  const base = new URL(url, location.origin);
  const loaded = found.map((each) => new URL(each, base)).filter((each) => each.origin === location.origin);
  return [copy, loaded.map((each) => each.pathname)];
}

// Keep these pages with all that they load, and drop every other copy. A page that is gone is left out.
async function keep(pages) {
  const copies = new Map();
  const queue = [...new Set([...ALWAYS, ...pages])];
  while (queue.length) {
    const url = queue.shift();
    if (copies.has(url)) continue;
    try {
      const [copy, loaded] = await fetchCopy(url);
      copies.set(url, copy);
      queue.push(...loaded);
    } catch (error) {
      if (ALWAYS.includes(url)) throw error;
    }
  }
  const cache = await caches.open(CACHE);
  await Promise.all([...copies].map(([url, copy]) => cache.put(url, copy)));
  const kept = await cache.keys();
  await Promise.all(kept.filter((each) => !copies.has(new URL(each.url).pathname)).map((each) => cache.delete(each)));
}

async function keptPages(cache) {
  const paths = (await cache.keys()).map((each) => new URL(each.url).pathname);
  return paths.filter((path) => !path.startsWith("/static/"));
}

// Fetch the copies again when they are a day old, so that no one calls an old number.
async function renew() {
  if (!(await caches.has(CACHE))) return;
  const cache = await caches.open(CACHE);
  const home = await cache.match(HOME);
  if (home && Date.now() - new Date(home.headers.get("Date")) < FRESH) return;
  await keep(await keptPages(cache));
}

async function copyOf(request) {
  const path = new URL(request.url).pathname;
  return caches.match(path, { cacheName: CACHE });
}

const tooSlow = () => new Promise((_, reject) => setTimeout(() => reject(new Error("too slow")), PATIENCE));

async function pageOrCopy(request) {
  const copy = await copyOf(request);
  const page = fetch(request);
  try {
    return await (copy ? Promise.race([page, tooSlow()]) : page);
  } catch (error) {
    const instead = copy ?? (await caches.match(HOME, { cacheName: CACHE }));
    if (instead) return instead;
    throw error;
  }
}

async function fileOrCopy(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const copy = await copyOf(request);
    if (copy) return copy;
    throw error;
  }
}

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(pageOrCopy(request));
    event.waitUntil(renew().catch(() => {}));
  } else if (url.pathname.startsWith("/static/")) event.respondWith(fileOrCopy(request));
});
addEventListener("message", (event) => {
  const answer = (kept) => event.ports[0].postMessage({ kept });
  event.waitUntil(keep(event.data.pages).then(() => answer(true), () => answer(false)));
});
