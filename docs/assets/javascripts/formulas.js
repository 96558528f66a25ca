/*
 * Typesets the formulas of a page with MathJax, which is served from this site.
 *
 * Only formulas that come near the window are typeset (ui/lazy), which also makes those in hidden tabs come out
 * right when their tab is opened. Screen readers get MathML; the speech engine is not loaded.
 */
window.MathJax = {
  loader: {
    load: ["input/tex", "output/chtml", "[tex]/boldsymbol", "[tex]/html", "a11y/assistive-mml", "ui/lazy"],
    paths: { fonts: "[mathjax]/fonts" },
  },
  tex: {
    inlineMath: [["\\(", "\\)"]],
    displayMath: [["\\[", "\\]"]],
    // Without "noundefined", so that an unknown command shows as the error it is.
    packages: { "[+]": ["boldsymbol", "html"], "[-]": ["noundefined"] },
    processEscapes: false,
    processEnvironments: false,
  },
  output: {
    font: "mathjax-newcm",
    displayAlign: "left",
    displayIndent: "0",
    displayOverflow: "linebreak",
    linebreaks: { inline: true, width: "100%", lineleading: 0.4 },
    mtextInheritFont: true,
  },
  options: {
    enableAssistiveMml: true,
    lazyMargin: "400px",
    ignoreHtmlClass: ".*|",
    processHtmlClass: "arithmatex",
  },
  startup: {
    typeset: false,
    ready() {
      // Set by the MathML component for a menu that is not loaded.
      delete MathJax.config.options.menuOptions;
      MathJax.startup.defaultReady();
      // Material announces the first page and every page that instant navigation brings.
      MathJax.startup.promise.then(() => document$.subscribe(typesetPage));
      addEventListener("resize", whenResized);
    },
  },
};

function typesetPage() {
  return MathJax.whenReady(() => {
    // Gives back the source of formulas that are still here, so that all are measured and typeset anew.
    MathJax.startup.document.state(0, true);
    MathJax.typesetClear();
    MathJax.texReset();
    for (const box of document.querySelectorAll("div.arithmatex, .md-typeset__scrollwrap")) boxes.observe(box);
    return MathJax.typesetPromise();
  });
}

// A formula or table that is too wide for the page, and cannot be broken, scrolls in its box: by keyboard, too.
const boxes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

// A phone that is turned breaks its formulas at other places.
let width = innerWidth;
let waiting;

function whenResized() {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    if (innerWidth === width) return;
    width = innerWidth;
    typesetPage();
  }, 200);
}
