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

async function start({ runtime, info }) {
  const pack = fetch(new URL("engine.pack", runtime)).then((found) => {
    if (!found.ok) throw new Error(`engine.pack: ${found.status}`);
    return found.arrayBuffer();
  });
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
      await start(data);
      postMessage({ ready: true });
    } catch (error) {
      postMessage({ broken: String(error) });
    }
  } else postMessage({ number: data.number, answer: JSON.parse(answer(JSON.stringify(data.request))) });
});
