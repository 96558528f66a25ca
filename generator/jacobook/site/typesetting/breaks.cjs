/*
 * Where a long formula may be broken into lines: MathJax breaks at signs of relation and operation; this allows breaks
 * between factors and inside long brackets too, and forbids those inside short ones.
 *
 * Works on MathJax's internal MathML, before it is set.
 */
"use strict";

/** Formulas with fewer characters fit a phone and stay whole. */
const SHORT = 14;
/** A bracket with fewer characters stays whole. */
const SHORT_BRACKET = 24;
/** The classes of what is new in a line, and of a factor with its shape below. */
const [CHANGED, SHAPED] = ["changed", "shaped"];
const TEXCLASS = { ORD: 0, OP: 1, BIN: 2, REL: 3, OPEN: 4, CLOSE: 5, PUNCT: 6, INNER: 7 };

function allowBreaks(root) {
  let row = root.childNodes[0];
  while (row.childNodes.length === 1 && isWrapper(row.childNodes[0])) row = row.childNodes[0].childNodes[0];
  row.childNodes.filter(isShaped).forEach(makeFactor);
  root.setTeXclass(null);
  if (characters(root) < SHORT) {
    row.childNodes.forEach(keepWhole);
    return;
  }
  openMarks(row);
  openBrackets(row);
  openMarks(row);
  const children = [...row.childNodes];
  const isFree = outsideShortBrackets(children);
  // What keeps the place of a left side stays with the sign after it.
  if (children[0].isKind("mspace")) isFree.fill(false, 0, 3);
  children.forEach((child, place) => {
    if (!isFree[place] || isMarked(child)) keepWhole(child);
    if (!isFree[place]) return;
    if (place && isFactor(children[place - 1]) && isBeginOfFactor(child, children[place - 1])) {
      // A thin space before the name of a function, which is lost after some factors, as TeX has it; and one more
      // between shapes, which would otherwise touch.
      const width = classOf(child) === TEXCLASS.OP || isShaped(child) ? "0.167em" : "0";
      const space = child.factory.create("mspace", { width, linebreak: "goodbreak" });
      space.parent = row;
      row.childNodes.splice(row.childNodes.indexOf(child), 0, space);
    }
  });
}

/** Opens every long bracket of a row, then those that it held. */
function openBrackets(row) {
  const long = (child) => isLongBracket(child) || (child.isKind("msup") && isLongBracket(child.childNodes[0]));
  for (let child; (child = row.childNodes.find(long)); ) {
    if (child.isKind("msup")) openUp(row, child.childNodes[0], child);
    else openUp(row, child, null);
  }
}

function isWrapper(node) {
  return node.isKind("mstyle") && node.childNodes[0]?.isInferred;
}

const isMarked = (node) => node.isKind("mrow") && node.attributes.get("class") === CHANGED;
const isShaped = (node) => node.isKind("munder") && node.attributes.get("class") === SHAPED;

/** Spaces a factor with its shape below as a factor: a brace below makes an operator of it, after which no sign is binary. */
function makeFactor(shaped) {
  const [base] = shaped.childNodes;
  base.texClass = TEXCLASS.INNER;
  base.setProperty("texClass", TEXCLASS.INNER);
}

/** Gives the mark of a row to everything in it, so that it may be broken. */
function passMark(row) {
  if (isMarked(row)) for (const child of row.childNodes) child.attributes.set("class", CHANGED);
}

/** Puts the content of long marks into the row itself, each part with a mark of its own. */
function openMarks(row) {
  for (const mark of row.childNodes.filter((child) => isMarked(child) && child.getProperty("open") === undefined)) {
    if (characters(mark) < SHORT_BRACKET) continue;
    passMark(mark);
    for (const child of mark.childNodes) child.parent = row;
    row.childNodes.splice(row.childNodes.indexOf(mark), 1, ...mark.childNodes);
  }
}

function characters(node) {
  if (node.isKind("text")) return [...node.getText()].length;
  const counted = node.isKind("mfrac") || node.isKind("munder") ? node.childNodes.slice(0, 2) : (node.childNodes ?? []);
  const counts = counted.map((child) => (child ? characters(child) : 0));
  return node.isKind("mfrac") || node.isKind("munder") ? Math.max(...counts) : counts.reduce((a, b) => a + b, 0);
}

function contains(node, kinds) {
  return kinds.includes(node.kind) || (node.childNodes ?? []).some((child) => child && contains(child, kinds));
}

const shapesIn = (node) => isShaped(node) || (node.childNodes ?? []).some((child) => child && shapesIn(child));

