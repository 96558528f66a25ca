"""The course *Start here*: short pages in one line, each with one idea and two exercises.

A page is a Markdown file in `lessons/`; the number at the front of its name is its place. Its head, in YAML, says what
it needs and which functions it differentiates:

    ---
    title: The trace
    idea: The trace reads off the derivative of a scalar function of a matrix.
    needs: [transposes]
    given: ["A, X in R^(M x N)"]
    examples:
      inner: { expression: ["f = tr(A'*X)"], wrt: X }
    exercises:
      - { question: "…", expression: ["f = tr(X)"], wrt: X }
      - { question: "…", expression: ["f = tr(X'*X)"], wrt: X }
    ---

Below the head stands Markdown. No result is ever typed in: a page asks the engine for it.

- A formula between backticks is written in the language of statements: `A*x`, `dx`, `A[i,j]`. Its names are those under
  `given`. One with a sign of equality, such as `tr(A*B) = tr(B*A)`, has to hold for all values: the build checks it.
  Questions and hints have formulas, too.
- `{inner.result}` is the derivative of an example; so are `function`, `left` (the symbol df/dX), `shape`, `statement`,
  `turned` and `turned_shape` (the denominator layout).
- A paragraph in brackets is a block: `[result inner]`, `[lines inner]`, `[entries inner]`, `[together inner]`,
  `[ending inner]` (its last stage), `[partials inner]`, `[chain inner]`, `[shapes inner]`, `[numbers inner]`,
  `[layouts inner]`, `[pattern inner]`, `[changes inner at 2]`, and `[picture dy = A*dx]` for a product of names.

Examples and exercises are derived and verified as every entry is; only the declarations that they use are theirs.
"""
