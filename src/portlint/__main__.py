"""Where ``portlint`` and ``python -m portlint`` begin; ``--version`` is answered before anything is loaded."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line on ``sys.argv`` and answer with the exit status."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from portlint import __version__

        print(f"portlint {__version__}")
        return 0
    import gc

    # Syntax trees hold no cycles, and looking for some takes a fifth of the time; this process does nothing else.
    gc.set_threshold(100_000, 50, 1000)
    from portlint.cli import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
