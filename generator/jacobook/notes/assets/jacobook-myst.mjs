/*
 * For mystmd (myst.yml: `project: {plugins: [jacobook-myst.mjs]}`): a directive `jacobook` with a fence as its body, and a
 * role `jb` for an inline claim. Each asks the command `jacobook`, or what JACOBOOK names; faults are errors of the build,
 * which then ends with status 1.
 * What a fence without an expression declares holds for the rest of the page.
 */
import { spawnSync } from "node:child_process";

const [program, ...first] = (process.env.JACOBOOK || "jacobook").split(" ");
const pages = new Map();
let isFaulty = false;

// mystmd goes on after errors of a page, and ends with status 0.
process.on("exit", (status) => {
  if (isFaulty && !status) process.exitCode = 1;
});

/** The HTML and the faults of a text. */
function ask(text, options) {
  const run = spawnSync(program, [...first, "notes", "fence", "-", "--cache", "_build/jacobook", ...options], {
    input: text,
    encoding: "utf-8",
    maxBuffer: 1 << 26,
  });
  if (run.error) {
    return { html: "", faults: [`${program} cannot be run (${run.error.code}): python -m pip install "jacobook[notes]"`] };
  }
  const said = run.stderr.split("\n").filter(Boolean);
  return { html: run.stdout.trim(), faults: run.status ? said : [], notes: run.status ? [] : said };
}

/** Whether a fence only declares something. */
function declares(text) {
  return !/^\s*(?:expression|wrt)\s*:/m.test(text);
}

function given(file) {
  return (pages.get(file) ?? []).flatMap((text) => ["--page", text]);
}

/** The formulas of the HTML as nodes, which mystmd typesets, and the rest as HTML. */
function asNodes(html) {
  const parts = html.split(/(<(?:div|span) class="arithmatex">\\[[(][\s\S]*?\\[\])]<\/(?:div|span)>)/);
  return parts.filter(Boolean).map((part) => {
    const found = part.match(/^<(div|span) class="arithmatex">\\[[(]([\s\S]*)\\[\])]<\/(?:div|span)>$/);
    if (!found) return { type: "html", value: part };
    const value = found[2].replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
    return { type: found[1] === "div" ? "math" : "inlineMath", value };
  });
}

function complain(vfile, node, { faults, notes = [] }, lineOfBody) {
  const place = (said) => {
    const found = said.match(/^(\d+):(\d+): ([\s\S]*)$/);
    if (!found) return said;
    const line = (node?.position?.start?.line ?? 1) + Number(found[1]) - 1 + lineOfBody;
    return `${vfile.path ?? "a page"}:${line}: ${found[3]}`;
  };
  for (const said of notes) vfile.message(place(said), node);
  for (const said of faults) {
    const message = vfile.message(place(said), node);
    message.fatal = true;
    isFaulty = true;
  }
}

const directive = {
  name: "jacobook",
  doc: "A derivation, worked out and checked.",
  body: { type: String, doc: "A fence, in YAML.", required: true },
  run(data, vfile) {
    const found = ask(data.body, given(vfile.path));
    if (declares(data.body) && !found.faults.length) {
      pages.set(vfile.path, [...(pages.get(vfile.path) ?? []), data.body]);
      return [];
    }
    complain(vfile, data.node, found, 1);
    return asNodes(found.html);
  },
};

const role = {
  name: "jb",
  doc: "An equation about a derivative, checked.",
  body: { type: String, doc: "The equation.", required: true },
  run(data, vfile) {
    const found = ask(data.body, ["--claim", ...given(vfile.path)]);
    complain(vfile, data.node, found, 0);
    return asNodes(found.html);
  },
};

export default { name: "Jacobook", directives: [directive], roles: [role] };
