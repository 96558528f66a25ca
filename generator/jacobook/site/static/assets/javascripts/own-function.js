/*
 * The page "Your own function": a function is typed, its declarations are guessed, and the engine derives it here.
 *
 * What a reader types is only ever set as text; the one HTML that is put into the page is what the engine's templates
 * make, in which everything is escaped.
 */
import { complaint, element } from "./complaints.js";
import { command, engine, NEWER, obstacle, Stopped } from "./engine.js";
import { fromAddress, toAddress } from "./statement-address.js";

const KEPT = "jacobook.history";
const MOST = 20;
const PAUSE = 150;
const PATIENCE = 700; // milliseconds for which a derivation that nobody waits for any more may still run
const KINDS = ["scalar", "vector", "matrix"];

/* --- What was derived in this browser -------------------------------------------------------------------------------- */

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "[]").filter((one) => fromAddress(one));
  } catch {
    return [];
  }
}

function keep(address) {
  try {
    localStorage.setItem(KEPT, JSON.stringify([address, ...kept().filter((one) => one !== address)].slice(0, MOST)));
  } catch {
    // Without storage there is no history.
  }
}

function forget() {
  try {
    localStorage.removeItem(KEPT);
  } catch {
    // Nothing was kept.
  }
}

/* --- A declaration as a row ------------------------------------------------------------------------------------------ */

function declarationOf({ name, kind, sizes, properties }) {
  const space = { scalar: "R", vector: `R^${sizes[0] ?? ""}`, matrix: `R^(${sizes[0] ?? ""} x ${sizes[1] ?? ""})` }[kind];
  return [`${name} in ${space}`, ...properties].join(" ");
}

function rowOf(data, known, changed) {
  const row = element("li", { className: "own-row" });
  row.dataset.name = data.name;
  row.append(element("code", { className: "own-name", textContent: data.name }));
  const plain = KINDS.includes(data.kind) && data.properties.length < 2 && known[data.kind].includes(data.properties[0] ?? "");
  if (!plain) {
    const field = element("input", { type: "text", value: data.declaration, className: "own-declaration", spellcheck: false });
    field.setAttribute("aria-label", `Declaration of ${data.name}`);
    field.addEventListener("change", () => changed(field.value));
    row.append(field);
    row.read = () => field.value;
    return row;
  }
  const choice = (values, value, label, words = (one) => one) => {
    const made = element("select", {}, ...values.map((one) => element("option", { value: one, textContent: words(one) })));
    made.value = value;
    made.setAttribute("aria-label", `${label} of ${data.name}`);
    made.addEventListener("change", () => changed(row.read()));
    return made;
  };
  const kind = choice(KINDS, data.kind, "Kind");
  const sizes = element("span", { className: "own-sizes" });
  const property = choice(known[data.kind], data.properties[0] ?? "", "Property", (one) => one || "no property");
  const size = (value, label) => {
    const field = element("input", { type: "text", value, size: 3, spellcheck: false, autocapitalize: "off" });
    field.setAttribute("aria-label", `${label} of ${data.name}`);
    field.addEventListener("change", () => changed(row.read(), { from: value, to: field.value.trim() }));
    return field;
  };
  if (data.kind === "vector") sizes.append(size(data.sizes[0], "Length"));
  if (data.kind === "matrix") sizes.append(size(data.sizes[0], "Rows"), " × ", size(data.sizes[1], "Columns"));
  row.append(kind, sizes, property);
  row.read = () => {
    const typed = [...sizes.querySelectorAll("input")].map((field) => field.value.trim());
    const wanted = { scalar: 0, vector: 1, matrix: 2 }[kind.value];
    while (typed.length < wanted) typed.push(typed.at(-1) ?? "N");
    const properties = property.value && known[kind.value].includes(property.value) ? [property.value] : [];
    return declarationOf({ name: data.name, kind: kind.value, sizes: typed.slice(0, wanted), properties });
  };
  return row;
}

/* --- Lines of a chain ------------------------------------------------------------------------------------------------ */

