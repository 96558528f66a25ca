/*
 * Formulas are typeset when the site is built. Where a builder did not do that, this loads MathJax, which is served from
 * this site, and lets the browser do it.
 */
(() => {
  const here = document.currentScript.src;
  const waiting = () => document.querySelector(".arithmatex:not(:has(mjx-container, noscript))");
  let loading;

  function configure(ready) {
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
          MathJax.startup.promise.then(ready);
        },
      },
    };
  }

  function typeset() {
    return MathJax.whenReady(() => {
      // Gives back the source of formulas that are still here, so that all are measured and typeset anew.
      MathJax.startup.document.state(0, true);
      MathJax.typesetClear();
      MathJax.texReset();
      return MathJax.typesetPromise();
    });
  }

  /* Resolves when MathJax can typeset. */
  function load() {
    loading ??= new Promise((resolve, reject) => {
      document.documentElement.classList.add("typesets-here");
      configure(resolve);
      // MathJax shows the whole font in place of the smaller one of the page: it should be there by then.
      const font = new URL("../mathjax/fonts/mathjax-newcm-font/chtml/woff2/mjx-ncm-n.woff2", here).href;
      new FontFace("whole", `url("${font}")`).load().catch(() => {});
      const script = document.createElement("script");
      script.src = new URL("../mathjax/startup.js", here).href;
      script.onerror = reject;
      document.head.append(script);
      // A phone that is turned breaks its formulas at other places.
      let width = innerWidth;
      let timer;
      addEventListener("resize", () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          if (innerWidth === width) return;
          width = innerWidth;
          typeset();
        }, 200);
      });
    });
    return loading;
  }

  /* Typesets what was put into the page. */
  async function typesetIn(box) {
    await load();
    return MathJax.whenReady(() => MathJax.typesetPromise([box]));
  }

  window.jacobook = { ...window.jacobook, load, typeset: typesetIn };

  // Material announces the first page and every page that instant navigation brings.
  document$.subscribe(() => {
    if (waiting()) load().then(typeset);
  });
})();
