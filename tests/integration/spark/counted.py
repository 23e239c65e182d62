"""Views by way of partial rows: Spark runs the SQL of --explain with a Spark fabric, and partials.c puts the rows into a plan. Its
answer is held against the one of weir -b. differ.py has the helpers, and makes the tables."""
import re
import subprocess

OPTIONS = {"-g": "group", "-m": "measure", "-w": "where", "-d": "derive", "-W": "window", "--at": "at", "-n": "top", "-s": "sort"}


def encoded(text):
    return "".join(chr(b) if 32 < b < 127 and b != 37 else f"%{b:02x}" for b in text.encode())


def decoded(cell):
    if cell == "-":
        return None
    return re.sub(b"%(..)", lambda m: bytes([int(m[1], 16)]), cell[1:].encode()).decode(errors="replace")


def cell(value, kind):
    """A value of Spark's as its text."""
    if value is None:
        return "-"
    if kind == "boolean":
        return "=true" if value else "=false"
    if kind == "double":
        return "=" + {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(repr(value), repr(value))
    return "=" + encoded(str(value))


class Program:
    def __init__(self, path, folder):
        self.path, self.file = path, folder + "/question"

    def ask(self, lines, rows=()):
        with open(self.file, "w") as out:
            out.write("\n".join(lines) + "\n")
        done = subprocess.run([self.path, self.file], input="".join(row + "\n" for row in rows), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return done.stdout.split("\n")


def question(streams, args):
    """streams: name, columns as (name, type), name of the time column or None."""
    lines, texts = [], {}
    for name, columns, time in streams:
        lines.append("stream " + name)
        lines += [f"column {kind} {encoded(column)}" for column, kind in columns]
        if time:
            lines.append("time " + encoded(time))
    for option, text in zip(args[::2], args[1::2]):
        texts.setdefault(OPTIONS[option], []).append(text)
    return lines + [f"view {option} " + encoded("\n".join(values)) for option, values in texts.items()]


def make_rows(spark, streams, common, types):
    """The table `rows` of the streams' tables, as a job makes it."""
    parts = []
    for number, (name, columns, time) in enumerate(streams):
        has = {column for column, _ in columns}
        picked = [f"CAST({'`' + column + '`' if column in has else 'NULL'} AS {types[kind]}) as `{column}`" for column, kind in common]
        at = f"`{time}`" if time else "CAST(NULL AS TIMESTAMP)"
        parts.append(f"select {', '.join(picked)}, {at} as `_time`, `_partition`, `_offset`, '{name}' as `_stream`, {number}L as `_source` from `{name}`")
    spark.sql(" union all ".join(parts)).createOrReplaceTempView("rows")


def counted(program, streams, args, ask, spark, types, live=False):
    """Why it cannot be asked, None; or the SQL, the notes and the answer's rows."""
    lines = question(streams, args) + (["live"] if live else [])
    out = program.ask(lines)
    refused = [line[8:] for line in out if line.startswith("refused ")]
    if refused:
        return refused[0], None
    common = [(decoded(line.split(" ")[2]), line.split(" ")[1]) for line in out if line.startswith("column ")]
    text = "\n".join(out[out.index("sql") + 1:])
    notes = [line[3:] for line in text.split("\n") if line.startswith("-- ") and not line.startswith("-- with ")]
    make_rows(spark, streams, common, types)
    names, kinds, rows = ask(text)
    wanted = [line.split(" ")[2] for line in out if line.startswith(("key ", "value "))]
    if names != wanted:
        raise RuntimeError(f"columns {names}, not {wanted}")
    sent = [" ".join(cell(value, kind) for value, kind in zip(row, kinds)) for row in rows]
    # as a stream sends them: some twice, and in no order
    out = program.ask(lines + ["answer"], sent[::-2] + sent)
    answer = [[decoded(c) for c in line.split(" ")] for line in out[out.index("answer") + 1:] if line]
    return None, (text, notes, answer, len(sent))
