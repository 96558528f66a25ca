/*
 * Keeps what was read: pages, and all that they load, so that they open again without a network.
 *
 * Files whose names or folders carry a hash, and fonts, never change: they come from the cache. All else is asked for first, and
 * comes from the cache only if no answer does. The build writes a hash of the whole site here, so that every other
 * site begins with an empty cache.
 */
const VERSION = "unversioned";
const PREFIX = `jacobook ${registration.scope} `;
const NAME = PREFIX + VERSION;
const UNCHANGING = /\.[0-9a-f]{8}\.min\.(css|js)$|\.woff2$|\/assets\/runtime\/[0-9a-f]{16}\//;

addEventListener("install", () => skipWaiting());

addEventListener("activate", (event) => event.waitUntil(takeOver()));

async function takeOver() {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

// A page that was open before the worker says what it has loaded.
addEventListener("message", ({ data }) => {
  for (const address of data) fresh(new Request(address, { cache: "force-cache" })).catch(() => {});
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && request.url.startsWith(registration.scope)) event.respondWith(answer(request));
});

async function answer(request) {
  if (UNCHANGING.test(new URL(request.url).pathname)) return (await kept(request)) ?? fresh(request);
  try {
    return await fresh(request);
  } catch (error) {
    const found = await kept(request);
    if (found) return found;
    if (request.mode !== "navigate") throw error;
    return new Response(UNREAD, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
  }
}

async function kept(request) {
  return (await caches.open(NAME)).match(request, { ignoreSearch: true, ignoreVary: true });
}

async function fresh(request) {
  const response = await fetch(request);
  if (response.status === 200) await (await caches.open(NAME)).put(request.url.split(/[?#]/)[0], response.clone());
  return response;
}

const UNREAD = `<!doctype html><html lang="en"><title>Offline - Jacobook</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><body style="font:1.1rem/1.6 serif;margin:3rem;max-width:36rem">
<h1>There is no network</h1><p>This page was not opened before, so it is not kept here. Pages that you have read are:
go back, or <a href="${registration.scope}">to the home page</a>.</p>`;
