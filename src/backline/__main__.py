"""`backline`: the console script. `--version` answers before anything is imported."""

from __future__ import annotations

import sys


def main() -> None:
    if sys.argv[1:] in (["--version"], ["-V"]):
        from backline import __version__

        print(f"backline {__version__}")
        return
    try:
        sys.exit(_run())
    except KeyboardInterrupt:
        # While modules are read: later `cli.run` answers for it.
        sys.exit(130)


def _run() -> int:
    import gc
    import signal

    # A cancelled job's SIGTERM: worker processes and temporary folders end with the run.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    from backline.cli import run

    # A run is short and its records hold no cycles; collecting costs a third of the time of a large change.
    gc.disable()
    return run(sys.argv[1:])


if __name__ == "__main__":
    main()
