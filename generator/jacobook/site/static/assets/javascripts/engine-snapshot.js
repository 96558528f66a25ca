/*
 * A snapshot of the memory of an engine that has started, kept in this browser: the next start takes it over.
 *
 * Pyodide offers snapshots without promising them, so nothing depends on one: where anything is wrong with it, it is
 * deleted, and the engine starts as usual. Its address says of which runtime, start and browser it is; a digest, that it is whole.
 */
const START = 1; // raised when engine-worker.js starts the engine in another way
const store = (runtime) => `jacobook-snapshot ${new URL("..", runtime)}`;
const address = (runtime) => new URL(`snapshot?${new URLSearchParams({ start: START, browser: navigator.userAgent })}`, runtime).href;

async function digestOf(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).join(" ");
}

function found(runtime) {
  return caches.match(address(runtime), { cacheName: store(runtime) });
}

/* The snapshot for this runtime and this browser, or nothing. */
export async function kept(runtime) {
  try {
    const response = await found(runtime);
    if (!response) return undefined;
    const bytes = new Uint8Array(await response.arrayBuffer());
    if ((await digestOf(bytes)) === response.headers.get("X-Digest")) return bytes;
    await forget(runtime);
  } catch {
    // Without a store there is no snapshot.
  }
  return undefined;
}

export async function forget(runtime) {
  await caches.delete(store(runtime)).catch(() => {});
}

/* Keeps what `make` makes, in place of all that was kept; not where another tab does, or did. */
export async function keep(runtime, make) {
  await navigator.locks.request(store(runtime), { ifAvailable: true }, async (lock) => {
    if (!lock || (await found(runtime))) return;
    const bytes = await make();
    const headers = { "X-Digest": await digestOf(bytes) };
    await forget(runtime);
    try {
      await (await caches.open(store(runtime))).put(address(runtime), new Response(bytes, { headers }));
    } catch (error) {
      await forget(runtime); // it does not fit
      throw error;
    }
  });
}

/* How many bytes of memory a snapshot holds: its head ends where its second number says. */
export function memoryOf(bytes) {
  return bytes.length - new Uint32Array(bytes.buffer, bytes.byteOffset, 2)[1];
}
