/*
 * The page "Practice": exercises of the collection by kind and level, in an order that is never the same, and fresh ones
 * that the engine makes of them. Which were answered is kept in this browser, and nowhere else.
 */
import { mount as mountAnswer, ownFunction } from "./check-answer.js";
import { element } from "./complaints.js";
import { engine, obstacle, Stopped } from "./engine.js";

const KEPT = "jacobook.practice";

/* --- What was answered: by kind, how many, and how many of them at the first try ---------------------------------------- */

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT)) ?? {};
    return { kinds: found.kinds ?? {}, done: found.done ?? [] };
  } catch {
    return { kinds: {}, done: [] };
  }
}

function keep(progress) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(progress));
  } catch {
    // Without storage the progress is that of this page.
  }
}

function forget() {
  try {
    localStorage.removeItem(KEPT);
  } catch {
    // Nothing was kept.
  }
}

/* --- The page ---------------------------------------------------------------------------------------------------------- */

export function mount(page) {
  if (page.dataset.mounted) return;
  page.dataset.mounted = "true";
  const part = (name) => page.querySelector(`[data-practice=${name}]`);
  const shown = part("exercise");
  let progress = kept();
  let exercises;
  let current;
  let counted = true; // whether the exercise that is shown was answered, or its derivation looked at
  const passed = new Set(); // what was shown since the page was opened

  function say(words, kind = "") {
    part("status").textContent = words;
    part("status").dataset.kind = kind;
  }

  function fits(one) {
    const kind = part("kind").value;
    const level = part("level").value;
    const isOfKind = !kind || (kind === "chain" ? one.chain : one.kind === kind);
    return isOfKind && (!level || one.level === Number(level));
  }

  /* An exercise that was not answered yet, if there is one; else one that was not shown lately. */
  function choose() {
    const fitting = exercises.filter(fits);
    const unseen = fitting.filter((one) => !passed.has(one.slug));
    if (fitting.length && !unseen.length) for (const one of fitting) if (one !== current) passed.delete(one.slug);
    const open = fitting.filter((one) => !passed.has(one.slug));
    const fresh = open.filter((one) => !progress.done.includes(one.slug));
    const from = fresh.length ? fresh : open.length ? open : fitting;
    return from[Math.floor(Math.random() * from.length)];
  }

  async function next() {
    try {
      exercises ??= await (await fetch(page.dataset.exercises)).json();
    } catch {
      return say("The exercises could not be loaded.", "wrong");
    }
    const found = choose();
    if (!found) return say("There is no exercise of this kind and level.");
    passed.add(found.slug);
    part("next").textContent = "Next";
    return show(found);
  }

  async function show(exercise) {
    say("");
    current = exercise;
    counted = false;
    const { title, statement, where, wanted, asked, slug } = exercise;
    const formula = (source) => element("div", { className: "arithmatex", textContent: `\\[${source}\\]` });
    const inline = (source) => element("span", { className: "arithmatex", textContent: `\\(${source}\\)` });
    const given = element("p", { className: "practice-given" }, "where ");
    where.forEach((one, k) => given.append(...(k ? [", "] : []), inline(one)));
    const lines = element("div", { className: "statement" }, ...statement.map(formula));
    const find = element("p", {}, "Find ", inline(wanted), ".");
    const box = element("div", { className: "check-answer" }, part("box").content.cloneNode(true));
    box.dataset.asked = JSON.stringify(asked);
    const alike = element("button", { type: "button", className: "quiet-button", textContent: "A function like this one" });
    alike.addEventListener("click", () => another(alike));
    const address = slug ? page.dataset.root + exercise.page : ownFunction(asked);
    const derivation = element("a", { href: address, textContent: "Show the derivation" });
    derivation.addEventListener("click", () => (counted = true));
    const from = element("p", { className: "practice-from", textContent: slug ? title : "A fresh function" });
    const tools = element("p", { className: "practice-tools" }, alike, derivation);
    shown.replaceChildren(from, lines, given, find, box, tools);
    shown.hidden = false;
    mountAnswer(box);
    await window.jacobook.typeset(shown);
    window.jacobook.arrange();
    shown.focus({ preventScroll: true });
  }

  /* Asks the engine for another function of the kind of this one. */
  async function another(button) {
    const hindrance = obstacle();
    if (hindrance) return say(`The engine cannot run here: ${hindrance}.`, "wrong");
    button.disabled = true;
    say("Making one …", "working");
    const { lines, given, wrt } = current.asked;
    const seed = Math.floor(Math.random() * 2 ** 31);
    try {
      const made = await engine.ask({ ask: "fresh", lines, given, wrt, seed }, { limit: 30000 });
      if (!made.ok) return say(made.error, "wrong");
      return await show({ ...made, title: "", slug: null });
    } catch (error) {
      return say(error instanceof Stopped ? "" : `The engine could not be loaded (${error.message}).`, "wrong");
    } finally {
      button.disabled = false;
    }
  }

  /* Only the first answer to the whole question counts. */
  shown.addEventListener("jacobook:verdict", ({ detail }) => {
    if (detail.target !== null || !current) return;
    if (detail.right && current.slug && !progress.done.includes(current.slug)) progress.done.push(current.slug);
    if (!counted) {
      const [answered, first] = progress.kinds[current.kind] ?? [0, 0];
      progress.kinds[current.kind] = [answered + 1, first + (detail.right ? 1 : 0)];
      counted = true;
    }
    keep(progress);
    list();
  });

  function list() {
    const rows = Object.entries(progress.kinds);
    const [answered, first] = rows.reduce(([all, right], [, [a, b]]) => [all + a, right + b], [0, 0]);
    part("progress").hidden = !answered;
    part("summary").textContent = `${answered} answered, ${first} right at the first try`;
    part("kinds").replaceChildren(
      ...rows.map(([kind, [a, b]]) => element("li", { textContent: `${kind.replaceAll("-", " ")}: ${b} of ${a}` })),
    );
  }

  part("next").addEventListener("click", next);
  part("forget").addEventListener("click", () => {
    forget();
    progress = { kinds: {}, done: [] };
    list();
    part("next").focus();
  });
  // What is answered in another tab counts here, too.
  const share = () => {
    if (!page.isConnected) return removeEventListener("storage", share);
    progress = kept();
    return list();
  };
  addEventListener("storage", share);
  list();
}
