/* What the engine says of a text that it cannot read, as elements; nothing that was typed is taken for HTML. */

export const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

/* A sentence of the engine, in which names stand between backticks. */
function sentence(text) {
  const parts = `${text[0].toUpperCase()}${text.slice(1)}`.split("`");
  return element("p", {}, ...parts.map((part, k) => (k % 2 ? element("code", { textContent: part }) : part)));
}

/*
 * An error: what is wrong, the line with a caret under the place, and a button that writes what would fit.
 * `mend` takes the text and the mended one; without it, or where nothing would fit, there is no button.
 */
export function complaint(answer, mend) {
  const found = [sentence(answer.error)];
  if (answer.source === undefined) return found;
  const { source, start, end, suggestion } = answer;
  const first = source.lastIndexOf("\n", start - 1) + 1;
  const line = source.slice(first).split("\n")[0];
  const carets = " ".repeat(start - first) + "^".repeat(Math.max(1, end - start));
  const place = element("pre", { textContent: `${line}\n${carets}` });
  // Of a long line the place is in sight, as soon as it is in the page.
  requestAnimationFrame(() => {
    place.scrollLeft = (place.scrollWidth * (start - first)) / Math.max(line.length, carets.length) - place.clientWidth / 2;
  });
  found.push(place);
  if (!suggestion || !mend) return found;
  const fit = element("button", { type: "button", className: "quiet-button", textContent: `Write ${suggestion} instead` });
  fit.addEventListener("click", () => mend(source, source.slice(0, start) + suggestion + source.slice(end)));
  return [...found, fit];
}
