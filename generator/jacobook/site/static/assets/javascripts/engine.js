/*
 * The engine as the page sees it: one request at a time, the newest wins, and a request that takes too long ends the
 * worker, which starts again. Nothing is loaded before `start`.
 */
const SCRIPT = new URL(import.meta.url);
const FOLDER = new URL("../runtime/", SCRIPT);
export const LIMIT = 10000;
export const NEWER = "a newer question came";
const PAUSE = 3000;
const LEAST_MEMORY = 2; // GB; where there is less, no second engine is started to make a snapshot

export class Stopped extends Error {}

/* On this channel the search of any page asks for the key of a formula, and hears that there is an engine to ask. */
const searches = channel("jacobook search");

/* A browser that keeps nothing for a site may refuse this, too: a search has no keys of formulas, then. */
function channel(name) {
  try {
    return new BroadcastChannel(name);
  } catch {
    return undefined;
  }
}

const newWorker = () => new Worker(new URL("engine-worker.js", SCRIPT), { type: "module" });

class Engine {
  #worker;
  #ready;
  #number = 0;
  #open = new Map();
  #waiting;
  #busy;
  #pause;
  #unkept; // where the engine is, if it started without a snapshot
  #maker;
  #compiled = {}; // the runtime as it was compiled for the first engine: those that follow start sooner
  isLoaded = false;
  startedWithSnapshot = false;

  /* Resolves when the engine can answer. */
  start() {
    this.#ready ??= this.#load().catch((error) => {
      this.#ready = undefined;
      this.#worker?.terminate();
      throw error;
    });
    return this.#ready;
  }

  async #load() {
    const worker = newWorker();
    this.#worker = worker;
    let place;
    this.startedWithSnapshot = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => {
        if (data.module) this.#compiled = { [place.runtime]: data.module };
        else if (data.ready) resolve(data.snapped);
        else reject(new Error(data.broken));
      };
      worker.onerror = (event) => reject(new Error(event.message || "its worker cannot be started"));
      this.#find().then((found) => {
        place = found;
        worker.postMessage(this.#withModule(place));
      }, reject);
    });
    this.#unkept = this.startedWithSnapshot || (navigator.deviceMemory ?? LEAST_MEMORY) < LEAST_MEMORY ? undefined : place;
    worker.onmessage = ({ data }) => this.#answered(data);
    worker.onerror = (event) => this.#end(new Error(event.message || "the engine stopped"));
    this.isLoaded = true;
    searches?.postMessage({ engine: true });
  }

  #withModule(place) {
    return { ...place, module: this.#compiled[place.runtime] };
  }

  /* Where the engine is. */
  async #find() {
    const found = await fetch(new URL("runtime.json", FOLDER));
    if (!found.ok) throw new Error("this site was built without it");
    const { folder, info, protocol } = await found.json();
    this.protocol = protocol;
    return { runtime: new URL(`${folder}/`, FOLDER).href, info };
  }

  /* The answer to a request of the search, or nothing: it waits for none, keeps none waiting, and loads nothing. */
  async find(request) {
    if (!this.isLoaded || this.#busy || this.#waiting) return undefined;
    return this.ask({ ask: "find", ...request }).catch(() => undefined);
  }

  #answered({ number, answer }) {
    const request = this.#open.get(number);
    this.#open.delete(number);
    clearTimeout(request?.timer);
    this.#busy = undefined;
    request?.resolve(answer);
    this.#next();
    if (!this.#busy && this.#unkept) this.#pause = setTimeout(() => this.#keep(), PAUSE);
  }

  /* Nothing was asked for a while: another worker makes what the next start will need, until something is asked. */
  #keep() {
    const maker = newWorker();
    this.#maker = maker;
    maker.onmessage = maker.onerror = () => {
      this.#unkept = undefined;
      maker.terminate();
    };
    maker.postMessage({ ...this.#withModule(this.#unkept), keep: true });
  }

  #interrupt() {
    clearTimeout(this.#pause);
    this.#maker?.terminate();
  }

  /* The answer to a request. Of several that wait, only the newest is sent; the others are refused as Stopped. */
  async ask(request, { limit = LIMIT } = {}) {
    this.#interrupt();
    await this.start();
    return new Promise((resolve, reject) => {
      this.#waiting?.reject(new Stopped(NEWER));
      this.#waiting = { request, limit, resolve, reject };
      if (!this.#busy) this.#next();
    });
  }

  #next() {
    const waiting = this.#waiting;
    if (!waiting) return;
    this.#waiting = undefined;
    this.#busy = waiting;
    const number = ++this.#number;
    waiting.timer = setTimeout(() => this.drop(`This took longer than ${waiting.limit / 1000} seconds, and was stopped.`), waiting.limit);
    this.#open.set(number, waiting);
    this.#worker.postMessage({ number, request: { protocol: this.protocol, ...waiting.request } });
  }

  /* Ends what is running and what waits, and starts the engine anew. */
  stop(reason = "Stopped.") {
    this.#end(new Stopped(reason));
    return this.start().catch(() => {});
  }

  /* Ends what is running; what waits is asked of the engine that is started then. */
  async drop(reason) {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#end(new Stopped(reason));
    this.#waiting = waiting;
    try {
      await this.start();
      if (!this.#busy) this.#next();
    } catch (error) {
      this.#end(error);
    }
  }

  #end(error) {
    this.#interrupt();
    this.#worker?.terminate();
    this.#ready = this.#busy = undefined;
    this.isLoaded = false;
    const open = [...this.#open.values(), ...(this.#waiting ? [this.#waiting] : [])];
    this.#open.clear();
    this.#waiting = undefined;
    for (const request of open) {
      clearTimeout(request.timer);
      request.reject(error);
    }
  }
}

export const engine = new Engine();

searches?.addEventListener("message", async ({ data }) => {
  if (data.who && engine.isLoaded) searches.postMessage({ engine: true });
  if (data.find === undefined) return;
  const found = await engine.find({ formula: data.formula, wrt: data.wrt });
  searches.postMessage({ found: data.find, keys: found?.ok ? found.keys : [] });
});

/* What keeps this page from running the engine, or nothing. */
export function obstacle() {
  if (location.protocol === "file:") return "a page that was opened from a file may not run it";
  if (typeof WebAssembly !== "object" || typeof Worker !== "function") return "this browser has no WebAssembly";
  return "";
}

/* A statement as it is typed in a shell. */
export function command({ lines, given, wrt, order }) {
  const quoted = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`);
  const parts = ["jacobook derive", ...lines.map(quoted), ...given.map((one) => `--given ${quoted(one)}`)];
  if (wrt) parts.push(`--wrt ${quoted(wrt)}`);
  if (order > 1) parts.push(`--order ${order}`);
  return parts.join(" \\\n  ");
}