const NOT_ALL = /([-+*/=^,([{&]|\\\\)\s*$/; // a line that ends so goes on in the next one
const MORE = /^\s*([+*/=^,)\]}&]|\\end\b)/; // and so does one before a line that begins so
const BRACKETS = { "(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1, "\\begin": 1, "\\end": -1 };

function isOpen(text) {
  const found = text.match(/\\begin\b|\\end\b|[()[\]{}]/g) ?? [];
  return found.reduce((depth, one) => depth + BRACKETS[one], 0) > 0;
}

const SYSTEM = /^\s*(?:\$\$|\\\[)?\s*\\begin\{(align|alignat|aligned|gather|gathered|split|eqnarray)(\*?)\}(.*)\\end\{\1\2\}\s*(?:\$\$|\\\])?\s*$/s;
const EQUATION = /^\s*[^\s&=][^=]*?\s*&?\s*=\s*&?/;

/* The equations of a system in LaTeX, one a line; a text in which a row goes on with the one before stays as it is. */
function withRowsAsLines(text) {
  const rows = text.match(SYSTEM)?.[3].split(/\\\\(?:\[[^\]]*\])?/).filter((row) => row.trim());
  if (!rows || rows.length < 2 || !rows.every((row) => EQUATION.test(row))) return text;
  const numbering = /\\(?:label|tag)\{[^}]*\}|\\no(?:number|tag)\b/g;
  const said = (row) => row.replace(numbering, " ").replaceAll("&", " ").replaceAll(/\s+/g, " ");
  return rows.map((row) => said(row).replace(/\s*(?:\\?[,;]|\.)?\s*$/, "").trim()).join("\n");
}

/* The lines of a text; one that was broken where it goes on is one. */
function linesOf(text) {
  const found = [];
  for (const line of withRowsAsLines(text).split(/\r?\n/)) {
    if (!line.trim()) continue;
    const before = found.at(-1);
    if (before !== undefined && (NOT_ALL.test(before) || MORE.test(line) || isOpen(before))) found[found.length - 1] = `${before}\n${line}`;
    else found.push(line);
  }
  return found;
}

/* A declaration in which a size has another name. */
function resized(declaration, { from, to }) {
  if (!/^\w+$/.test(from)) return declaration;
  return declaration.replace(/(?<=R\^)(\w+|\([^)]*\))/, (space) => space.replace(new RegExp(`\\b${from}\\b`, "g"), () => to));
}

/* --- The page -------------------------------------------------------------------------------------------------------- */

