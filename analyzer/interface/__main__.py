"""Where ``sceau`` begins: Ctrl-C ends it quietly from the first moment, while everything is still being loaded."""

from __future__ import annotations

import sys

#: What shells give a program that Ctrl-C ended: 128 and the number of the signal.
INTERRUPTED = 130


def main() -> None:
    """Load the command line and run it."""
    try:
        from analyzer.interface import cli

        cli.main()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
