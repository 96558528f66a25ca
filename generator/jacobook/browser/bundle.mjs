/*
 * Writes what a browser loads of the engine: `node bundle.mjs` takes a JSON object on standard input and prints one.
 *
 *   pyodide   the folder of the npm package
 *   folders   folders that hold Python packages, the first one first on the path
 *   out       the folder to write into
 *   quality   of brotli, up to 11, which takes a minute
 */
import { copyFileSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

process.on("uncaughtException", (error) => {
  console.error(error.message); // not with the line of a minified file in which it was raised
  process.exit(1);
});

const { pyodide, folders, out, quality } = JSON.parse(readFileSync(0, "utf8"));
const { loadPyodide } = await import(pathToFileURL(join(pyodide, "pyodide.mjs")));

const python = await loadPyodide({
  indexURL: pyodide,
  stdout: () => {},
  stderr: (line) => console.error(line),
  env: { PYTHONHASHSEED: "0" }, // the same bytes in every run
});
const path = folders.map((folder, place) => {
  python.FS.mkdirTree(`/folder/${place}`);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, `/folder/${place}`);
  return `/folder/${place}`;
});
python.FS.mkdirTree("/out");
python.FS.mount(python.FS.filesystems.NODEFS, { root: out }, "/out");
python.globals.set("path", python.toPy(path));
const report = python.runPython(`
import sys
sys.dont_write_bytecode = True
sys.path[:0] = path
# Code is not coloured in the browser, and nothing is proved.
sys.modules["pygments"] = sys.modules["sympy"] = sys.modules["mpmath"] = None
from jacobook.browser import made_before
made_before.record()
from jacobook.browser.loaded_modules import pack_loaded_modules
from jacobook.browser.samples import warm
del sys.modules["jacobook.browser.loaded_modules"]
pack_loaded_modules(warm, "/out")
`);
// Many servers do not know that `.mjs` is a script, and a browser imports no other type.
for (const name of ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"]) {
  copyFileSync(join(pyodide, name), join(out, name.replace(/mjs$/, "js")));
}

// Copies for servers that hand out files that were compressed before: a service of static files often compresses neither.
const sizes = {};
for (const name of readdirSync(out)) {
  const content = readFileSync(join(out, name));
  const smaller = {
    gz: gzipSync(content, { level: 9 }),
    br: brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
  };
  sizes[name] = { plain: content.length };
  for (const [ending, bytes] of Object.entries(smaller)) {
    writeFileSync(join(out, `${name}.${ending}`), bytes);
    sizes[name][ending] = bytes.length;
  }
}
console.log(JSON.stringify({ ...JSON.parse(report), sizes }));
