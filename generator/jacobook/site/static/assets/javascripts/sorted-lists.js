/*
 * Tables of exercises can be put in order by number, as they come, or by level. The page is whole without it.
 */
{
  const level = (row) => Number(row.querySelector(".level").className.match(/level-(\d)/)[1]);

  /* Sorting is stable: exercises of one level stay in the order of their numbers. */
  const sort = (table, heads, chosen, key) => {
    const body = table.tBodies[0];
    body.append(...[...body.rows].sort((a, b) => key(a) - key(b)));
    for (const head of heads) head.removeAttribute("aria-sort");
    chosen.setAttribute("aria-sort", "ascending");
  };

  const prepare = (table) => {
    if (table.querySelector(".sort-button")) return;
    const rows = [...table.tBodies[0].rows];
    const keys = { Number: (row) => rows.indexOf(row), Level: (row) => level(row) * rows.length + rows.indexOf(row) };
    const heads = [...table.tHead.rows[0].cells].filter((cell) => cell.textContent.trim() in keys);
    for (const head of heads) {
      const key = keys[head.textContent.trim()];
      const button = Object.assign(document.createElement("button"), { type: "button", className: "sort-button" });
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, heads, head, key));
      head.append(button);
    }
    heads[0]?.setAttribute("aria-sort", "ascending");
  };

  document$.subscribe(() => document.querySelectorAll(".exercise-table table").forEach(prepare));
}
