/* A statement, and the address that holds it: `#f=…&given=…&wrt=…`. */

export function toAddress({ lines, given, wrt, order }) {
  const found = new URLSearchParams();
  for (const line of lines) found.append("f", line);
  for (const one of given) found.append("given", one);
  if (wrt) found.set("wrt", wrt);
  if (order === 2) found.set("order", "2");
  return `#${found}`;
}

export function fromAddress(hash) {
  const found = new URLSearchParams(hash.replace(/^[#?]/, ""));
  const lines = found.getAll("f").filter((line) => line.trim());
  if (!lines.length) return null;
  return { lines, given: found.getAll("given"), wrt: found.get("wrt"), order: found.get("order") === "2" ? 2 : 1 };
}
