/*
 * The engine in a worker: Pyodide, the part of the standard library that the engine needs, and the engine as bytecode.
 *
 * The first message says where all that is; every other one is a request, and is answered by a message with its number.
 */
let answer;

/* Writes the files of a pack, one after the other behind a line of JSON with their names and lengths. */
function unpack(bytes, files, folder) {
  const head = bytes.indexOf(10);
  let place = head + 1;
  for (const [name, length] of JSON.parse(new TextDecoder().decode(bytes.subarray(0, head)))) {
    const path = `${folder}/${name}`;
    files.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    files.writeFile(path, bytes.subarray(place, place + length));
    place += length;
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

async function start({ runtime, info }) {
  const pack = fetch(new URL("engine.pack", runtime)).then((found) => found.arrayBuffer());
  const { loadPyodide } = await import(new URL("pyodide.mjs", runtime));
  const python = await loadPyodide({
    indexURL: runtime,
    packageBaseUrl: runtime,
    stdLibURL: new URL("library.zip", runtime).href,
    // There are no packages to load, and so no list of them.
    lockFileContents: JSON.stringify({ info, packages: {} }),
    stdout: () => {},
    stderr: () => {},
  });
  unpack(new Uint8Array(await pack), python.FS, "/engine");
  python.runPython("import sys; sys.path.insert(0, '/engine')");
  answer = python.pyimport("jacobook.browser.entry").answer;
}

addEventListener("message", async ({ data }) => {
  if (data.runtime) {
    try {
      await Promise.race([missing(), start(data)]);
      postMessage({ ready: true });
    } catch (error) {
      postMessage({ broken: error.message });
    }
  } else postMessage({ number: data.number, answer: JSON.parse(answer(JSON.stringify(data.request))) });
});
