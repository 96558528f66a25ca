/*
 * Practice on a page with a derivation: its lines wait, and come one at a time. Where the next line would be stands a bar
 * with a hint, the name of its rule. Every list has a place of its own; what is folded below a line comes with it.
 */
import { element } from "./complaints.js";

let practice; // ends when the lines are shown again

/* The lists of a page that are no part of a line, nor of another list. */
function lists(page) {
  return [...page.querySelectorAll("ol.derivation")].filter((one) => !one.parentElement.closest(".step, ol.derivation"));
}

function linesOf(list) {
  return [...list.querySelectorAll(".step")].filter((line) => !line.parentElement.closest(".step"));
}

/* The value that a list leads to, where it stands above the list. */
function valueAbove(list) {
  let place = (list.closest(".tabbed-set") ?? list).previousElementSibling;
  while (place && !/^H\d$/.test(place.tagName) && !place.matches(".partial")) place = place.previousElementSibling;
  return place?.matches(".partial") ? place : null;
}

/* The theme takes the title from a link while it shows it. */
function ruleOf(line) {
  const rule = line.querySelector(".reason a.rule");
  return rule ? rule.title || rule.getAttribute("aria-label") || rule.textContent : "";
}

/* Hides the lines of a list, and puts the bar before the first. */
function hide(list) {
  const lines = linesOf(list);
  const value = valueAbove(list);
  value?.classList.add("waits");
  let shown = 0;
  const place = element("span", { className: "next-line-place" });
  place.setAttribute("role", "status");
  const said = element("span", { className: "next-line-hint" });
  said.setAttribute("role", "status");
  const hint = element("button", { type: "button", className: "quiet-button", textContent: "Hint" });
  const next = element("button", { type: "button", className: "quiet-button", textContent: "Show the line" });
  const bar = element("li", { className: "next-line" }, place, hint, said, next);

  function arrange() {
    lines.forEach((line, k) => line.classList.toggle("waits", k >= shown));
    for (const stage of list.querySelectorAll(".stage")) {
      stage.classList.toggle("waits", !stage.querySelector(".step:not(.waits), .next-line"));
    }
    const done = shown === lines.length;
    if (done) value?.classList.remove("waits");
    place.textContent = done ? `All ${lines.length} lines are shown.` : `Line ${shown + 1} of ${lines.length}`;
    next.textContent = done ? "Hide them again" : "Show the line";
    hint.hidden = done;
    said.textContent = "";
  }

  /* Puts the bar where the next line would be; a stage that holds it is opened. */
  function move() {
    if (shown < lines.length) lines[shown].before(bar);
    else list.append(bar);
    const stage = bar.closest("details.stage-lines");
    if (stage) stage.open = true;
    arrange();
  }

  /* A line to which a link leads is shown with those before it, and a value with all of them. */
  function reveal({ target }) {
    const line = lines.findIndex((one) => one.contains(target));
    const wanted = line < 0 ? lines.length : line + 1;
    if (wanted <= shown) return;
    shown = wanted;
    move();
  }

  for (const place of [list, value]) place?.addEventListener("jacobook:reveal", reveal, { signal: practice.signal });
  hint.addEventListener("click", () => (said.textContent = ruleOf(lines[shown])));
  next.addEventListener("click", () => {
    shown = shown === lines.length ? 0 : shown + 1;
    move();
    next.focus({ preventScroll: true });
    bar.scrollIntoView({ block: "nearest" });
  });
  move();
}

function showAll(page) {
  practice?.abort();
  page.querySelectorAll(".next-line").forEach((bar) => bar.remove());
  page.querySelectorAll(".waits").forEach((one) => one.classList.remove("waits"));
}

/* Begins practice on the page of the button, or ends it. Answers wait too, unless the reader has chosen to see them. */
export function toggle(button) {
  const page = button.closest("article");
  const begins = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(begins));
  if (begins) {
    practice = new AbortController();
    lists(page).filter((list) => linesOf(list).length).forEach(hide);
  } else showAll(page);
  if (!document.documentElement.dataset.answers) {
    for (const box of page.querySelectorAll(".result")) {
      if (begins && !box.dataset.open) box.dataset.open = "false";
      else if (!begins && box.dataset.open === "false") delete box.dataset.open;
    }
    window.jacobook.arrange();
  }
}
