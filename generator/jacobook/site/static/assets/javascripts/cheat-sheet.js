/*
 * The filter of the cheat sheet. What a row can be found by stands in its data attributes; what is chosen stands in
 * the address, so that a filtered sheet can be sent to somebody and Back undoes a choice. (The words are not called `q`:
 * by that name Material opens the search of the site.)
 */
{
  const CHOICES = ["type", "shape", "source", "group"];
  let sheet = null;

  const startSheet = () => {
    const form = document.querySelector(".sheet-filter");
    sheet = form && { form, path: location.pathname, typing: false, rows: [...document.querySelectorAll(".sheet-group .sheet-row")] };
    if (!sheet) return;
    writeAddress();
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", ({ target }) => choose(target.name === "words"));
    form.addEventListener("focusout", () => (sheet.typing = false));
    form.addEventListener("reset", (event) => {
      event.preventDefault();
      fill(new URLSearchParams());
      choose(false);
      form.elements.words.focus();
    });
    fill(new URLSearchParams(location.search));
    show();
    form.classList.add("works");
  };

  /* The controls as the address has them; what the page does not offer counts as not chosen. */
  const fill = (query) => {
    const { elements } = sheet.form;
    elements.words.value = query.get("words") ?? "";
    for (const name of CHOICES) {
      elements[name].value = query.get(name) ?? "";
      if (elements[name].selectedIndex < 0) elements[name].value = "";
    }
  };

  const chosen = () => {
    const query = new URLSearchParams();
    for (const name of [...CHOICES, "words"]) {
      const value = sheet.form.elements[name].value.trim();
      if (value) query.set(name, value);
    }
    return query;
  };

  /* A word that is being typed is one entry of the history, not one for every letter. */
  const choose = (typing) => {
    if (location.pathname !== sheet.path) return; // the next page is on the way, and the address is its already
    const query = chosen().toString();
    const address = `${location.pathname}${query && `?${query}`}`;
    if (address !== location.pathname + location.search) {
      if (typing && sheet.typing) history.replaceState(history.state, "", address);
      else history.pushState({ x: scrollX, y: scrollY }, "", address);
    }
    sheet.typing = typing;
    show();
  };

  /* As the words of the rows are written: lower case, without stars; signs as the keyboard has them. */
  const SIGNS = { "ᵀ": "'", "^t": "'", "⊤": "'", "⁻¹": "^-1", "²": "^2", "′": "'", "·": "", "*": "" };
  const plain = (text) => text.toLowerCase().replace(/ᵀ|\^t\b|⊤|⁻¹|²|′|·|\*/g, (sign) => SIGNS[sign]);

  /* A section, and the links to it in the table of contents. */
  const hide = (section, hidden) => {
    section.hidden = hidden;
    const links = document.querySelectorAll(`.md-sidebar--secondary a[href$="#${section.querySelector("h2").id}"]`);
    for (const link of links) link.closest("li").hidden = hidden;
  };

  const show = () => {
    const { form, rows } = sheet;
    const query = chosen();
    const words = plain(query.get("words") ?? "").split(/\s+/).filter(Boolean);
    const fits = (row) =>
      CHOICES.every((name) => !query.has(name) || row.dataset[name].split(" ").includes(query.get(name))) &&
      (words.every((word) => row.dataset.words.includes(word)) || row.dataset.words.includes(words.join("")));
    let count = 0;
    for (const row of rows) {
      row.hidden = !fits(row);
      if (!row.hidden) count += 1;
    }
    for (const group of document.querySelectorAll(".sheet-group")) {
      hide(group, !group.querySelector(".sheet-row:not([hidden])"));
    }
    // What everybody needs stands first as long as nothing is looked for.
    for (const first of document.querySelectorAll(".sheet-first")) hide(first, query.size > 0);
    for (const name of CHOICES) form.elements[name].classList.toggle("chosen", query.has(name));
    form.querySelector("[role=status]").textContent = `${count} of ${rows.length} shown`;
    document.querySelector(".sheet-nothing").hidden = count > 0;
  };

  /* On paper, the sheet says where it comes from. */
  const writeAddress = () => {
    const address = document.querySelector("link[rel=canonical]")?.href ?? location.origin + location.pathname;
    document.querySelector(".sheet-address").textContent = ` · ${address.replace(/^https?:\/\//, "")}`;
  };

  addEventListener("popstate", () => {
    if (!sheet?.form.isConnected || location.pathname !== sheet.path) return;
    sheet.typing = false;
    fill(new URLSearchParams(location.search));
    show();
  });

  /* --- Formulas that wait as text until they come into view (or the page is printed: main.html) ---------------------- */

  const near = new IntersectionObserver(
    (rows) => {
      const seen = rows.filter(({ isIntersecting }) => isIntersecting);
      for (const { target } of seen) {
        drawFormulas(target);
        near.unobserve(target);
      }
      if (seen.length) window.jacobook.arrange?.();
    },
    { rootMargin: "600px 0px" },
  );


  document$.subscribe(() => {
    startSheet();
    document.querySelectorAll(".sheet-row.later:has(noscript)").forEach((row) => near.observe(row));
  });
}
