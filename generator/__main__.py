"""`python -m generator` in a clone: the command `jacobook`, which builds the pages where it is given nothing to do."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from jacobook.cli import main

main(bare="build")
