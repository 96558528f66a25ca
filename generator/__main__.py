"""`python -m generator`: the commands; without one, in a clone, the pages are built."""

from generator.cli import main

main(bare="build")
