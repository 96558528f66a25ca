"""The engine in a reader's browser: no server, no NumPy, no SymPy.

`entry` answers requests, `reader_page` makes the HTML of a derivation from the templates of the site, `bundle` writes
what a browser loads (`loaded_modules` does its part inside Pyodide), and `numpy_stand_in` plays NumPy's part there.
"""
