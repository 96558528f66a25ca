/*
 * Around the page: buttons and names for parts of the theme that have none, and the service worker.
 */

/* The theme opens its menus by labels, which a keyboard does not reach: each gets a real button, as large as itself. */
const TOGGLES = ".md-header__button:is([for='__drawer'], [for='__search']), .md-sidebar--primary :is(.md-nav__link, .md-nav__title)[for^='__nav'], .md-nav__title[for='__drawer']";

function nameOf(label) {
  if (label.htmlFor === "__search") return "Search";
  if (label.htmlFor === "__drawer") return label.matches(".md-nav__title") ? "Close the menu" : "Menu";
  const item = document.getElementById(label.htmlFor).closest(".md-nav__item");
  const text = item.querySelector(".md-ellipsis").textContent.trim();
  return label.matches(".md-nav__title") ? `Back from ${text}` : `Pages of ${text}`;
}

function addButton(label) {
  const box = document.getElementById(label.htmlFor);
  if (!box || label.querySelector(".toggle-button")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "toggle-button";
  button.setAttribute("aria-label", nameOf(label));
  const show = () => button.setAttribute("aria-expanded", box.checked);
  button.addEventListener("click", (event) => {
    event.preventDefault();
    box.click();
  });
  box.addEventListener("change", show);
  show();
  label.removeAttribute("tabindex");
  label.append(button);
}

/* Nested parts of the navigation are called like the section; the theme names them by a label that holds an icon. */
function nameSections() {
  for (const nav of document.querySelectorAll(".md-sidebar--primary .md-nav[aria-labelledby]")) {
    const text = nav.closest(".md-nav__item").querySelector(".md-ellipsis").textContent.trim();
    nav.removeAttribute("aria-labelledby");
    nav.removeAttribute("aria-expanded");
    nav.setAttribute("aria-label", `Section: ${text}`);
  }
}

document$.subscribe(() => {
  document.querySelectorAll(TOGGLES).forEach(addButton);
  nameSections();
});

addEventListener("keydown", (event) => {
  const drawer = document.getElementById("__drawer");
  if (event.key !== "Escape" || !drawer.checked) return;
  drawer.click();
  document.querySelector(".md-header__button[for='__drawer'] .toggle-button")?.focus();
});

/* The theme hears the keys of the search; what is pasted by hand, dropped or dictated is searched for, too. */
const query = document.querySelector("[data-md-component=search-query]");
query?.addEventListener("input", () => query.dispatchEvent(new Event("keyup")));

/* --- Light or dark: what main.html shows from the start can be changed, by the reader or by the system ------------------- */

const colours = document.querySelector(".md-header__option");
const choices = [...(colours?.querySelectorAll(":scope > input") ?? [])];

function changeColours(index) {
  const { body } = document;
  body.dataset.mdColorSwitching = "";
  if (index !== undefined) __md_set("__palette", { ...__md_get("__palette"), index });
  const shown = showColours();
  if (index !== undefined) __md_set("__palette", shown);
  requestAnimationFrame(() => delete body.dataset.mdColorSwitching);
}

choices.forEach((input, index) => input.addEventListener("change", () => changeColours(index)));
colours?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  const next = choices[(choices.findIndex((input) => input.nextElementSibling?.hidden === false) + 1) % choices.length];
  next.click();
  next.focus();
});
matchMedia("(prefers-color-scheme: light)").addEventListener("change", () => changeColours());
if (choices.length) showColours(); // what has changed before this script came
// Chosen in another window, or on a later page before Back brought this one as it was.
addEventListener("storage", ({ key }) => key?.endsWith(".__palette") && changeColours());
addEventListener("pageshow", ({ persisted }) => persisted && changeColours());

/* The theme adds these while one reads, as landmarks without a name: a copy button, and the tags of a search result. */
const NO_LANDMARKS = ".md-code__nav:not([role]), .md-search-result .md-tags:not([role])";

new MutationObserver(() => {
  for (const nav of document.querySelectorAll(NO_LANDMARKS)) nav.setAttribute("role", "none");
}).observe(document.body, { childList: true, subtree: true });

/* --- The search ---------------------------------------------------------------------------------------------------- */

const search = document.getElementById("__search");
const searchBox = document.querySelector("[data-md-component=search]");

/* The index is made when the search is opened, while the first word is typed (search-worker.js). */
function announceSearch() {
  if (!search.checked) return;
  search.removeEventListener("change", announceSearch);
  try {
    const channel = new BroadcastChannel("jacobook search");
    channel.postMessage({ opened: true });
    channel.close();
  } catch {
    // The index is made at the first query, then.
  }
}

/* A search that is closed is hidden on a phone: its field has the focus while it is open, and not longer. */
function passFocus() {
  if (search.checked) query.focus();
  else if (searchBox.contains(document.activeElement)) document.activeElement.blur();
}

search?.addEventListener("change", announceSearch);
if (query) search.addEventListener("change", passFocus);

/* In the field of a hidden search the theme can neither hear the keys that open it nor leave the focus where it was. */
function onSearchKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (search.checked) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    search.click();
    document.querySelector(".md-header__button[for='__search'] .toggle-button")?.focus();
  } else if (/^[/sf]$/.test(event.key) && !event.target.matches("input, select, textarea, [contenteditable]")) {
    event.preventDefault();
    search.click();
    query.select();
  }
}

if (query) addEventListener("keydown", onSearchKey, { capture: true });

/* The theme writes the address that is to be copied one letter late. */
const share = document.querySelector("[data-md-component=search-share]");
share?.addEventListener("click", () => share.setAttribute("data-clipboard-text", share.href));

/* --- Offline ------------------------------------------------------------------------------------------------ */

const worker = document.querySelector("meta[name='jacobook:worker']");
const base = JSON.parse(document.getElementById("__config").textContent).base.replace(/\/*$/, "/");
const scope = new URL(base, location.href).href;

async function keepPages() {
  const registered = await navigator.serviceWorker.register(new URL(worker.content, location.href), { scope });
  // What this page loaded before the worker was there.
  if (navigator.serviceWorker.controller) return;
  await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const own = [location.href, ...loaded].filter((address) => address.startsWith(scope));
  registered.active.postMessage([...new Set(own.map((address) => address.split("#")[0]))]);
}

async function forgetPages() {
  for (const registered of await navigator.serviceWorker.getRegistrations()) {
    if (registered.scope === scope) await registered.unregister();
  }
  for (const name of await caches.keys()) {
    if (name.startsWith(`jacobook ${scope} `)) await caches.delete(name);
  }
}

if ("serviceWorker" in navigator) {
  // A browser may refuse, in private windows for one; the page is whole without.
  (worker ? keepPages() : forgetPages()).catch(() => {});
}
