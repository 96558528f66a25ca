"""From the collection to Markdown pages: entries are read, worked out, kept, and written through templates."""
