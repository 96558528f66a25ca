/*
 * The search of the site. It speaks the language of Material's search worker (SETUP, QUERY; READY, RESULT), and takes its
 * place, because that one ranks by rare words, knows ^ and : as operators, and has no idea what a formula is.
 *
 * A page is found by three things, each of which counts for itself:
 *
 * - a formula: however it is typed (x'Ax, x^T A x, x.T @ A @ x, \mathbf{x}^\top A x), it is brought to one form, and then
 *   compared up to the names of its letters. Where a page has the engine loaded, that reads it, and says the key of its
 *   normal form: the pages with this key come first;
 * - a number in a book (5.8a, eq 81, MC 57);
 * - words, compared with every name of a page: title, headings, "Also known as". The nearer a query comes to a whole name,
 *   the higher the page; what merely stands in the text counts little.
 *
 * The pages carry what is needed in plain paragraphs ("Also known as: …", "Spelled: …"), which any other search finds too.
 */

/* --- Words ------------------------------------------------------------------------------------------------------- */

/* Words of a question that say nothing about what is asked for. ("why" does: it asks for an explanation.) */
const STOP_WORDS = new Set(
  `a an and are as at be by can do does find for formula from get give given have how i in into is it its me my of on
   or please show that the their there this to us versus vs we what when where which with wrt respect you your calculate compute
   computing evaluate obtain eq eqn equation ex exercise`.split(/\s+/),
);

/* What means the same to whoever searches. The right-hand sides may be several words. */
const SAME = new Map(
  Object.entries({
    "derivative": "deriv derivation derivatives differentiate differentiated differentiates differentiating differentiation diff grad grads gradient gradients partial partials nabla",
    "det": "determinant determinants",
    "log": "ln logarithm logarithms",
    "log det": "logdet lndet slogdet logdeterminant",
    "trace": "tr traces",
    "inverse": "inv inverses inverted inverting inversion invert inverts reciprocal",
    "transpose": "transposed transposes transposing transposition",
    "elementwise": "hadamard entrywise schur componentwise",
    "shape": "dimension dimensions dims dim size sizes shapes dimensionality",
    "gaussian": "normal gaussians normals gauss",
    "norm": "norms",
    "loss": "losses cost costs objective",
    "matrix": "matrices mat",
    "vector": "vectors",
    "index": "indices indexes",
    "sigmoid": "logistic sigmoidal",
    "errata": "erratum mistake mistakes misprint misprints typo typos",
    "mean squared error": "mse",
    "ordinary least squares": "ols",
    "residual sum of squares": "rss sse",
    "binary cross entropy": "bce",
    "cross entropy": "xent ce crossentropy",
    "support vector machine": "svm",
    "gaussian process": "gp",
    "gaussian process machine learning": "gpml",
    "maximum likelihood": "mle",
    "multilayer perceptron": "mlp",
    "neural network": "nn",
    "backpropagation": "backprop backpropagate backpropagating",
    "layer norm": "layernorm",
    "rms norm": "rmsnorm",
    "linear discriminant analysis": "lda",
    "principal component analysis": "pca",
    "jacobian": "jac jacobians",
    "hessian": "hess hessians",
    "kronecker": "kron",
    "exponential": "exp exponent",
    "sine": "sin",
    "cosine": "cos",
    "silu": "swish",
    "arctan2": "atan2",
    "singular value": "svd",
    "pseudoinverse": "pinv",
    "vector jacobian product": "vjp",
    "hyperbolic tangent": "tanh",
  }).flatMap(([meaning, words]) => words.split(" ").map((word) => [word, meaning.split(" ")])),
);

/* What is not the same, but nearly: whoever asks for one may be content with the other. */
const RELATIVES = new Map([
  ["derivativ", [["differential", 0.4]]],
  ["differential", [["derivativ", 0.4]]],
  ["backpropag", [["backward", 0.9], ["derivativ", 0.4]]],
  ["backward", [["backpropag", 0.9], ["derivativ", 0.4]]],
]);

/* The bare form of a word: British and American, singular and plural, present and past fall together. */
function stem(word) {
  return word
    .replace(/'s$|'$/, "")
    .replace(/(y|i)[sz](e|ed|es|er|ers|ing|ation|ations)$/, "$1s")
    .replace(/our$/, "or")
    .replace(/(ss|x|ch|sh)es$/, "$1")
    .replace(/ies$/, "y")
    .replace(/([^su])s$/, "$1")
    .replace(/(.{3,})(ations?|ing|ed)$/, "$1")
    .replace(/(.{3,})e$/, "$1");
}

const bare = new Map();

