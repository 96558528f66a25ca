"""A folder for the path of a Python without NumPy: put first, it makes `import numpy` find what is inside.

Nothing here imports it, so that a Python with NumPy never meets it under that name.
"""
