"""`python -m jacobook` is the command `jacobook`."""

from jacobook.cli import main

main()
