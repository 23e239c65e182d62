"""The table of docs/spark.md that says, part by part of a question, whether Spark computes it and how exact it is there. Its lines are
what a run found: differ.py tells of each question and each expression how far the two agreed."""
import os
import re
import subprocess

START, END = "<!-- agreement -->\n", "<!-- end of agreement -->"


def values(args, option):
    return [value for name, value in zip(args[::2], args[1::2]) if name == option]


def window(args, kind):
    found = values(args, "-W")
    return bool(found) and re.match(kind, found[0]) is not None


def measure(name):
    return lambda source, args: any(re.match(rf"{name}\b", value.strip()) for value in values(args, "-m"))


# Parts of a question, and whether one has it.
WINDOWS = [
    ("`--window all`", lambda source, args: not values(args, "-W")),
    ("sliding windows", lambda source, args: window(args, r"\d") and not values(args, "--at")),
    ("sliding windows with `--at`", lambda source, args: window(args, r"\d") and bool(values(args, "--at"))),
    ("`tumbling`", lambda source, args: window(args, "tumbling")),
    ("`hopping`", lambda source, args: window(args, "hopping")),
    ("`since`", lambda source, args: window(args, "since")),
    ("`rows N`", lambda source, args: window(args, "rows")),
]
CLAUSES = [
    ("`--where`", lambda source, args: bool(values(args, "-w"))),
    ("`--derive`", lambda source, args: bool(values(args, "-d"))),
    ("`--group`", lambda source, args: bool(values(args, "-g"))),
    ("no group", lambda source, args: bool(values(args, "-m")) and not values(args, "-g")),
    ("`--top`", lambda source, args: bool(values(args, "-n"))),
    ("`--sort`", lambda source, args: bool(values(args, "-s"))),
    ("several streams", lambda source, args: "+" in source),
    ("`where` in a measure", lambda source, args: any(" where " in value for value in values(args, "-m"))),
]
MEASURES = [(f"`{name}`", measure(name)) for name in ("count", "sum", "avg", "min", "max", "stddev", "variance", "rate", "first", "last", "distinct")] + [
    ("`p50` … `p99.9`, `median`", measure(r"(p[0-9.]+|median)"))]
# Of a stream, what SQL says of its windows.
OF_WINDOWS = ("rows without a time", "a window begins", "a row is late")

# What is refused before anything runs, by weir itself or because it is to run on Spark.
REFUSED = [("`session`", ["-W", "session 30s"]), ("`--dedupe`", ["--dedupe", "user"]), ("`--key`", ["--key", "user"]), ("`--grace`", ["--grace", "5s"]),
           ("`--why`", ["--why", "status >= 500"]), ("`--every`", ["--every", "1m"]), ("`_malformed`", ["-w", "_malformed"])]


class Agreement:
    def __init__(self):
        self.asked, self.notes, self.streams, self.reasons, self.functions = set(), {}, {}, {}, {}

    def view(self, source, args, refused, notes):
        """refused: the reason, or None; notes: by the number of a measure, those that a difference needed."""
        for name, has in WINDOWS + CLAUSES:
            if has(source, args) and refused:
                self.reasons[name] = refused
            elif has(source, args):
                self.asked.add(name)
        measures = re.split(r",(?![^(]*\))", ",".join(values(args, "-m")) or "count")
        for k, one in enumerate(measures):
            for name, has in MEASURES:
                if not refused and has(source, ["-m", one]):
                    self.asked.add(name)
                    self.notes.setdefault(name, set()).update(notes.get(k, ()))

    def stream(self, source, args, notes):
        """What the SQL of a stream says."""
        for name, has in WINDOWS:
            if has(source, args):
                self.streams.setdefault(name, set()).update(note for note in notes if note.startswith(OF_WINDOWS))

    def expression(self, text, notes):
        """An expression that calls one function alone tells of that function; one that calls none tells of operators."""
        called = set(re.findall(r"\b([a-z_0-9]+)\(", text))
        if len(called) == 1:
            self.functions.setdefault(called.pop(), set()).update(notes)
        elif not called:
            self.functions.setdefault("operators", set()).update(notes)

    def how_exact(self, name):
        if self.notes.get(name):
            return "; ".join(sorted(self.notes[name]))
        of_streams = sorted(self.streams.get(name, ()))
        return "equal" + (", but of a stream " + "; ".join(of_streams) if of_streams else "")

    def lines(self, weir, fabric, source):
        import pyspark
        home = {**os.environ, "SPARK_HOME": os.path.dirname(pyspark.__file__)}
        yield "| part | on Spark | how exact |"
        yield "|---|---|---|"
        for name, _ in WINDOWS + CLAUSES + MEASURES:
            if name in self.asked:
                yield f"| {name} | yes | {self.how_exact(name)} |"
            else:
                yield f"| {name} | no: {self.reasons.get(name, 'not asked')} | |"
        for name, args in REFUSED:
            done = subprocess.run([weir, "-b", "--explain", "--fabric", fabric, "-g", "service", "-m", "count", *args, source],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=home)
            said = re.match(r"weir: [^:]*: (.*?)( \(.*\))?$", done.stderr.strip().split("\n")[0])
            yield f"| {name} | no: {said[1] if done.returncode and said else 'it is taken'} | |"
        equal = sorted(name for name, notes in self.functions.items() if not notes)
        yield f"| {', '.join(f'`{name}`' if name != 'operators' else name for name in equal)} | yes | equal |"
        for name, notes in sorted(self.functions.items()):
            if notes:
                yield f"| `{name}` | yes | {'; '.join(sorted(notes))} |"


def check(docs, lines, write):
    """Why the page has another table; None: it has this one."""
    with open(docs, encoding="utf-8") as doc:
        text = doc.read()
    before, rest = text.split(START, 1)
    there, after = rest.split(END, 1)
    made = "".join(line + "\n" for line in lines)
    if write:
        with open(docs, "w", encoding="utf-8") as doc:
            doc.write(before + START + made + END + after)
        return None
    if there == made:
        return None
    missing = [line for line in made.split("\n") if line not in there.split("\n")]
    return f"the run says {missing[:4]!r}" if missing else "it has lines that the run does not say"
