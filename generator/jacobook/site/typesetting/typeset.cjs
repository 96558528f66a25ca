/*
 * Typesets formulas with MathJax, outside of a browser.
 *
 *   node typeset.cjs NODE_MODULES < formulas.json > typeset.json
 *
 * Reads a list of [TeX, whether on a line of its own]. Writes {"markup": [HTML of each], "rules": [CSS rules that they
 * need, among others]}. A formula that TeX does not understand ends the run with status 1 and says which.
 */
"use strict";

const path = require("node:path");
const { createRequire } = require("node:module");
const { allowBreaks } = require("./breaks.cjs");

async function main(nodeModules) {
  const formulas = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  const load = createRequire(path.join(nodeModules, "index.js"));
  const MathJax = await load("mathjax").init({
    loader: {
      load: ["input/tex", "output/chtml", "[tex]/boldsymbol", "[tex]/html", "adaptors/liteDOM"],
      paths: { fonts: path.join(nodeModules, "@mathjax") },
    },
    // Without "noundefined", so that an unknown command is an error.
    tex: {
      packages: { "[+]": ["boldsymbol", "html"], "[-]": ["noundefined"] },
      formatError: (jax, error) => {
        throw error;
      },
    },
    // All rules of the style sheet, whatever is typeset: the generator takes those that are needed.
    output: { font: "mathjax-newcm", linebreaks: { inline: true }, adaptiveCSS: false },
  });
  MathJax.startup.document.inputJax.tex.postFilters.add(({ data }) => allowBreaks(data.root));
  const adaptor = MathJax.startup.adaptor;
  const markup = [];
  for (const [tex, display] of formulas) {
    try {
      markup.push(await typeset(MathJax, adaptor, tex, display));
    } catch (error) {
      process.stderr.write(`${error.message}\nin the formula ${tex}\n`);
      process.exit(1);
    }
  }
  const sheet = adaptor.textContent(MathJax.chtmlStylesheet());
  process.stdout.write(JSON.stringify({ markup, rules: rulesOf(sheet) }));
}

/** Lines of the page hold both kinds, so that the browser breaks long ones at whatever width it has. */
async function typeset(MathJax, adaptor, tex, display) {
  const [indent, rest] = indented(tex);
  const space = indent ? `\\hspace{${(await width(MathJax, indent)).toFixed(3)}em}{}` : "";
  const source = display ? `\\displaystyle ${space}${rest}` : `${space}${rest}`;
  const seen = await MathJax.tex2chtmlPromise(source, { display: false });
  const [math] = adaptor.childNodes(seen);
  adaptor.setAttribute(math, "aria-hidden", "true");
  adaptor.removeAttribute(seen, "overflow");
  const drawn = adaptor.outerHTML(seen).replace(/ (texclass|data-(latex|mjx-[a-z-]+|semantic-[a-z-]+))="[^"]*"/g, "");
  // What only keeps a place is not read aloud.
  const spoken = (await MathJax.tex2mmlPromise(rest, { display }))
    .replace(/ (xmlns|class|data-[a-z-]+)="[^"]*"/g, "")
    .replace(/>\s+</g, "><")
    .replace(/<mspace width="0"[^>]*><\/mspace>| linebreak="nobreak"/g, "");
  return drawn.replace("</mjx-container>", `<mjx-assistive-mml>${spoken}</mjx-assistive-mml></mjx-container>`);
}

/** The formula whose width is left free at the start (`\\hphantom{…}`), and what follows. */
function indented(tex) {
  const command = "\\hphantom{";
  if (!tex.startsWith(command)) return ["", tex];
  let depth = 1;
  let end = command.length;
  for (; depth && end < tex.length; end++) {
    if (tex[end] === "\\") end++;
    else depth += { "{": 1, "}": -1 }[tex[end]] ?? 0;
  }
  return [tex.slice(command.length, end - 1), tex.slice(end).trimStart()];
}

const widths = new Map();

/** The width of a formula on a line of its own, in em: a space is less to load than a formula that nobody sees. */
async function width(MathJax, tex) {
  if (!widths.has(tex)) {
    await MathJax.tex2chtmlPromise(tex, { display: true }); // loads the characters that it needs
    const { document } = MathJax.startup;
    const item = new document.options.MathItem(`\\displaystyle ${tex}`, document.inputJax.tex, false);
    item.setMetrics(16, 8, 1000, 1);
    item.compile(document);
    widths.set(tex, document.outputJax.getBBox(item, document).w);
  }
  return widths.get(tex);
}

/** The style sheet as a list of rules. Rules do not nest but for media queries, which nothing here needs. */
function rulesOf(sheet) {
  const found = sheet.match(/[^{}]+\{[^{}]*\}/g) ?? [];
  return found.map((rule) => rule.replace(/\/\*.*?\*\//gs, "").replace(/\s+/g, " ").trim());
}

main(path.resolve(process.argv[2]));
