"""`python -m jacobook` is the command `jacobook`."""

import sys


def start() -> None:
    """Run the command. Whoever interrupts it while it is being loaded hears the same as later."""
    try:
        from jacobook.cli import main
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        sys.exit(130)
    main()


if __name__ == "__main__":
    start()
