/*
 * What a page of Jacobook does beyond being read: the answer that waits, sources to copy, printing.
 * The page is whole without it.
 */
(() => {
  const ANSWERS = "jacobook.answers";
  const SHAPES = "jacobook.shapes";
  const LAYOUT = "jacobook.layout";
  const root = document.documentElement;
  const here = document.currentScript.src;

  function remember(name, value) {
    try {
      localStorage.setItem(name, value);
    } catch {
      // Without storage the choice holds for this page.
    }
  }

  /* --- Answer first, or try it first: the choice holds for all pages, and is remembered ------------------------- */

  function isHidden(box) {
    return box.dataset.open ? box.dataset.open === "false" : root.dataset.answers === "hidden";
  }

  function showState(box) {
    const button = box.querySelector(".answer-toggle");
    if (!button) return;
    const hidden = isHidden(box);
    button.setAttribute("aria-expanded", String(!hidden));
    button.textContent = hidden ? "Show the answer" : "Hide the answer";
  }

  function toggleAnswer(box) {
    const hidden = isHidden(box);
    box.dataset.open = String(hidden);
    root.dataset.answers = hidden ? "shown" : "hidden";
    remember(ANSWERS, root.dataset.answers);
    document.querySelectorAll(".result").forEach(showState);
  }

  /* --- Shapes under the factors, or not ------------------------------------------------------------------------------- */

  function toggleShapes(button) {
    const hidden = root.classList.toggle("no-shapes");
    remember(SHAPES, hidden ? "hidden" : "shown");
    button.setAttribute("aria-pressed", String(!hidden));
  }

  /* --- The layout of derivatives: for all pages, and for all tabs --------------------------------------------------------- */

  function setLayout(layout) {
    if (layout === "denominator") root.dataset.layout = layout;
    else delete root.dataset.layout;
    showLayout();
    document.dispatchEvent(new CustomEvent("jacobook:layout"));
  }

  function showLayout() {
    const layout = root.dataset.layout ?? "jacobian";
    for (const button of document.querySelectorAll(".layout-button")) {
      button.setAttribute("aria-pressed", String(button.dataset.layout === layout));
    }
  }

  addEventListener("storage", ({ key, newValue }) => {
    if (key === LAYOUT) setLayout(newValue);
  });

  /* --- Copying ---------------------------------------------------------------------------------------------------- */

  async function copy(button) {
    const source = document.getElementById(button.dataset.source);
    const turned = root.dataset.layout === "denominator" && button.dataset.turned;
    const text = turned || (source?.textContent.trim() ?? "");
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const field = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
      button.focus();
    }
    const words = button.dataset.words ?? button.textContent;
    button.dataset.words = words;
    button.textContent = "Copied ✓";
    clearTimeout(button.timer);
    button.timer = setTimeout(() => (button.textContent = words), 2000);
    window.alert$?.next(`${words}: copied to clipboard`);
  }

  /* --- The derivation on the home page, line by line ---------------------------------------------------------------- */

  function nextLine(live, button) {
    const steps = [...live.querySelectorAll(".step")].filter((step) => step.closest(".tabbed-block")?.checkVisibility());
    const place = live.querySelector(".live-place");
    const shown = steps.filter((step) => step.classList.contains("is-shown")).length;
    if (!live.classList.contains("stepping") || shown === steps.length) {
      live.querySelectorAll(".step").forEach((step) => step.classList.remove("is-shown"));
      live.classList.add("stepping");
    }
    const coming = steps.find((step) => !step.classList.contains("is-shown"));
    coming.classList.add("is-shown");
    coming.scrollIntoView({ block: "nearest" });
    const number = steps.indexOf(coming) + 1;
    place.textContent = `Line ${number} of ${steps.length}`;
    if (number === steps.length) live.classList.remove("stepping");
    button.textContent = number === steps.length ? "Step through it again" : "Next line";
  }

  document.addEventListener("change", (event) => {
    const live = event.target.closest?.(".live");
    if (!live?.classList.contains("stepping")) return;
    live.classList.remove("stepping");
    live.querySelector(".live-next").textContent = "Step through it";
    live.querySelector(".live-place").textContent = "";
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.(".search-button")) {
      const field = document.querySelector("[data-md-component=search-query]");
      const toggle = document.getElementById("__search");
      if (toggle && !toggle.checked) toggle.click();
      field?.focus();
      return;
    }
    const button = event.target.closest?.(".quiet-button");
    if (!button) return;
    if (button.matches(".answer-toggle")) toggleAnswer(button.closest(".result"));
    else if (button.matches(".shapes-toggle")) toggleShapes(button);
    else if (button.matches(".layout-button")) {
      setLayout(button.dataset.layout);
      remember(LAYOUT, button.dataset.layout);
    }
    else if (button.matches(".lines-toggle")) import(new URL("hidden-lines.js", here)).then((lines) => lines.toggle(button));
    else if (button.matches(".copy-source")) copy(button);
    else if (button.matches(".print-page")) print();
    else if (button.matches(".live-next")) nextLine(button.closest(".live"), button);
  });

  /* --- A function typed on the home page is derived on the page made for it ------------------------------------------------ */

  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.(".home-ask");
    if (!form) return;
    event.preventDefault();
    const typed = new FormData(form).get("f").trim();
    const address = new URL(form.getAttribute("action"), location.href);
    if (typed) address.hash = new URLSearchParams({ f: typed });
    location.assign(address);
  });

  /* --- A formula too wide for the page is set smaller; one that would be too small, or a table, scrolls in its box ---- */

  const BOXES = "div.arithmatex, .md-typeset__scrollwrap, .sheet-function, .sheet-derivative, .md-content pre > code";
  const SMALLEST = 0.72;

  /* Sets the formula of a box as large as the box allows, and leaves it as it is where that would be too small. */
  function fit(box) {
    if (!box.matches("div.arithmatex") || box.fitted === box.clientWidth || !box.clientWidth) return;
    if (box.querySelector("noscript")) return; // its formula is still text (main.html)
    box.fitted = box.clientWidth;
    box.style.removeProperty("--jb-fit");
    const room = box.clientWidth / box.scrollWidth;
    if (room < 1 && room >= SMALLEST) box.style.setProperty("--jb-fit", Math.floor(room * 0.98 * 100) / 100);
  }

  const boxes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      fit(target);
      const scrolls = target.scrollWidth > target.clientWidth + 1;
      if (target.matches("code")) {
        if (scrolls) target.tabIndex = 0; // the theme does the same, but only when the code has been in view
        continue;
      }
      target.classList.toggle("scrolls", scrolls);
      if (scrolls) {
        target.tabIndex = 0;
        target.setAttribute("role", "group");
        const what = target.matches(".md-typeset__scrollwrap") ? "Table" : "Formula";
        target.setAttribute("aria-label", `${what}, scrolls sideways`);
      } else for (const name of ["tabindex", "role", "aria-label"]) target.removeAttribute(name);
    }
  });

  /* --- Formulas that are out of sight wait as text: they are drawn when they are shown (main.html), or when there is time - */

  /* The browser finds words in what is folded, too, once they are there: they are drawn in pauses. */
  function drawFolded() {
    const end = performance.now() + 6;
    const waiting = document.querySelectorAll(".md-content details .arithmatex:has(> noscript)");
    for (const box of waiting) {
      drawFormulas(box.parentElement);
      if (performance.now() > end) break;
    }
    if (waiting.length) whenIdle(drawFolded);
  }

  const whenIdle = window.requestIdleCallback ?? ((work) => setTimeout(work, 50));

  /*
   * A place on this page is gone to by the browser, over lines that have their height. The theme would load the page
   * anew at the first such link, and forget what is open on it; it leaves links with a target alone, and does not hear
   * of the new address (see main.html).
   */
  function stayOnThisPage(event) {
    // With a key held, the place is opened in another window.
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest?.("a[href*='#']:not(.tabbed-labels a)");
    if (!link || link.href.split("#")[0] !== location.href.split("#")[0]) return;
    link.target = "_self";
    root.dataset.place = link.href;
    showPlace(link.hash);
  }

  addEventListener("click", stayOnThisPage, { capture: true });
  addEventListener("hashchange", () => showPlace(location.hash));

  /* --- Where a link leads: what is folded is opened, its tab is chosen, and a line that waits in practice is shown ------ */

  function reveal(place) {
    for (let box = place; box; box = box.parentElement) {
      if (box.matches("details")) {
        drawFormulas(box);
        box.open = true;
      } else if (box.matches(".tabbed-block")) chooseTab(box);
    }
    place.dispatchEvent(new CustomEvent("jacobook:reveal", { bubbles: true }));
  }

  function chooseTab(block) {
    const number = [...block.parentElement.children].indexOf(block);
    const input = block.closest(".tabbed-set").querySelectorAll(":scope > input")[number];
    if (!input.checked) input.click();
  }

  function showPlace(hash) {
    const place = document.getElementById(hash.slice(1));
    if (!place || (place.checkVisibility() && !place.matches(".waits"))) return;
    reveal(place);
    requestAnimationFrame(() => place.scrollIntoView());
  }

  /* Chooses the remembered ways in all sets of tabs: the theme passes over those that are out of sight or folded. */
  function chooseWays() {
    const chosen = (typeof __md_get === "function" && __md_get("__tabs")) || [];
    for (const set of document.querySelectorAll(".tabbed-set")) {
      const labels = [...set.querySelectorAll(":scope > .tabbed-labels > label")];
      const label = chosen.map((name) => labels.find((one) => one.textContent.trim() === name)).find(Boolean);
      const input = label && document.getElementById(label.htmlFor);
      if (input) input.checked = true;
    }
    drawChosenTabs();
  }

  /* Puts everything on the page into the state that the reader chose. */
  function arrange() {
    chooseWays();
    document.querySelectorAll(".result").forEach(showState);
    for (const button of document.querySelectorAll(".shapes-toggle")) {
      button.setAttribute("aria-pressed", String(!root.classList.contains("no-shapes")));
    }
    showLayout();
    boxes.disconnect();
    for (const box of document.querySelectorAll(BOXES)) boxes.observe(box);
  }

  window.jacobook = { ...window.jacobook, arrange, reveal };

  /* Loads what the page has boxes for. A reader who has gone on to the next page meanwhile has left them behind. */
  async function mount() {
    for (const [selector, script] of [
      [".own-function", "own-function.js"],
      [".check-answer", "check-answer.js"],
      [".practice", "practice.js"],
    ]) {
      for (const box of document.querySelectorAll(selector)) {
        const { mount: mountIn } = await import(new URL(script, here));
        if (box.isConnected) mountIn(box);
      }
    }
  }

  // Material announces the first page and every page that instant navigation brings.
  document$.subscribe(() => {
    arrange();
    showPlace(location.hash);
    whenIdle(drawFolded);
    // What the reader did before is done again then (see main.html), whether or not everything could be loaded.
    window.jacobook.mounted = mount().catch(reportError);
  });
})();
