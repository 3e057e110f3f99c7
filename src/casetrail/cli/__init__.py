"""The command line: a thin edge. Errors become words and an exit code; nothing is left half-written."""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType

# Click's own code for wrong usage is 2; 130 is what shells expect after Ctrl-C, 143 after SIGTERM.
INTERRUPTED = 130
TERMINATED = 143
UNEXPECTED = 70
_TODO = "Check free space, permissions and the length of the path; close files that are open in Excel."

# Set once the work shall stop: work in other threads, which no signal reaches, looks here between its parts.
stopping = threading.Event()


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is that of the error's class, 0 for an answer or a refusal."""
    from casetrail.cli.app import app
    from casetrail.cli.saying import complain, complain_unexpected
    from casetrail.errors import CasetrailError, OutputError

    code = 0
    try:
        app(args=arguments, standalone_mode=True)
    except CasetrailError as failure:
        complain(failure)
        code = failure.exit_code
    except KeyboardInterrupt:
        code = _stopped()
    except BrokenPipeError:
        # The reader of our output (head, less) has gone: not an error of ours, and nothing more can be said.
        sys.stderr.close()
    except OSError as failure:
        # Input and output that rooms expect are OutputError or InputError; this is our own printing, or a path.
        complain(OutputError(f"The system refused a file operation ({type(failure).__name__}).", todo=_TODO))
        code = OutputError.exit_code
    except SystemExit as leaving:
        # Typer hands on Ctrl-C as an exit with this code and without a word.
        code = int(leaving.code or 0)
        if code in (INTERRUPTED, TERMINATED):
            _stopped()
    except Exception as failure:  # noqa: BLE001  a fault we did not foresee must not print a record's value
        complain_unexpected(failure)
        code = UNEXPECTED
    return code


def _stopped() -> int:
    sys.stderr.write(
        "\nStopped. Nothing is half-written; run the same command again: it takes up what is kept, or begins anew.\n"
    )
    return INTERRUPTED


def entry() -> None:
    """Entry point of the installed command."""
    _listen()
    sys.exit(main())


def _listen() -> None:
    """Take SIGTERM like Ctrl-C: what is half-written is removed first. Signals that are ignored stay ignored."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupted)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminated)


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    stopping.set()
    raise KeyboardInterrupt


def _terminated(_number: int, _frame: FrameType | None) -> None:
    # Asked twice, the clearing up must not be broken off.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    stopping.set()
    raise SystemExit(TERMINATED)
