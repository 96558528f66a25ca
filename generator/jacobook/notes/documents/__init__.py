"""Files that people write, and what is marked in them: Markdown, notebooks, reStructuredText, LaTeX, Python."""
