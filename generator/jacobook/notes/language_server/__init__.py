"""A language server: what an editor shows of notes and entries while they are typed.

    open_texts.py   which kind of text is open, and what is wrong in it, each mark worked out once
    entry_faults.py   what is wrong in an entry of a collection
    cursor_places.py, shapes_at_cursor.py   what stands under the cursor, and its shape
    completions.py   what may be typed next
    server.py   the protocol

Only `server.py` needs pygls. Columns are counted from 1, in characters; the server translates.
"""