export function mount(form) {
  // The parts of this page, also when the reader has gone on to the next while the engine works.
  const page = form.closest(".md-content");
  const part = (name) => page.querySelector(`[data-own=${name}]`);
  const text = part("text");
  const shown = part("derivation");
  const status = part("status");
  const root = form.dataset.root;
  const path = location.pathname;
  // The address is that of the next page from the click on, before that page has come.
  const isHere = () => form.isConnected && location.pathname === path;
  const properties = JSON.parse(form.dataset.properties); // what may be declared of a scalar, a vector, a matrix
  let declared = new Map(); // what the reader declared, or an address holds, by name; all else is guessed
  let fromElsewhere = false; // whether that is what an address holds
  let unread; // what is taken if `declared` does not fit, until that is known
  let chosen = null;
  let order = 1;
  let asked = 0;
  let derived = 0;
  let changes = 0; // of what is asked
  let timer;
  let patience;

  const lines = () => linesOf(text.value);
  const statement = () => ({
    lines: lines(),
    given: [...part("given").children].map((row) => row.read()),
    wrt: part("wrt").value || null,
    order,
  });

  function say(words, kind = "") {
    status.textContent = words;
    status.dataset.kind = kind;
  }

  /* What is shown was asked before: said at once, so that no tick stands beside another function. */
  function outdate() {
    changes += 1;
    if (!part("stop").hidden) {
      clearTimeout(patience);
      patience = setTimeout(() => engine.drop(NEWER), PATIENCE);
    }
    if (!shown.firstChild) return;
    shown.dataset.state = "former";
    say("Below is the answer to the previous question.", "former");
  }

  /* An error: what is wrong, the text with a caret under the place, and what would fit. */
  function complain(answer) {
    const mend = (wrong, fixed) => {
      text.value = text.value.replace(wrong, () => fixed);
      outdate();
      read();
      text.focus();
    };
    part("error").replaceChildren(...complaint(answer, text.value.includes(answer.source) ? mend : null));
    form.classList.toggle("has-error", true);
    forgetNames();
  }

  /* While a text cannot be read, the formula and the rows are those of the last one: what that alone had goes. */
  function forgetNames() {
    if (/[^\x00-\x7f]/.test(text.value)) return; // λ has the row of lambda
    for (const row of [...part("given").children]) if (!text.value.includes(row.dataset.name)) row.remove();
    if (!part("given").firstChild) clearRead();
  }

  function clearRead() {
    for (const name of ["formula", "given", "notes", "wrt"]) part(name).replaceChildren();
    part("more").hidden = true;
  }

  function clearComplaint() {
    part("error").replaceChildren();
    form.classList.toggle("has-error", false);
  }

  /* Reads what is typed while it is typed. */
  async function read(otherwise) {
    try {
      await readTyped(otherwise);
    } catch (error) {
      if (!(error instanceof Stopped)) broken(error);
    }
  }

  const asRead = (given) => engine.ask({ ask: "read", lines: lines(), given: [...given.values()], wrt: chosen });

  /*
   * Shows the formula with its shapes, and a row for every name; returns what was read, or null. Where what is declared
   * does not fit, but does `otherwise`, that is taken.
   */
  async function readTyped(otherwise = unread) {
    const own = ++asked;
    unread = otherwise;
    if (!lines().length) {
      clearRead();
      clearComplaint();
      return null;
    }
    let answer = await asRead(declared);
    if (own !== asked) return null;
    if (!answer.ok && otherwise) {
      const other = await asRead(otherwise);
      if (own !== asked) return null;
      if (other.ok) [answer, declared] = [other, otherwise];
    }
    unread = undefined;
    if (!answer.ok) {
      complain(answer);
      return null;
    }
    clearComplaint();
    showRows(answer.given);
    part("wrt").replaceChildren(...answer.candidates.map((name) => element("option", { value: name, textContent: name })));
    part("wrt").value = answer.wrt;
    order = Math.min(order, Math.max(...answer.orders));
    for (const option of part("order").options) option.disabled = !answer.orders.includes(Number(option.value));
    part("order").value = order;
    part("notes").replaceChildren(...answer.notes.map((note) => element("li", { textContent: note })));
    part("formula").replaceChildren(
      ...answer.formula.map((formula) => element("div", { className: "arithmatex", textContent: `\\[${formula}\\]` })),
    );
    part("more").hidden = false;
    window.jacobook.typeset(part("formula")).catch(broken); // nothing waits for it
    return answer;
  }

  /* Shows the rows. One that says the same stays, and so does what is being typed into it. */
  function showRows(given) {
    const list = part("given");
    const label = list.contains(document.activeElement) && document.activeElement.getAttribute("aria-label");
    const former = new Map([...list.children].map((row) => [row.data, row]));
    const rows = given.map((row) => {
      const data = JSON.stringify(row);
      return former.get(data) ?? Object.assign(rowOf(row, properties, (...change) => redeclare(row.name, ...change)), { data });
    });
    rows.forEach((row, place) => {
      if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
    });
    while (list.children.length > rows.length) list.lastChild.remove();
    if (label && !list.contains(document.activeElement)) list.querySelector(`[aria-label="${CSS.escape(label)}"]`)?.focus();
  }

  /* The row that was changed is as the reader says; the others follow, also those whose property was chosen before. */
  function redeclare(name, declaration, size) {
    // An address may declare several names in one text: from now on each has its own.
    if (fromElsewhere) declared = new Map([...part("given").children].map((row) => [row.dataset.name, row.read()]));
    fromElsewhere = false;
    declared.set(name, declaration);
    outdate();
    read(size && new Map([...declared].map(([other, one]) => [other, other === name ? one : resized(one, size)])));
  }

  /* Derives what is typed, shows it, and has it checked. */
  async function derive({ push = true } = {}) {
    const own = ++derived;
    clearTimeout(timer);
    clearTimeout(patience);
    delete shown.dataset.complete;
    say("Deriving …", "working");
    part("stop").hidden = false;
    try {
      await show(push, own);
    } catch (error) {
      if (!(error instanceof Stopped)) broken(error);
      else if (error.message !== NEWER) say(error.message);
    } finally {
      if (own === derived) {
        clearTimeout(patience);
        part("stop").hidden = true;
        if (status.dataset.kind === "working") say("");
      }
    }
  }

  async function show(push, own) {
    const before = changes;
    // The reader has asked something else meanwhile, has changed what is asked, or has gone on to the next page.
    const isLate = () => own !== derived || before !== changes || !isHere();
    if (!(await readTyped())) {
      if (own !== derived) return;
      say("");
      return outdate();
    }
    const question = statement();
    const address = toAddress(question);
    const answer = await engine.ask({ ask: "derive", ...question, root });
    if (isLate()) return;
    if (!answer.ok) {
      shown.replaceChildren();
      complain(answer);
      return say(answer.error_kind === "refused" ? "No rule covers this derivative." : "");
    }
    if (push && location.hash !== address) history.pushState(null, "", address);
    keep(address);
    listHistory();
    document.title = `${question.lines[0]} by ${question.wrt} - Jacobook`;
    shown.innerHTML = answer.html; // made by the site's templates, which escape everything
    shown.dataset.state = "unchecked";
    say("Not checked yet …", "working");
    // The engine goes on while the formulas are typeset.
    const [code, evidence] = await Promise.all([
      engine.ask({ ask: "code", ...question, root }),
      engine.ask({ ask: "verify", ...question, root }),
      settle(shown),
    ]);
    if (isLate()) return;
    await showCode(code);
    if (isLate()) return;
    await verify(question, evidence, isLate);
  }

  async function showCode(answer) {
    const place = shown.querySelector(".reader-code");
    if (!answer.ok) return place.replaceChildren(element("p", { textContent: `It could not be made: ${answer.error}` }));
    place.outerHTML = answer.html;
    await settle(shown.querySelector(".reader-code"));
  }

  /* Says what was found; a derivation that fails its check is withdrawn. */
  async function verify(question, answer, isLate) {
    shown.dataset.state = answer.ok ? answer.verdict : "unchecked";
    if (!answer.ok) return say(`It could not be checked: ${answer.error}`, "warning");
    if (answer.verdict === "failed") {
      shown.replaceChildren();
      return say(`This derivation failed its check and is withdrawn. Please report it: ${answer.sentence}`, "failed");
    }
    if (answer.verdict === "unchecked") return say(`It could not be checked: ${answer.sentence}.`, "warning");
    say(answer.sentence, "checked");
    await complete(question, answer.sentence, isLate);
  }

  /* Asks for what the check makes possible: the evidence line by line, common mistakes, an example in numbers. */
  async function complete(question, sentence, isLate) {
    const answer = await engine.ask({ ask: "complete", ...question, root }).catch((error) => {
      if (error instanceof Stopped && error.message !== NEWER) return { error: error.message };
      throw error;
    });
    if (isLate()) return;
    if (!answer.html) return say(`${sentence} But an example in numbers could not be made: ${answer.error}`, "warning");
    await update(answer.html);
    shown.dataset.complete = "";
  }

  /* Puts into the page what the check has found: the evidence, common mistakes and numbers. */
  async function update(html) {
    const made = new DOMParser().parseFromString(html, "text/html");
    const fresh = [];
    const swap = (selector) => {
      const [old, now] = [shown.querySelectorAll(selector), made.querySelectorAll(selector)];
      now.forEach((one, place) => {
        old[place]?.replaceWith(one);
        fresh.push(one);
      });
    };
    for (const selector of ["details.evidence", ".reader-code"]) swap(selector);
    for (const mistake of made.querySelectorAll(".step > .mistake")) {
      shown.querySelector(`#${CSS.escape(mistake.parentElement.id)}`)?.append(mistake);
      fresh.push(mistake);
    }
    for (const one of fresh) await settle(one);
  }

  async function settle(box) {
    // What scrolls can be reached by keys.
    for (const code of box.querySelectorAll("pre > code")) code.tabIndex = 0;
    await window.jacobook.typeset(box);
    window.jacobook.arrange();
  }

  function broken(error) {
    say(`The engine could not be loaded (${error.message}). The same derivation in a terminal:`, "warning");
    part("command").textContent = command({ ...statement(), lines: lines() });
    part("command").hidden = false;
  }

  function listHistory() {
    const found = kept();
    part("history").hidden = !found.length;
    part("past").replaceChildren(
      ...found.map((address) => {
        const { lines: typed, wrt, order: times } = fromAddress(address);
        const by = wrt ? ` by ${wrt}${["", ", twice", ", three times"][times - 1]}` : "";
        return element("li", {}, element("a", { href: address, textContent: `${typed.join(", ")}${by}` }));
      }),
    );
  }

  /* Takes a statement into the form. */
  function take(question) {
    text.value = question.lines.join("\n");
    declared = new Map(question.given.map((one, place) => [one.split(/\s+in\s|\s*[:∈,]/)[0] || place, one]));
    fromElsewhere = question.given.length > 0;
    chosen = question.wrt;
    order = question.order;
    part("order").value = order;
  }

  const wake = () => {
    const hindrance = obstacle();
    if (hindrance) return broken(new Error(hindrance));
    window.jacobook.load();
    engine.start().catch(broken);
  };
  for (const event of ["focusin", "pointerover"]) form.addEventListener(event, wake, { once: true });

  text.addEventListener("input", () => {
    clearTimeout(timer);
    outdate();
    // Somebody else declared it, of another function: what does not fit is guessed anew.
    timer = setTimeout(() => read(fromElsewhere ? new Map() : undefined), PAUSE);
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  part("wrt").addEventListener("change", () => {
    chosen = part("wrt").value;
    outdate();
    read();
  });
  part("order").addEventListener("change", () => {
    order = Number(part("order").value);
    outdate();
  });
  part("stop").addEventListener("click", () => {
    engine.stop();
    read(); // what was typed meanwhile
  });
  part("clear").addEventListener("click", () => {
    forget();
    listHistory();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!obstacle()) derive();
    else wake();
  });
  // A link to a statement, in the examples, in the history, or in another window's address.
  const follow = () => {
    const question = fromAddress(location.hash || location.search);
    if (!question) return;
    take(question);
    if (obstacle()) wake();
    else derive({ push: false });
  };
  const statements = (event) => {
    const link = event.target.closest?.("a[href^='#']");
    if (!link) return;
    event.preventDefault();
    event.stopPropagation();
    const address = link.getAttribute("href");
    if (fromAddress(address)) {
      history.pushState(null, "", address);
      follow();
      form.scrollIntoView({ block: "nearest" });
    } else goTo(decodeURIComponent(address.slice(1)));
  };
  /* A place in the derivation is gone to, and the address keeps the statement. */
  function goTo(id) {
    const target = document.getElementById(id);
    if (!target) return;
    window.jacobook.reveal(target);
    target.scrollIntoView();
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
  }
  shown.addEventListener("click", statements, { capture: true });
  page.querySelectorAll(".own-links, [data-own=past]").forEach((list) => list.addEventListener("click", statements));
  const leave = () => {
    if (!form.isConnected) removeEventListener("popstate", leave);
    else if (isHere()) follow();
  };
  addEventListener("popstate", leave);
  // What another tab derives is listed here, too.
  const shared = () => (form.isConnected ? listHistory() : removeEventListener("storage", shared));
  addEventListener("storage", shared);
  listHistory();
  follow();
  // What was typed before this script came.
  if (form.contains(document.activeElement)) wake();
  if (text.value && !fromAddress(location.hash || location.search)) read();
}
