#!/usr/bin/env python3
"""The pictures of docs/demo.md, from the screens of a demonstration that runs.

    pictures.py WEIR FOLDER [--write] [NAME…]

FOLDER is that of demo/start. Each picture is a call of docs/demo.md, with keys and what must be on the screen before them; it must then hold
what the page says that it shows. Prints "ok NAME" or "not ok NAME: WHY" for each, see ../run; those of a server that is left out are
skipped. --write puts the pictures into the page."""
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "bench"))
import terminal  # noqa: E402

PATIENCE_S, COLUMNS, ROWS = 300, 110, 36
FIGURES = r"apple +[0-9,]+ +[0-9,]+"
CAUGHT_UP = rf"LIVE +[1-9]\d*/s +lag \d\d? (?s:.*){FIGURES}"  # what had come before is read: the rate is that of the orders
BROKER = f"{ROOT}/tests/integration/kafka/broker"

# name, call, steps (what must be on the screen, then keys, or a command behind "$ "), what must come last, the picture's lines, what they hold
PICTURES = [
    ("rolls", "weir \"$STREAM\" -g item -m 'count,sum(quantity)' -W 1m", [], CAUGHT_UP, (1, 13),
     [r"● LIVE +\d+/s +lag \d+ +1m sliding", r"item by count", FIGURES]),
    ("stays", "weir \"$STREAM?from=-5m\" -g item -m 'count,sum(quantity)' -W \"since $SINCE\"", [], CAUGHT_UP, (1, 13),
     [r"● LIVE .* since \d\d:\d\d:\d\dZ", FIGURES]),
    ("paused", "weir \"$STREAM\" -g item -m 'count,sum(quantity)' -W 1m", [(CAUGHT_UP, " ")], r"PAUSED at .*, [0-9]+ waiting", (1, 2),
     [r"‖ PAUSED at \d\d:\d\d:\d\d, \d+ waiting"]),
    ("beside", "weir landed=\"$TABLE\" live=\"$STREAM?from=-5m\" -g item,_stream -m 'sum(quantity)' -W 1m", [(r"apple +(landed|live)", "#")],
     r"item +(landed|live) +(landed|live) +total(?s:.*)apple( +[0-9,]+){3}", (9, 23), [r"item +(landed|live) +(landed|live) +total", r"apple( +[0-9,]+){3}", r"total( +[0-9,]+){3}"]),
    ("broker", "weir \"$STREAM?from=-1m\" -g item -m 'count,sum(quantity)' -W 1m", [(FIGURES, f"$ {BROKER} kill $FOLDER/kafka")], r"RECONNECTING", (1, 1),
     [r"○ RECONNECTING"]),
    ("back", "weir \"$STREAM?from=-1m\" -g item -m 'count,sum(quantity)' -W 1m",
     [("RECONNECTING|reconnecting|CONNECTING", f"$ {BROKER} start $FOLDER/kafka $PORT")], rf"LIVE(?s:.*){FIGURES}(?s:.*)received", (-2, -2),
     [r"received [0-9,]+ = matched [0-9,]+ \+ filtered 0"]),
    ("spark", "weir --fabric \"$SPARK\" \"$STREAM?from=earliest\" -g item -m 'count,sum(quantity)' -W 1m", [], rf"LIVE +[1-9]\d*/s +lag \d(?s:.*){FIGURES}", (1, 13),
     [r"● LIVE +\d+/s +lag [0-9,]+ +1m sliding", FIGURES]),
]


def addresses(folder):
    done = subprocess.run(["bash", "-c", f"set -a; . '{folder}/addresses'; env -0"], stdout=subprocess.PIPE, check=True)
    names = dict(one.split("=", 1) for one in done.stdout.decode().split("\0") if "=" in one)
    names["FOLDER"] = str(folder)
    names["ADDRESS"] = names["STREAM"].split("//")[1].split("/")[0]
    names["PORT"] = names["ADDRESS"].rsplit(":", 1)[1]
    names["SINCE"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 20))
    return names


def lines_of(screen):
    return [screen.text(row).rstrip() for row in range(screen.rows)]


def wait_for(screen, wanted, seconds=PATIENCE_S):
    pattern = re.compile(wanted)

    def there(screen):
        return pattern.search("\n".join(lines_of(screen)))

    return bool(there(screen)) or screen.read(seconds, there) is not None


def act(screen, what, env):
    if what.startswith("$ "):
        subprocess.run(what[2:], shell=True, env=env, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, start_new_session=True)
        return
    for sign in what:  # a key each, as a person presses them
        screen.key(sign.encode())
        screen.read(0.1)


def leave(screen):
    screen.key(b"\x1b")
    screen.read(0.3)
    screen.key(b"q")
    end = time.monotonic() + 60
    while time.monotonic() < end and os.waitpid(screen.pid, os.WNOHANG) == (0, 0):
        screen.read_once(0.1)


def take(picture, env):
    """The picture's lines, and what is wrong with them."""
    _, call, steps, last, (first, end), holds = picture
    screen = terminal.Screen(["sh", "-c", "exec " + call], columns=COLUMNS, rows=ROWS, env=env)
    try:
        for wanted, what in steps:
            if not wait_for(screen, wanted):
                return lines_of(screen), f"{wanted} did not come"
            act(screen, what, env)
        came = wait_for(screen, last)
        lines = lines_of(screen)
        if not came:
            return lines, f"{last} did not come"
    finally:
        leave(screen)
    cut = lines[first - 1:end] if first > 0 else lines[first:end + 1 or None]
    missing = [pattern for pattern in holds if not any(re.search(pattern, line) for line in cut)]
    return cut, f"no line is {missing[0]}" if missing else ""


def put(name, lines):
    page = ROOT / "docs" / "demo.md"
    text = page.read_text(encoding="utf-8")
    mark = f"<!-- picture {name} -->\n"
    before, rest = text.split(mark, 1)
    rest = rest.split("```\n", 2)[2] if rest.startswith("```\n") else rest
    page.write_text(before + mark + "```\n" + "\n".join(lines) + "\n```\n" + rest, encoding="utf-8")


def main(weir, folder, *words):
    env = {**os.environ, **addresses(pathlib.Path(folder).resolve()), "PATH": f"{pathlib.Path(weir).resolve().parent}:{os.environ['PATH']}"}
    names = [word for word in words if word != "--write"]
    for picture in PICTURES:
        name, call = picture[:2]
        if names and name not in names:
            continue
        lacking = [word for word in ("TABLE", "SPARK") if f"${word}" in call and not env[word]]
        if lacking:
            print(f"skip picture {name}: {lacking[0]} is left out", flush=True)
            continue
        lines, why = take(picture, env)
        print(f"not ok picture {name}: {why}" if why else f"ok picture {name}", flush=True)
        if why:
            print(*(f"    {line}" for line in lines), sep="\n", flush=True)
        elif "--write" in words:
            put(name, lines)


main(*sys.argv[1:])