/* The words of a text, each in its bare form, and in the word that we use for what it means. */
function wordsOf(text) {
  const found = [];
  for (const word of text.toLowerCase().replace(/\b(element|entry|component)[\s-]wise\b/g, "elementwise")
    .replace(/\bpseudo[\s-]inverse/g, "pseudoinverse").replace(/\barc[\s-](?=(?:co)?sin|tan)/g, "arc")
    .replace(/[’′]/g, "'").match(/[\p{L}\p{N}]+(?:[._'][\p{L}\p{N}]+)*'?/gu) ?? []) {
    if (STOP_WORDS.has(word)) continue;
    if (!bare.has(word)) bare.set(word, (SAME.get(word) ?? [word]).map(stem));
    found.push(...bare.get(word));
  }
  return found;
}

/* Whether two words differ by at most one letter, or by two that changed places. */
function nearly(a, b) {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  return (left.length <= 1 && right.length <= 1) || (left.length === 2 && left === right[1] + right[0]);
}

/* --- Formulas ---------------------------------------------------------------------------------------------------- */

const FUNCTIONS =
  "logdet logsumexp softmax softplus sigmoid arcsin arccos arctan sinh cosh tanh sqrt sign relu diag kron norm trace det exp log sin cos tan abs sum vec tr".split(" ");
const GREEK =
  "alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega".split(" ");
const LETTERS = Object.fromEntries([..."αβγδεζηθκλμνξπρστφχψωΓΔΘΛΞΠΣΦΨΩ"].map((letter, place) => [letter, GREEK[place]]));
/* Names of functions in other notations. A word of small letters before a bracket is the name of a function, known or not. */
const SPELLINGS = { atan2: "arctan2", asin: "arcsin", acos: "arccos", atan: "arctan", gammaln: "lgamma", loggamma: "lgamma", psi: "digamma", gamma: "gammafn", eigvalsh: "eigenvalues", eigvals: "eigenvalues", maximum: "max" };
const ATOM = new RegExp(`[a-z]{3,}\\d?(?=\\s*\\()|${FUNCTIONS.join("|")}|${GREEK.join("|")}|\\d+(?:\\.\\d+)?|[A-Za-z]\\d*|\\^-?\\d+|\\S`, "g");
const NAMED = new RegExp(`^(?:${GREEK.join("|")}|[A-Za-z]\\d*)$`);
const UPPER = { "ᵀ": "'", "⊤": "'", "′": "'", "’": "'", "ᵗ": "'", "²": "^2", "³": "^3", "ⁿ": "^n", "⁻¹": "^-1", "−": "-", "·": "*", "×": "*", "∘": ".*", "⊙": ".*", "⊗": " kron ", "‖": "||", "∥": "||", "½": "1/2" };

/* One way of writing for all: TeX, Python, MATLAB and Unicode become the language of this site, without its stars. */
function plainFormula(text) {
  let plain = text
    .replace(/⁻¹|[ᵀ⊤′’ᵗ²³ⁿ−·×∘⊙⊗‖∥½]/g, (sign) => UPPER[sign])
    .replace(/[α-ωΑ-Ω]/g, (letter) => (LETTERS[letter] ? ` ${LETTERS[letter]} ` : letter))
    .replace(/µ/g, " mu ")
    // TeX
    .replace(/\$|\\[,;!:>() [\]]|~|&|\\\\|\\(?:left|right|big|Big|bigl|bigr)(?![a-z])|\\q?quad/g, " ")
    .replace(/\\(?:operatorname|mathrm|mathbf|boldsymbol|mathsf|mathcal|mathit|text|textrm|vec|hat|bm|bf|rm)(?![a-z])\*?/g, " ")
    .replace(/\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}/g, "($1)/($2)")
    .replace(/\^\s*\{?\s*\{?\s*(?:\\top(?![a-z])|\\intercal|\\prime|T|⊺|t(?![A-Za-z]))\s*\}?\s*\}?/g, "'")
    .replace(/\^\s*\{\s*-\s*1\s*\}/g, "^-1")
    .replace(/\^\s*\{\s*-\s*\\?(?:top|T)\s*\}|\^-T\b/g, "^-1'")
    .replace(/\\(?:lVert|rVert|Vert|\|)/g, "||")
    .replace(/\\(?:lvert|rvert|vert|mid)/g, "|")
    .replace(/\\(?:cdot|times|,)(?![a-z])/g, "*")
    .replace(/\\(?:odot|circ)(?![a-z])/g, ".*")
    .replace(/\\otimes(?![a-z])/g, " kron ")
    .replace(/\\var(?=[a-z])|\\/g, " ")
    // Python
    .replace(/\.dot\(([^()]*)\)/g, "*($1)")
    .replace(/\bdot\(([^(),]+),([^()]+)\)/g, "$1'*$2")
    .replace(/\b(?:matmul)\(([^(),]+),([^()]+)\)/g, "$1*$2")
    .replace(/\.(?:T|mT|t\(\)|transpose\(\))(?![A-Za-z])/g, "'")
    .replace(/\*\*/g, "^")
    .replace(/@/g, "*")
    .replace(/\bslogdet\b|\blog[\s(|-]*det(?:erminant)?\b|\bln[\s(|-]*det\b/gi, " logdet ")
    .replace(/\bln\b/g, " log ")
    .replace(/\b(?:Tr|trace|Trace)\b/g, " tr ")
    .replace(/\b(?:determinant|Det)\b/gi, " det ")
    .replace(/\bnorm[12]?\b/g, " norm ")
    .replace(/\b(?:log|ln)\s*Gamma\s*\(/g, "lgamma(").replace(/\bGamma\s*\(/g, "gammafn(")
    .replace(/\b[a-z]+\d?(?=\s*\()/g, (name) => SPELLINGS[name] ?? name)
    .replace(/(?<![A-Za-z])e\s*\^\s*(?=[({A-Za-z]|-[({A-Za-z])/g, " exp ")
    .replace(/\s*\btranspose\b/g, "'")
    .replace(/(\S)\s+inverse\b/g, "$1^-1")
    .replace(/'(?=[A-Za-z0-9(])/g, "' ");
  plain = plain.replace(/\|\|(.+?)\|\|/g, "norm($1)").replace(/\bnorm\s*\(([^()+-]+)-([^()+-]+)\)/g, (whole, left, right) => {
    // A difference and its negative have the same norm: the longer side comes first.
    const [a, b] = [left, right].map((side) => side.replace(/[\s*]/g, ""));
    return a.length < b.length ? `norm(${right} - ${left})` : whole;
  });
  plain = plain.replace(/(log\s*)?\|([^|]+)\|/g, (whole, log, inner) =>
    /[A-Z]/.test(inner) || log ? `${log ? "logdet" : "det"}(${inner})` : `abs(${inner})`);
  // The same holds for a difference that stands twice, as in u'u.
  const differences = [...plain.matchAll(/\(([^()+-]+)-([^()+-]+)\)/g)];
  for (const [whole, left, right] of differences) {
    const [a, b] = [left, right].map((side) => side.replace(/[\s*]/g, ""));
    const again = differences.filter((one) => one[0].replace(/[\s*]/g, "") === whole.replace(/[\s*]/g, "")).length > 1;
    if (again && a.length < b.length) plain = plain.replaceAll(whole, `(${right}-${left})`);
  }
  plain = plain.replace(/^\s*([a-z]{1,2})t([a-z]{1,2})\s*$/, "$1'$2");
  // A T between letters, in what has no other sign: xTAx
  plain = plain.replace(/(?<![A-Za-z])[A-Za-z]{0,3}?([A-Za-z])T(?=[A-Za-z])[A-Za-z]{1,4}(?![A-Za-z(])/g, (word) =>
    word.replace(/(?<=[A-Za-z])T(?=[A-Za-z])/g, "'"));
  for (let place; (place = plain.search(/\binv\s*\(/)) >= 0; ) {
    const open = plain.indexOf("(", place);
    const end = closing(plain, open);
    plain = `${plain.slice(0, place)}${plain.slice(open, end + 1)}^-1${plain.slice(end + 1)}`;
  }
  return plain.replace(/(norm[^^]*)_\{?[2F]\}?/g, "$1").replace(/\{|\}/g, (brace) => (brace === "{" ? "(" : ")"));
}

function closing(text, open, left = "(", right = ")") {
  let depth = 0;
  for (let place = open; place < text.length; place++) {
    if (text[place] === left) depth++;
    if (text[place] === right && --depth === 0) return place;
  }
  return text.length;
}

/* The signs of a formula, without brackets, stars and spaces: `tr AXB` and `tr(A*X*B)` are one. */
function atoms(text) {
  const plain = plainFormula(text).replace(/^[^=]*[^<>=]=(?!=)/, "");
  return (plain.match(ATOM) ?? [])
    .map((atom) => (atom === "trace" ? "tr" : atom))
    .filter((atom) => !/^[\s()[\]{},;:*?!"_]$/.test(atom));
}

const isUpper = (letter) => /^[A-Z]/.test(letter);

/* A formula with its letters as they stand, with letters numbered in the order in which they come, and as pairs of signs. */
function formulaOf(text) {
  const signs = atoms(text);
  const numbers = new Map();
  const letters = signs.filter((sign) => NAMED.test(sign) && !FUNCTIONS.includes(sign));
  for (const letter of letters) if (!numbers.has(letter)) numbers.set(letter, `${isUpper(letter) ? "M" : "v"}${numbers.size}`);
  const kinds = signs.map((sign) => (numbers.has(sign) ? numbers.get(sign)[0] : sign));
  return {
    length: signs.length,
    isSpoken: signs.some((sign) => !numbers.has(sign) && !/^\d/.test(sign)) || letters.length > 1,
    exact: signs.join(" "),
    signs: new Set(signs.filter((sign) => !numbers.has(sign) && !/^[\d.]+$/.test(sign))),
    renamed: signs.map((sign) => numbers.get(sign) ?? sign).join(" "),
    letters: new Set(letters),
    numbers,
    pairs: [`^ ${kinds[0]}`, ...kinds.map((kind, place) => `${kind} ${kinds[place + 1] ?? "$"}`), ...kinds],
  };
}

/* How alike two formulas are, from 0 to 1. Equal up to letters is far above anything that is only similar. */
function likeness(asked, known) {
  if (asked.exact === known.exact) return 1;
  // A capital is a matrix, where small letters may stand for anything.
  if (asked.exact.toLowerCase() === known.exact.toLowerCase()) return /[A-Z]/.test(asked.exact) ? 0.7 : 0.9;
  const common = [...asked.letters].filter((letter) => known.letters.has(letter)).length;
  const shared = common / Math.max(1, asked.letters.size, known.letters.size);
  if (asked.renamed === known.renamed) return 0.8 + 0.15 * shared;
  const left = [...known.pairs];
  let equal = 0;
  for (const pair of asked.pairs) {
    const place = left.indexOf(pair);
    if (place >= 0) {
      left.splice(place, 1);
      equal++;
    }
  }
  const dice = (2 * equal) / (asked.pairs.length + known.pairs.length);
  // A function or a power that the other lacks makes it another formula.
  const lacking = [...asked.signs].filter((sign) => !known.signs.has(sign)).length;
  return dice < 0.6 ? 0 : (dice * 0.65 + 0.1 * shared) * 0.75 ** lacking;
}

/*
 * What it counts whether two formulas are differentiated with respect to the same letter, and to the same kind of letter:
 * x'Ax by A is another question than x'Ax by x.
 */
function sameVariable(asked, known) {
  if (!asked.variable || !known.variable) return 0;
  const [place, other] = [asked, known].map(({ formula, variable }) => formula.numbers.get(variable));
  if (place && other && place[0] !== other[0]) return -0.3; // a vector and a matrix
  return asked.variable === known.variable ? 0.04 : -0.04;
}

/* --- What a query consists of ------------------------------------------------------------------------------------ */

const BY = /\b(?:with respect to|w\.?\s?r\.?\s?t\.?|by|d)\s+(?:the\s+)?(?:matrix\s+|vector\s+)?([A-Za-z]|mu|sigma|Sigma|theta|lambda)\s*$/;
const OPERATOR = new RegExp(
  [
        String.raw`(?:\bd|∂)\s*/\s*(?:d|∂)\s*\(?\\?([A-Za-z]+\d*)\)?(?![A-Za-z(])`,
    String.raw`(?:\\nabla|∇)\s*_?\s*\{?\s*(?:\\[a-z]+\{)?([A-Za-z]?)\}?\}?`,
  ].join("|"),
  "g",
);
/* d f / dx, with the function on top. */
const FRACTION = /^\s*(?:d|∂)\s*([^\s/].*?|\(.+\))\s*\/\s*(?:d|∂)\s*([A-Za-z]{1,2}|mu|Sigma|sigma|theta)\b/;
const MATHEMATICAL = /[\^*@\\|=+{}[\]_<>ᵀ⊤′²⁻‖∥·×⊗∘⊙−½]|'(?!s\b)|\(|\)|\.T\b|[α-ωΑ-ΩΣ]/;
const NUMBER = /(?<![\w.])(\d+(?:\.\d+)+|\d{1,3})\s*(?:\(?([a-h])\)?(?![\w']))?(?!\.\d)(?![\w^*])/g;
const PLACES = /\b(?:eqn?s?|equations?|exercises?|ex|formulas?|examples?|mc|mml|cookbook|matrix cookbook|no|number|pattern recognition|bishop|esl|gpml|murphy|section|chapter)\b|#/i;

/* \frac{d f}{d x} on one line, as `d f / dx`; other fractions in brackets. */
function fractions(text) {
  const found = /\\[dt]?frac\s*\{/.exec(text);
  if (!found) return text;
  const open = found.index + found[0].length - 1;
  const end = closing(text, open, "{", "}");
  const next = text.indexOf("{", end);
  if (next < 0) return text;
  const last = closing(text, next, "{", "}");
  const [top, bottom] = [text.slice(open + 1, end).trim(), text.slice(next + 1, last).trim().replace(/\\[a-z]+\{([A-Za-z])\}/g, "$1")];
  const isOperator = /^[d∂](?:$|[^a-z]|(?=\S*[A-Z(]))/.test(top) && /^[d∂]\s*\S/.test(bottom);
  const joined = isOperator ? `${top} / ${bottom.replace(/\s+/g, "")} ` : `(${top})/(${bottom})`;
  return fractions(`${text.slice(0, found.index)} ${joined}${text.slice(last + 1)}`).trim();
}

const isShort = (word) => /^[A-Za-z]{2,6}$/.test(word) && /[A-Z]/.test(word) && !STOP_WORDS.has(word.toLowerCase());

/* Take a query, or a name, apart: its words, its formula, what it is differentiated with respect to, numbers of places. */
function parse(text, isWord) {
  let rest = text
    .replace(/\b(?:np|numpy|jnp|jax|torch|tf|scipy|math|sympy|sp)\.(?:numpy\.)?(?:linalg\.)?|\blinalg\./g, "")
    .replace(/\b(mml|mc)-(\d+)(?:-(\d+))?(?:-([a-z])\b)?/gi, (_, work, ...parts) => `${work} ${parts[0]}${parts[1] ? `.${parts[1]}` : ""}${parts[2] ?? ""}`)
    .replace(/\$|\\[()[\]]/g, " ")
    .replace(/\\partial(?![a-z])\s*/g, "∂")
    .replace(/\\mathrm\s*\{\s*d\s*\}\s*/g, "d")
    .replace(/\\(?:[lr]?Vert|\|)(?![a-z])\s*/g, "||")
    .replace(/(?<=\b(?:tr|trace|det|determinant|logdet|norm|softmax|tanh|exp|log|sin|cos|vec)) of (?:the )?(?:matrix )?(?=\S*[A-Z^'(])/gi, " ")
    .replace(/\s+/g, " ")
    .trim();
  rest = fractions(rest)
    .replace(/^[d∂]\s*\((.+)\)$/, "differential $1")
    .replace(/^[d∂]\s+(?=(?:tr|det|log|ln)\b|[A-Z])(?!.*\/)/, "differential ");
  let variable = "";
  const places = [];
  rest = rest.replace(OPERATOR, (whole, ...groups) => {
    variable = groups.slice(0, 2).find(Boolean)?.replace(/^\\[a-z]+\{?|\}/g, "") ?? "";
    return " derivative ";
  });
  const fraction = rest.match(FRACTION);
  if (fraction) {
    variable = fraction[2];
    rest = `derivative ${fraction[1]} ${rest.slice(fraction[0].length)}`;
  }
  const by = rest.match(BY);
  if (by) {
    variable = by[1];
    rest = rest.slice(0, by.index);
  }
  // A number with a dot always is a place; one without only where something says so, or where it stands alone.
  rest = rest.replace(/\b(mc|mml|eq|ex)(?=[\d(])/gi, "$1 ");
  const bracketed = rest.replace(/\((\d+(?:\.\d+)*)\)/g, " $1 ");
  const isPlace = PLACES.test(rest) || /^[\s(]*\d+[\s)]*[a-h]?[\s)]*$/.test(rest);
  if (isPlace || /\d\.\d/.test(rest)) {
    const without = bracketed.replace(NUMBER, (whole, number, letter) => {
      if (!isPlace && !number.includes(".")) return whole;
      if (!isPlace && /[*+/(^=-]\s*$/.test(bracketed.slice(0, bracketed.indexOf(whole)))) return whole;
      places.push({ number, letter: letter ?? "" });
      return " ";
    });
    if (places.length) rest = without;
  }
  const [formula, left] = formulaIn(rest, isWord);
  const words = wordsOf(left).filter((word) => !places.length || !OF_WORKS.has(word));
  return { words, formula, variable, places };
}

/* The longest run of mathematics in a text, and the words outside it (with the names of its functions). */
function formulaIn(text, isWord) {
  // What stands in brackets stays together, and so do signs and what is beside them.
  const joined = text
    .replace(/(\|\||‖|∥)(.+?)\1/g, (norm) => norm.replace(/\s+/g, "\u0001"))
    .replace(/\\[A-Za-z]+(?:\s*\{[^{}]*\})*/g, (command) => command.replace(/\s+/g, ""))
    .replace(/\s+(?=[@*+=/^']|-\s)/g, "\u0001")
    .replace(/([@*+=/^(|]|\u0001-)\s+/g, "$1\u0001");
  const parts = joined.trim().split(/\s+/).map((part) => part.replaceAll("\u0001", " "));
  const kinds = parts.map((part) => [part, kindOf(part, isWord)]);
  // An article is no letter of a formula, unless it stands beside one.
  // What is called by the name of a letter is no formula either: the log-gamma function.
  kinds.forEach((one, place) => {
    const next = kinds[place + 1];
    if (one[1] === "function" && GREEK.includes(next?.[0]) && isWord(`${one[0]} ${next[0]}`)) one[1] = next[1] = "word";
  });
  kinds.forEach((one, place) => {
    if (/^[aAI]$/.test(one[0]) && ![kinds[place - 1], kinds[place + 1]].some((next) => next && /^(?:formula|letter)$/.test(next[1]))) one[1] = "word";
  });
  const runs = [];
  let depth = 0;
  let run = null;
  for (const [place, [part, kind]] of kinds.entries()) {
    const open = depth > 0;
    for (const sign of part) depth = Math.max(0, depth + (sign === "(" || sign === "{") - (sign === ")" || sign === "}"));
    const isNeighbour = kind === "function" || kind === "letter";
    if (open || kind === "formula" || isNeighbour) {
      if (!run) runs.push((run = { parts: [], places: [], certain: false }));
      run.parts.push(part);
      run.places.push(place);
      run.certain ||= kind === "formula" || (kind === "letter" && run.parts.length > 1) || (isNeighbour && run.parts.length > 1 && run.letter);
      run.letter ||= kind === "letter";
    } else run = null;
  }
  let best = null;
  for (const one of runs.filter(({ certain, letter }) => certain || letter)) {
    const formula = formulaOf(one.parts.join(" "));
    if (formula.length > 1 && formula.isSpoken && formula.length > (best?.formula.length ?? 0)) best = { ...one, formula };
  }
  const taken = new Set(best?.places ?? []);
  const words = kinds.flatMap(([part], place) =>
    taken.has(place) ? (part.match(/[A-Za-z]{2,}/g) ?? []).filter((name) => FUNCTIONS.includes(name) || SAME.has(name) || (name.length > 3 && isWord(name))) : part);
  if (best) best.formula.typed = best.parts.join(" ");
  return [best?.formula ?? null, words.filter((word) => !/^[A-Za-z]$/.test(word)).join(" ")];
}

function kindOf(part, isWord) {
  if (/^l[12]$/i.test(part)) return "word";
  if (/^[A-Za-z]{2,}(-[A-Za-z]{2,})+[.,?]?$/.test(part)) return "word";
  if (FUNCTIONS.includes(part) || /^(?:logdet|Tr|ln|determinant|trace|det|transpose|norm)$/.test(part)) return "function";
  if (MATHEMATICAL.test(part.replace(/^\(([A-Za-z]{2,}[A-Za-z ]*)\)$/, "$1")) && !/^[A-Za-z-]{3,}\)?$/.test(part)) return "formula";
  if (/^[A-Za-z]-[A-Za-z]|^-?\d+(\/\d+)?$|^[A-Za-z]\d$/.test(part) || /^[A-Za-z]$/.test(part)) return "letter";
  if (GREEK.includes(part)) return "letter";
  if (/^\d*\.?\d*[A-Za-z]{1,2}[-/][A-Za-z]{1,2}$/.test(part)) return "formula";
  if (isShort(part) && !isWord(part)) return "formula";
  // xtax: nobody's word
  if (/^[a-z]{1,2}t[a-z]{1,2}$/.test(part) && !isWord(part) && !/[aeiou]t[aeiou]|^(?:st|it|at|to)/.test(part)) return "formula";
  return "word";
}

/* --- The index --------------------------------------------------------------------------------------------------- */

const unescaped = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&amp;/g, "&");
const withoutTags = (html) => unescaped(html.replace(/<[^>]*>/g, " "));
const NAMES = /<p>Also known as: ([^<]*?)\.?<\/p>/g;
const SPELLED = /<p>Spelled: ([^<]*)<\/p>/g;
const KEY = /<p>Key: ([0-9a-f]+)<\/p>/g;

const said = (text) => text.toLowerCase().replace(/\s+/g, " ").trim();
/* A text without the words with which a question begins: "what is the vec operator?" is "vec operator". */
function meant(text) {
  const words = said(text).replace(/[?.!]+$/, "").split(" ");
  const first = words.findIndex((word) => !STOP_WORDS.has(word));
  return words.slice(Math.max(0, first)).join(" ");
}

class Index {
  constructor(docs) {
    this.pages = new Map();
    const known = new Set();
    const namesOf = (doc) => `${doc.title}; ${[...doc.text.matchAll(NAMES)].map((found) => found[1])}`;
    for (const doc of docs) for (const [, pair] of namesOf(doc).matchAll(/(?<![A-Za-z])(?=([a-z]+[ -][a-z]+)(?![A-Za-z]))/g)) known.add(pair.replace("-", " "));
    for (const doc of docs) for (const word of namesOf(doc).split(/[^A-Za-z]+/)) {
      // Words are written small somewhere; products of letters never are.
      if (word === word.toLowerCase() || /^[A-Z][a-z]{2,}$/.test(word)) known.add(word.toLowerCase());
    }
    const abbreviations = new Set(["MML", "MC", "MN", "ESL", "GPML", "PPCA", "ReLU", "NumPy", "LaTeX", "JAX"]);
    this.isWord = (word) => known.has(word.toLowerCase()) || SAME.has(word.toLowerCase()) || abbreviations.has(word);
    for (const doc of docs) this.add(doc);
    this.weigh();
  }

  add(doc) {
    const [address] = doc.location.split("#");
    if (!this.pages.has(address)) this.pages.set(address, { address, sections: [], places: [], tags: doc.tags ?? [], boost: doc.boost ?? 1 });
    const page = this.pages.get(address);
    const spelled = [...doc.text.matchAll(SPELLED)].flatMap((found) => unescaped(found[1]).split(" · "));
    const others = [...doc.text.matchAll(NAMES)].flatMap((found) => unescaped(found[1]).split("; "));
    const names = [withoutTags(doc.title), ...others].map((name, place) => {
      const parsed = parse(name, this.isWord);
      return { ...parsed, meant: meant(name), isTitle: place === 0 && !page.sections.length, worth: page.sections.length ? 0.85 : place ? 0.95 : 1 };
    });
    const formulas = names.filter(({ formula }) => formula);
    for (const text of spelled) {
      const place = text.match(/^([A-Z][A-Za-z]*)? ?(\d+(?:\.\d+)*)(?: ?([a-z]))?(?: \(.*\))?$/);
      if (place) page.places.push({ work: place[1] ?? "", number: place[2], letter: place[3] ?? "" });
      else {
        const parsed = parse(text, this.isWord);
        if (parsed.formula) formulas.push({ ...parsed, worth: 1 });
        page.variable ??= parsed.variable || null;
      }
    }
    // The first spelling says with respect to what; that holds for the others, in which it is not repeated.
    const withVariable = ({ formula, variable, worth }) =>
      ({ formula, worth, variable: variable || (formula.letters.has(page.variable) ? page.variable : "") });
    for (const found of doc.text.matchAll(KEY)) page.key = found[1];
    const text = doc.text.replace(NAMES, "").replace(SPELLED, "").replace(KEY, "");
    page.sections.push({ doc, text, names, formulas: formulas.map(withVariable), words: new Set(wordsOf(withoutTags(text))), spelled });
  }

  /* How much each word says: the fewer pages have it in a name, the more. */
  weigh() {
    const pagesOf = new Map();
    for (const page of this.pages.values()) {
      const words = new Set(page.sections.flatMap(({ names }) => names.flatMap((name) => name.words)));
      page.words = new Set([...words, ...page.tags.flatMap(wordsOf)]);
      page.text = new Set([...page.words, ...page.sections.flatMap((section) => [...section.words])]);
      for (const word of page.words) pagesOf.set(word, (pagesOf.get(word) ?? 0) + 1);
      for (const word of page.text) if (!pagesOf.has(word)) pagesOf.set(word, 0);
    }
    this.weights = new Map([...pagesOf].map(([word, count]) => [word, Math.log(1 + this.pages.size / (1 + count))]));
    // Every page is about a derivative, and nearly every one about a matrix or a vector.
    for (const word of ["derivative", "matrix", "vector"].map(stem)) this.weights.set(word, 0.6);
    this.vocabulary = [...this.weights.keys()];
  }

  weight(word) {
    return this.weights.get(word) ?? 2;
  }

  /* What a word of a query may stand for among the words that there are, each with how well it does. */
  meanings(word, isLast) {
    const found = new Map();
    if (this.weights.has(word)) found.set(word, 1);
    for (const [relative, worth] of RELATIVES.get(word) ?? []) found.set(relative, worth);
    if (word.length > 2 && (isLast || !found.size)) {
      for (const other of this.vocabulary) if (other !== word && other.startsWith(word)) found.set(other, found.size && this.weights.has(word) ? 0.5 : 0.8);
    }
    if (!found.size && word.length > 3) {
      for (const other of this.vocabulary) if (other.length > 3 && nearly(word, other)) found.set(other, 0.75);
    }
    return found;
  }

  /* What a mistyped word means, if it is one of those that have another word for them. */
  spelling(word) {
    for (const [known, meaning] of SAME) if (known.length > 5 && nearly(word, stem(known))) return meaning.map(stem);
    return null;
  }

  /* A word that there is not may be two that there are, and two that there are not may be one. */
  corrected(words) {
    const found = [];
    for (let place = 0; place < words.length; place++) {
      const word = words[place];
      const joined = word + (words[place + 1] ?? "");
      if (place + 1 < words.length && !(this.weights.has(word) && this.weights.has(words[place + 1])) && this.weights.has(stem(joined))) {
        found.push(stem(joined));
        place++;
      } else if (!this.weights.has(word) && word.length > 5 && this.spelling(word)) {
        found.push(...this.spelling(word));
      } else if (!this.weights.has(word) && word.length > 5) {
        const cut = [...word].findIndex((_, at) => at > 2 && at < word.length - 2 && wordsOf(`${word.slice(0, at)} ${word.slice(at)}`).every((part) => this.weights.has(part)));
        found.push(...(cut > 0 ? wordsOf(`${word.slice(0, cut)} ${word.slice(cut)}`) : [word]));
      } else found.push(word);
    }
    return [...new Set(found)];
  }

  /* What the engine can be asked about a query: its formula, and the variable if one is named. */
  question(text) {
    const { formula, variable } = parse(text, this.isWord);
    return formula ? { formula: formula.typed, wrt: variable || null } : null;
  }

  /* `keys` are those of the formula, if the engine has said them, the likeliest variable first. */
  search(text, keys = []) {
    const query = { ...parse(text, this.isWord), said: said(text), meant: meant(text), keys };
    query.words = this.corrected(query.words);
    const endsOpen = /[\p{L}]$/u.test(text);
    query.meanings = query.words.map((word, place) => this.meanings(word, endsOpen && place === query.words.length - 1));
    query.weights = query.words.map((word, place) => {
      const [best] = query.meanings[place].keys();
      return this.weight(query.meanings[place].has(word) ? word : (best ?? word));
    });
    query.total = query.weights.reduce((sum, weight) => sum + weight, 0);
    query.works = text.toLowerCase().match(/[a-z]+/g) ?? [];
    const found = [];
    for (const page of this.pages.values()) {
      const result = this.score(page, query);
      if (result) found.push(result);
    }
    found.sort((a, b) => b.score - a.score);
    const least = (found[0]?.score ?? 0) * 0.15;
    return { query, found: found.filter(({ score }) => score >= least).slice(0, 40) };
  }

  score(page, query) {
    const sections = page.sections.map((section) => ({ section, score: this.scoreSection(section, query) }));
    const best = Math.max(...sections.map(({ score }) => score));
    const covered = query.total ? ((query.formula ? 0.3 : 1) * 4 * this.coverage(page.words, query) + 2 * this.coverage(page.text, query)) / query.total : 0;
    const equal = query.keys.indexOf(page.key);
    const known = equal < 0 ? 0 : EQUAL * 0.9 ** equal;
    const score = (known + addressed(page.address, query.said) + best + covered + 14 * placeScore(page, query)) * page.boost * priorOf(page.address, query);
    return score > 0.5 ? { page, score, sections } : null;
  }

  scoreSection({ names, formulas }, query) {
    let name = 0;
    // Another name that is typed as it stands is meant. (A title has more already.)
    const verbatim = names.some((one, place) => place > 0 && one.meant === query.meant) ? 2 : 0;
    let title = 0;
    if (query.total) {
      for (const one of names) {
        const near = this.nearness(one, query);
        name = Math.max(name, one.worth * near);
        if (one.isTitle) title = near;
      }
    }
    let formula = 0;
    if (query.formula) {
      for (const one of formulas) {
        const like = likeness(query.formula, one.formula);
        if (like) formula = Math.max(formula, one.worth * (like + sameVariable(query, one)));
      }
    }
    // Beside a formula, words only decide between pages that have it.
    return (query.formula ? 4 : 10) * name + 1.5 * title + 14 * formula + verbatim;
  }

  /* How near a query comes to a name: what both have, of all that either has. */
  nearness({ words, formula }, query) {
    if (!words.length) return 0;
    let common = 0;
    const used = new Set();
    query.meanings.forEach((meanings, place) => {
      let best = 0;
      let taken = "";
      for (const word of words) {
        const worth = meanings.get(word) ?? 0;
        if (worth > best) [best, taken] = [worth, word];
      }
      if (best) {
        common += best * query.weights[place];
        used.add(taken);
      }
    });
    if (!common) return 0;
    // A name that goes on with a formula is another name.
    let rest = formula && !query.formula ? 2 : 0;
    for (const word of new Set(words)) if (!used.has(word)) rest += this.weight(word);
    const inOrder = words.length === query.words.length && words.every((word, place) => query.meanings[place].get(word) === 1);
    return common / (query.total + 0.6 * rest) + (inOrder && words.length > 1 ? 0.04 : 0);
  }

  coverage(words, query) {
    let sum = 0;
    query.meanings.forEach((meanings, place) => {
      let best = 0;
      for (const [word, worth] of meanings) if (worth > best && words.has(word)) best = worth;
      sum += best * query.weights[place];
    });
    return sum;
  }
}

/* What it counts that a page is called in its address as the query is: `relu`, `5.5 f3`, `5-7 b`. */
function addressed(address, query) {
  const asked = (query.match(/[a-z]+\d*|\d+/g) ?? []).join("-");
  const name = address.split("/").at(-2) ?? "";
  if (name === asked) return 3;
  return /^\d+-\d+-[a-z]\d?$/.test(asked) && name.endsWith(`-${asked}`) ? 12 : 0;
}

/* What an equal normal form counts: more than any likeness of signs, which is 14 at most, with all the words beside it. */
const EQUAL = 40;

/* Of pages that fit equally well, an identity comes before an exercise, then come rules, then lists of pages. */
function priorOf(address, query) {
  if (/^identities\/[^/]+\/$/.test(address)) return 0.85;
  if (address.startsWith("rules/")) return query.words.includes("rul") ? 1 : 0.9;
  return address.startsWith("exercises/") && !query.places.length ? 0.96 : 1;
}

/* Whether a page is about a place in a book that the query names. Its letter may be left out; the work helps to decide. */
function placeScore(page, query) {
  let best = 0;
  for (const asked of query.places) {
    for (const [order, known] of page.places.entries()) {
      if (asked.number !== known.number || (asked.letter && asked.letter !== known.letter)) continue;
      const said = query.works.some((word) => (WORKS[word] ?? word) === known.work.toLowerCase());
      const other = query.works.some((word) => Object.hasOwn(WORKS, word) && WORKS[word] !== known.work.toLowerCase());
      const exercise = known.work === "MML" && /^exercises\//.test(page.address);
      const letter = asked.letter === known.letter ? 0 : -0.1;
      best = Math.max(best, 0.8 + letter + (said ? 0.2 : 0) - (other ? 0.4 : 0) + (exercise ? 0.15 : 0) - (order > 3 ? 0.05 : 0.01 * order) - (known.letter ? known.letter.charCodeAt(0) - 97 : 0) * 0.001);
    }
  }
  return best;
}

const OF_WORKS = new Set(
  "matrix cookbook book mc mml mathematics machine learning bishop prml esl hastie gpml rasmussen murphy section chapter number no question task problem".split(" ").map(stem),
);

/* What people call a work, with the letters by which pages cite it. */
const WORKS = { mml: "mml", mc: "mc", cookbook: "mc", exercise: "mml", ex: "mml", bishop: "bishop", prml: "bishop", esl: "esl", hastie: "esl", gpml: "gpml", rasmussen: "gpml", murphy: "murphy", mn: "mn", magnus: "mn", neudecker: "mn" };

/* --- What the reader sees ---------------------------------------------------------------------------------------- */

/* Mark in HTML the words that were found. */
function marked(html, query) {
  if (!query.words.length) return html;
  const hit = (word) => {
    const bareWords = wordsOf(word);
    return bareWords.length > 0 && bareWords.every((one) => query.meanings.some((meanings) => meanings.has(one)));
  };
  return html.replace(/<[^>]*>|&[#\w]+;|[\p{L}\p{N}]+/gu, (part) =>
    /^[<&]/.test(part) || !hit(part) ? part : `<mark>${part}</mark>`);
}

/* The function, and the sentences of a section that say most about the query: two at most. */
function teaser({ text, spelled, names }, query, isPage) {
  const blocks = [...text.matchAll(/<(p|li)>((?:(?!<\/?(?:p|li|ul|ol)>).)+)<\/\1>/gs)]
    .map(([, , inner]) => inner.replace(/<\/?(?:pre|ol|ul)>/g, "").trim())
    .filter((inner) => withoutTags(inner).trim().length > 24 && !/· source file$|^Sources?:/.test(withoutTags(inner).trim()));
  const hits = (html) => new Set(marked(html, query).match(/<mark>.*?<\/mark>/g) ?? []).size;
  const [first, ...rest] = blocks;
  const further = rest.map((block) => [hits(block), block]).sort((a, b) => b[0] - a[0])[0];
  const shown = [first, further?.[0] > hits(first ?? "") ? further[1] : null].filter(Boolean).map((block) => `<p>${marked(cut(block), query)}</p>`);
  const formula = isPage && spelled[0] && !/^\S* ?\d/.test(spelled[0]) ? `<p><code>${escaped(spelled[0])}</code></p>` : "";
  return formula + shown.join("");
}

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/* A sentence or two: cut between words, never inside a tag. */
function cut(html) {
  if (withoutTags(html).length <= 230) return html;
  const plain = withoutTags(html);
  return `${escaped(plain.slice(0, plain.lastIndexOf(" ", 220)).replace(/[,;:]$/, ""))} …`;
}

function answer(index, text, keys) {
  const { query, found } = index.search(text, keys);
  const items = found.map(({ page, score, sections }) => {
    const [root, ...rest] = sections;
    const item = ({ section, score: own }, best, isPage) => ({
      location: section.doc.location,
      title: marked(section.doc.title, query),
      text: teaser(section, query, isPage),
      score: best,
      terms: termsOf(query, page),
    });
    const further = rest.filter(({ score: own }) => own > 1).sort((a, b) => b.score - a.score);
    const leads = further.length > 0 && further[0].score > root.score;
    // The first one with the highest score is shown with its text; what scores less is folded.
    return [
      item(root, leads ? score * 0.99 : score, true),
      ...further.map((one, place) => item(one, leads && place === 0 ? score : Math.min(score * 0.98, one.score), false)),
    ].sort((a, b) => b.score - a.score);
  });
  return { items, suggest: suggestion(index, text) };
}

/* The words of the query, as they were typed, that the page has: they are marked on it. */
function termsOf(query, page) {
  const isThere = (word) => query.words.some((one, place) => wordsOf(word).includes(one) &&
    [...query.meanings[place].keys()].some((meaning) => page.text.has(meaning)));
  return Object.fromEntries((query.said.match(/\p{L}{2,}/gu) ?? []).filter(isThere).map((word) => [word, true]));
}

/* How the word that is being typed may go on: the word that most titles have. */
function suggestion(index, text) {
  const last = text.toLowerCase().match(/[a-z]{2,}$/)?.[0];
  if (!last) return [];
  const counts = new Map();
  for (const page of index.pages.values()) {
    for (const word of withoutTags(page.sections[0].doc.title).toLowerCase().match(/[a-z]+/g) ?? []) {
      if (word.startsWith(last) && word !== last) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].length - b[0].length).slice(0, 1).map(([word]) => word);
}

/* --- Messages, as Material numbers them ---------------------------------------------------------------------------- */

const SETUP = 0;
const READY = 1;
const QUERY = 2;
const RESULT = 3;

/* How long a query waits for the engine, in milliseconds. What comes later is shown when it comes. */
const PATIENCE = 250;

/* The keys of a formula, from a page that has the engine loaded; none are asked for where no page has. */
class Keys {
  constructor(channel) {
    this.channel = channel;
    this.known = new Map();
    this.isThere = false;
    this.channel.addEventListener("message", ({ data }) => {
      this.isThere ||= data.engine === true;
      if (data.keys?.length && data.found === this.number) this.resolve(data.keys);
    });
    this.channel.postMessage({ who: true });
  }

  ask(question) {
    const name = JSON.stringify(question);
    if (!this.known.has(name)) {
      this.number = `${performance.timeOrigin} ${performance.now()}`;
      const keys = new Promise((resolve) => (this.resolve = resolve));
      keys.then((found) => this.known.set(name, Promise.resolve(found)));
      this.channel.postMessage({ find: this.number, ...question });
      return keys;
    }
    return this.known.get(name);
  }
}

/* A browser that keeps nothing for a site may refuse the channel, too. */
function keysOfEngines() {
  try {
    return new Keys(new BroadcastChannel("jacobook search"));
  } catch {
    return null;
  }
}

if (typeof importScripts === "function") {
  const keys = keysOfEngines();
  let latest = 0;
  const show = (data) => postMessage({ type: RESULT, data });

  /*
   * The index takes as long to make as a page to load, and most pages are read by somebody who searches for nothing: it
   * is made when the search is opened (theme.js says so), or at the first query.
   */
  let docs = [];
  let made = null;
  let opened = false;
  const indexOf = () => {
    if (!made) {
      made = new Index(docs.splice(0));
      performance.mark("search index");
    }
    return made;
  };
  const makeReady = () => opened && docs.length && indexOf();
  keys?.channel.addEventListener("message", ({ data }) => {
    opened ||= data.opened === true;
    makeReady();
  });

  const respond = async (text) => {
    const number = ++latest;
    const index = indexOf();
    const question = keys?.isThere ? index.question(text) : null;
    if (!question) return show(answer(index, text));
    const asked = keys.ask(question);
    const soon = await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
    if (number !== latest) return undefined;
    show(answer(index, text, soon));
    if (soon) return undefined;
    const late = await asked;
    return number === latest ? show(answer(index, text, late)) : undefined;
  };

  addEventListener("message", ({ data }) => {
    if (data.type === SETUP) {
      ({ docs } = data.data);
      made = null;
      postMessage({ type: READY });
      makeReady();
    } else if (data.type === QUERY) {
      if (data.data.trim()) respond(data.data);
      else {
        latest++;
        show({ items: [] });
      }
    }
  });
}
