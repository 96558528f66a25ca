/*
 * The engine in a worker: Pyodide, the part of the standard library that the engine needs, and the engine as bytecode.
 *
 * The first message says where all that is, and holds the compiled runtime if the page has it; if not, the page gets it to
 * keep. Every other message is a request, and is answered by a message with its number.
 * A worker whose first message says `keep` answers nothing: it makes the snapshot with which the next engine starts.
 */
import { forget, keep, kept, memoryOf } from "./engine-snapshot.js";

let answer;
let forgetSnapshot; // of an engine that started with one

/* Writes the files of a pack, one after the other behind a line of JSON with their names and lengths. */
function unpack(bytes, files, folder) {
  const head = bytes.indexOf(10);
  const made = new Set();
  let place = head + 1;
  for (const [name, length] of JSON.parse(new TextDecoder().decode(bytes.subarray(0, head)))) {
    const path = `${folder}/${name}`;
    const inside = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(inside)) files.mkdirTree(inside);
    made.add(inside);
    files.writeFile(path, bytes.subarray(place, place + length), { canOwn: true });
    place += length;
  }
}

const WASM = "pyodide.asm.wasm";

/* Compiles what comes while it comes; where the server does not say that it is WebAssembly, when it is there. */
async function compile(asked) {
  const found = await asked;
  if (found.headers.get("Content-Type") === "application/wasm") return WebAssembly.compileStreaming(found);
  return WebAssembly.compile(await found.arrayBuffer());
}

/*
 * Asks for everything at once, and compiles the runtime, which takes longest, unless the page has it compiled. Pyodide
 * would ask for it later, and for itself: it is given what is here.
 */
function order({ runtime, module }) {
  const address = (name) => new URL(name, runtime);
  const compiled = module ?? compile(fetch(address(WASM)));
  const load = self.fetch;
  self.fetch = (asked, ...more) => (String(asked).endsWith(WASM) ? Promise.resolve(new Response()) : load(asked, ...more));
  WebAssembly.instantiateStreaming = async (_, imports) => {
    const found = await compiled;
    return { module: found, instance: await WebAssembly.instantiate(found, imports) };
  };
  return {
    compiled: Promise.resolve(compiled),
    pack: fetch(address("engine.pack")).then((found) => found.arrayBuffer()),
    script: import(address("pyodide.asm.js")),
    pyodide: import(address("pyodide.js")),
  };
}

/* The page keeps the compiled runtime where the browser allows that. */
function handOver(module) {
  try {
    postMessage({ module });
  } catch {
    // It is compiled again, then.
  }
}

/* Rejects at the first file that cannot be had, with its name; Pyodide itself would wait for ever. */
function missing() {
  const load = self.fetch;
  return new Promise((_, reject) => {
    self.fetch = async (address, ...more) => {
      const name = String(address.url ?? address).split("/").at(-1);
      const found = await load(address, ...more).catch((error) => {
        reject(new Error(`${name}: ${error.message}`));
        throw error;
      });
      if (!found.ok) reject(new Error(`${name}: status ${found.status}`));
      return found;
    };
  });
}

/* Pyodide itself would refuse a snapshot that is larger than the memory it begins with. */
function makeRoom(module, size) {
  if (size < module.HEAP8.length) throw new Error("the snapshot is not whole");
  if (size > module.HEAP8.length) module.growMemory(size);
}

/* Loads Pyodide and writes the files of the engine; `snapshot` is a memory in which it has started already. */
async function load({ runtime, info, ordered }, snapshot, more = {}) {
  const size = snapshot && memoryOf(snapshot); // what is held below must not keep the snapshot itself
  const { loadPyodide } = await ordered.pyodide;
  const python = await loadPyodide({
    indexURL: runtime,
    packageBaseUrl: runtime,
    stdLibURL: new URL("library.zip", runtime).href,
    // There are no packages to load, and so no list of them.
    lockFileContents: JSON.stringify({ info, packages: {} }),
    stdout: () => {},
    stderr: () => {},
    _loadSnapshot: snapshot,
    createPyodideModule: async (settings) => {
      const module = await (await ordered.script).default(settings);
      if (size) makeRoom(module, size);
      return module;
    },
    ...more,
  });
  delete python._api.config._loadSnapshot;
  unpack(new Uint8Array(await ordered.pack), python.FS, "/engine");
  if (!snapshot) python.runPython("import sys; sys.path.insert(0, '/engine')");
  return python;
}

function answerOf(python) {
  return python.pyimport("jacobook.browser.start").started();
}

async function startWith(data, snapshot) {
  if (!snapshot) return false;
  try {
    answer = answerOf(await load(data, snapshot));
    forgetSnapshot = () => forget(data.runtime);
    return true;
  } catch {
    await forget(data.runtime);
    return false;
  }
}

/* Starts the engine; returns whether it was with a snapshot. */
async function start(data) {
  const snapped = await startWith(data, await kept(data.runtime));
  if (!snapped) answer = answerOf(await load(data));
  return snapped;
}

/* Makes a snapshot of an engine that has answered samples, and never a reader's request. */
async function makeSnapshot(data) {
  await keep(data.runtime, async () => {
    const python = await load(data, undefined, { _makeSnapshot: true });
    python.runPython("from jacobook.browser.samples import warm; warm()");
    return python.makeMemorySnapshot();
  });
}

async function begin(data) {
  const unheard = missing();
  const ordered = order(data);
  const failed = Promise.race([unheard, ordered.compiled.then(() => new Promise(() => {}))]);
  if (!data.module && !data.keep) ordered.compiled.then(handOver, () => {});
  const own = { ...data, ordered };
  try {
    if (data.keep) postMessage({ kept: await Promise.race([failed, makeSnapshot(own)]) });
    else postMessage({ ready: true, snapped: await Promise.race([failed, start(own)]) });
  } catch (error) {
    postMessage({ broken: error.message });
  }
}

/* Answers a request. What goes wrong with a snapshot is not met a second time. */
function respond({ number, request }) {
  try {
    const said = JSON.parse(answer(JSON.stringify(request)));
    if (said.error_kind === "internal") forgetSnapshot?.();
    postMessage({ number, answer: said });
  } catch (error) {
    forgetSnapshot?.();
    reportError(error);
  }
}

addEventListener("message", ({ data }) => (data.runtime ? begin(data) : respond(data)));
