/*
 * "Your answer": a box under a question. The shape of a derivative is asked for first, then the derivative; the engine,
 * which runs in this page, compares the answer and says what it is worth. Nothing is loaded before the box is touched.
 */
import { complaint, element } from "./complaints.js";
import { command, engine, NEWER, obstacle, Stopped } from "./engine.js";
import { toAddress } from "./statement-address.js";

const OWN_FUNCTION = new URL("../../your-own-function/", import.meta.url);
const NEARLY = ["factor", "transpose", "rounded", "assumption", "summed"];
/* How long the first answer may take, on a slow phone. */
const LIMIT = 30000;

/* The address at which a statement is derived with every step. */
export const ownFunction = (asked) => OWN_FUNCTION.href + toAddress(asked);

/*
 * The value of a size in which every name stands for a number, NaN for what is no size. A sign of multiplication may be
 * left out: 2·M·N, 2*N*M, 2MN, n(n + 1)/2.
 */
function sizeValue(text, numbers) {
  const tokens = text.replaceAll("²", "^2").match(/[^\W\d]+\d*|\p{L}|\d+|\S/gu) ?? [];
  const take = (...signs) => (signs.includes(tokens[0]) ? tokens.shift() : undefined);
  const atom = () => {
    if (take("(", "{")) {
      const inside = sum();
      return take(")", "}") ? inside : NaN;
    }
    const word = tokens.shift() ?? "";
    if (/^\d/.test(word)) return Number(word);
    return numbers.get(word) ?? [...word].reduce((found, letter) => found * (numbers.get(letter) ?? NaN), word ? 1 : NaN);
  };
  const power = () => {
    const base = atom();
    return take("^") ? base ** atom() : base;
  };
  const product = () => {
    let found = power();
    while (tokens.length && !/^[-+−)}]$/.test(tokens[0])) {
      if (take("/")) {
        found /= power();
      } else {
        take("*", "·", "⋅");
        found *= power();
      }
    }
    return found;
  };
  const sum = () => {
    let found = take("-", "−") ? -product() : product();
    for (let sign = take("+", "-", "−"); sign; sign = take("+", "-", "−")) found += sign === "+" ? product() : -product();
    return found;
  };
  const value = sum();
  return tokens.length ? NaN : value;
}

/* Two sizes are the same if they are for two choices of numbers: p + 1 and 1 + p. */
function isSize(right, typed) {
  const names = [...new Set(right.match(/[^\W\d]+\d*|\p{L}/gu))];
  return [17, 29].every((first) => {
    const numbers = new Map(names.map((name, place) => [name, first + 1.37 * place]));
    return Math.abs(sizeValue(right, numbers) - sizeValue(typed, numbers)) < 1e-6;
  });
}

function isShape(shape, rows, columns) {
  const [first, second] = shape.split("×").map((side) => side.trim());
  return isSize(first, rows) && isSize(second, columns);
}

/* Answers on the page wait while the reader tries, unless the reader has chosen to see them. */
function closeAnswers() {
  if (document.documentElement.dataset.answers) return [];
  const closed = [...document.querySelectorAll(".result:not([data-open])")];
  for (const box of closed) box.dataset.open = "false";
  window.jacobook.arrange();
  return closed;
}

/*
 * Brings the form in `place` to life, whose `data-asked` says what is asked. Each verdict is an event `jacobook:verdict`,
 * with the target (null for the whole derivative), whether it is right, and how many verdicts there were on this target.
 */