/** The size that the brackets around this would have: a sum with its limits is tallest. */
function sizeOfBracket(node) {
  if (contains(node, ["munder", "munderover"])) return "3em";
  if (contains(node, ["mfrac"])) return "1.6em";
  return contains(node, ["msup", "msubsup"]) ? "1.2em" : "1em";
}

/** `\left( … \right)` around something long, in which nothing is so tall that the brackets must be measured. */
function isLongBracket(node) {
  const [first, last] = [node.childNodes?.[0], node.childNodes?.at(-1)];
  return (
    node.isKind("mrow") && first !== last && first?.isKind("mo") && last?.isKind("mo") &&
    characters(node) >= SHORT_BRACKET && !contains(node, ["mtable", "mover"]) && !shapesIn(node)
  );
}

/**
 * Puts the content of a bracket into the row itself; the brackets get the size that they would have had, and an exponent
 * goes to the closing one.
 */
function openUp(row, bracket, power) {
  passMark(bracket);
  const inside = [...bracket.childNodes];
  const size = sizeOfBracket(bracket);
  for (const [mo, texClass] of [[inside[0], TEXCLASS.OPEN], [inside.at(-1), TEXCLASS.CLOSE]]) {
    mo.attributes.setList({ minsize: size, maxsize: size, stretchy: true, symmetric: true });
    mo.texClass = texClass;
    mo.setProperty("texClass", texClass);
  }
  const place = row.childNodes.indexOf(power ?? bracket);
  if (power) {
    const closing = inside.pop();
    closing.parent = power;
    power.childNodes[0] = closing;
  }
  for (const child of inside) child.parent = row;
  row.childNodes.splice(place, 1, ...inside, ...(power ? [power] : []));
}

/** For each node of a row: whether every bracket around it is long. */
function outsideShortBrackets(children) {
  const free = children.map(() => true);
  const open = [];
  children.forEach((child, place) => {
    const texClass = classOf(child);
    if (texClass === TEXCLASS.OPEN) open.push(place);
    else if (texClass === TEXCLASS.CLOSE && open.length) {
      const start = open.pop();
      const inside = children.slice(start + 1, place);
      if (inside.reduce((count, node) => count + characters(node), 0) < SHORT_BRACKET) free.fill(false, start + 1, place + 1);
    }
  });
  return free;
}

function classOf(node) {
  return node.isEmbellished ? node.coreMO().texClass : node.texClass;
}

function keepWhole(node) {
  if (node.isEmbellished) node.coreMO().attributes.set("linebreak", "nobreak");
  else if (node.isKind("mspace")) node.attributes.set("linebreak", "nobreak");
  else if (node.isKind("mstyle")) node.childNodes[0].childNodes.forEach(keepWhole);
  else if (isMarked(node)) node.childNodes.forEach(keepWhole);
}

function isOperator(node) {
  return node.isEmbellished && [TEXCLASS.OP, TEXCLASS.BIN, TEXCLASS.REL, TEXCLASS.OPEN, TEXCLASS.PUNCT].includes(classOf(node));
}

/** Whether this is a number, 2 or ½: it stays with what it multiplies. */
function isNumber(node) {
  if (node.isKind("mn")) return true;
  const parts = (node.childNodes ?? []).filter(Boolean);
  return ["mfrac", "mstyle", "mrow", "inferredMrow", "TeXAtom"].includes(node.kind) && parts.length > 0 && parts.every(isNumber);
}

/** Whether a factor may end here: not at a number, a sign, a space, a name of a function or the d of a differential. */
function isFactor(node) {
  if (isShaped(node)) return true;
  if (isMarked(node)) return isFactor(node.childNodes.at(-1));
  if (isOperator(node) || node.isKind("mspace") || isNumber(node)) return false;
  if (node.isEmbellished) return classOf(node) === TEXCLASS.CLOSE;
  const isUpright = node.isKind("mi") && (node.attributes.get("mathvariant") === "normal" || characters(node) > 1);
  const isDifferential = (node.isKind("TeXAtom") || node.isKind("mrow")) && characters(node) === 1 && !contains(node, ["msup"]);
  return !isUpright && !isDifferential && classOf(node) !== TEXCLASS.OP;
}

/** Whether a factor may begin here; a bracket after a single letter holds its arguments. */
function isBeginOfFactor(node, before) {
  if (isMarked(node)) return isBeginOfFactor(node.childNodes[0], before);
  if (node.isKind("mspace")) return false;
  const texClass = classOf(node);
  if (texClass === TEXCLASS.OPEN) return !before.isKind("mi");
  return ![TEXCLASS.BIN, TEXCLASS.REL, TEXCLASS.CLOSE, TEXCLASS.PUNCT].includes(texClass);
}

module.exports = { allowBreaks };
