#!/usr/bin/env python3
"""Runs a call of weir's screen, and looks at it: screen.py CALL (TEXT COMMAND)... TEXT

Waits for each TEXT, a regular expression, on the screen, then runs the COMMAND behind it, or types what follows `keys `; leaves with q
after the last. Ends with
status 1, and shows the screen, when a TEXT does not come, and with that of the CALL else."""
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
import terminal  # noqa: E402

PATIENCE_S = 40


def main(call, *steps):
    screen = terminal.Screen(["sh", "-c", "exec " + call], columns=120, rows=40)
    for text, command in zip(steps[::2], steps[1::2] + ("",)):
        wanted = re.compile(text)
        if screen.read(PATIENCE_S, lambda s: wanted.search(s.whole())) is None:
            whole = screen.whole()
            print(f"{text} did not come:", *(whole[i : i + 120].rstrip() for i in range(0, len(whole), 120)), sep="\n")
            os.kill(screen.pid, 9)
            return 1
        if command.startswith("keys "):
            screen.key(command.removeprefix("keys ").encode().decode("unicode_escape").encode())
        elif command:
            subprocess.run(command, shell=True, check=True)
    screen.key(b"q")
    while screen.read_once(1):
        pass
    return os.waitstatus_to_exitcode(os.waitpid(screen.pid, 0)[1])


sys.exit(main(*sys.argv[1:]))