export function mount(place) {
  const form = place.querySelector("form");
  if (form.dataset.mounted) return;
  form.dataset.mounted = "true";
  const asked = JSON.parse(place.dataset.asked);
  const known = new Set(); // targets whose shape was found, or was not wanted
  const tries = new Map();
  let closed = [];

  const part = (name) => form.querySelector(`[data-answer=${name}]`);
  const [choice, where, legend, label, found] = ["choice", "where", "legend", "label", "found"].map(part);
  const [shape, rows, columns, skip] = ["shape", "rows", "columns", "skip"].map(part);
  const [answer, text, error, verdict] = ["line", "text", "error", "verdict"].map(part);
  const [notes, terminal, change] = ["notes", "terminal", "change"].map(part);
  if (!choice.length) {
    choice.append(...asked.targets.map((one, k) => element("option", { value: k, textContent: one.name })));
    choice.hidden = asked.targets.length < 2;
  }
  change.href = ownFunction(asked);

  const target = () => asked.targets[choice.value || 0];
  const asksForShape = () => Boolean(target().shape) && !known.has(target());

  function say(words, kind = "") {
    verdict.textContent = words;
    verdict.dataset.kind = kind;
  }

  function clear() {
    say("");
    error.replaceChildren();
    notes.replaceChildren();
    terminal.hidden = true;
    form.classList.remove("has-error");
  }

  /* The shape in the layout that the reader chose. */
  const isTurned = () => document.documentElement.dataset.layout === "denominator" && "turned" in target();
  const shapeHere = () => (isTurned() ? target().turned : target().shape);

  /* Shows what is asked now: the shape, or the derivative. */
  function arrange() {
    const { name, where: definitions = [] } = target();
    const right = shapeHere();
    where.textContent = definitions.join(",  ");
    where.hidden = !definitions.length;
    legend.textContent = `Shape of ${name}:`;
    label.textContent = `${name} =`;
    shape.hidden = !asksForShape();
    answer.hidden = asksForShape();
    found.textContent = right ?? "";
    found.hidden = !right;
    // While the shape is asked for, the page does not say it.
    place.closest("article")?.classList.toggle("asks-shape", Boolean(form.dataset.awake) && asksForShape());
  }

  function goOn() {
    known.add(target());
    arrange();
    text.focus();
  }

  function checkShape() {
    const { rule } = target();
    const right = shapeHere();
    const typed = [rows.value, columns.value];
    if (!typed.every((one) => one.trim())) return say("How many rows, and how many columns?");
    if (isShape(right, ...typed)) {
      goOn();
      return say(`Right: ${right}.`, "right");
    }
    const other = isShape(right, ...typed.toReversed());
    if (isTurned()) {
      return say(other ? "In the Jacobian layout, yes. Here, in the denominator layout, it is transposed." : `Not quite. In the Jacobian layout: ${rule} In the denominator layout it is transposed.`, "nearly");
    }
    return say(other ? `In the denominator layout, yes. Here, in the Jacobian layout: ${rule}` : `Not quite. ${rule}`, "nearly");
  }

  async function checkAnswer() {
    const one = target();
    if (!text.value.trim()) return say("Type an answer first.");
    say("Checking …", "working");
    const { lines, given, wrt, order } = asked;
    const request = { ask: "check", lines, given, wrt, order, answer: text.value, target: one.target };
    let said;
    try {
      said = await engine.ask(request, { limit: LIMIT });
    } catch (problem) {
      if (!(problem instanceof Stopped)) return broken(problem);
      return say(problem.message === NEWER ? "" : problem.message);
    }
    if (!said.ok) return complain(said);
    tries.set(one, (tries.get(one) ?? 0) + 1);
    notes.replaceChildren(...said.notes.map((note) => element("li", { textContent: note })));
    const isNear = NEARLY.includes(said.verdict) || said.term || said.right_where;
    say(said.sentence, said.right ? "right" : isNear ? "nearly" : "wrong");
    if (said.right && one.target === null) showAnswers();
    const detail = { target: one.target, right: said.right, tries: tries.get(one) };
    return form.dispatchEvent(new CustomEvent("jacobook:verdict", { bubbles: true, detail }));
  }

  function complain(said) {
    say("");
    const mend = (wrong, fixed) => {
      text.value = text.value.replace(wrong, () => fixed);
      clear();
      text.focus();
    };
    error.replaceChildren(...complaint(said, text.value.includes(said.source) ? mend : null));
    form.classList.add("has-error");
  }

  /* What this box has closed opens again. */
  function showAnswers() {
    for (const box of closed.splice(0)) if (box.dataset.open === "false") box.dataset.open = "true";
    window.jacobook.arrange();
  }

  function broken(problem) {
    const typed = `'${(text.value || "…").replaceAll("'", `'"'"'`)}'`;
    say(`The engine could not be loaded (${problem.message}). The same check in a terminal:`, "wrong");
    terminal.textContent = `${command(asked).replace("derive", "check")} \\\n  --answer ${typed}`;
    terminal.hidden = Boolean(target().target);
  }

  const wake = () => {
    closed = closeAnswers();
    const hindrance = obstacle();
    if (hindrance) broken(new Error(hindrance));
    else engine.start().catch(broken);
  };
  const touch = ({ target: touched }) => {
    if (form.dataset.awake || !form.contains(touched) || touched === change) return;
    form.dataset.awake = "true";
    wake();
    arrange();
  };
  form.addEventListener("focusin", touch);
  choice.addEventListener("change", () => {
    for (const one of [rows, columns, text]) one.value = "";
    clear();
    arrange();
  });
  skip.addEventListener("click", () => {
    clear();
    goOn();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const hindrance = obstacle();
    clear();
    if (asksForShape()) checkShape();
    else if (hindrance) broken(new Error(hindrance));
    else checkAnswer();
  });
  arrange();
  touch({ target: document.activeElement }); // before this script came
  const turn = () => (place.isConnected ? arrange() : document.removeEventListener("jacobook:layout", turn));
  document.addEventListener("jacobook:layout", turn);
}
