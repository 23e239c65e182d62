"""Runs questions in weir and, as the Spark SQL that weir prints for them, in one Spark session; compares value by value.

    differ.py WEIR SAMPLES DOCS FOLDER PARTIALS     prints "ok NAME", "not ok NAME: WHY"

What weir says is not quite the same (a comment before the SQL) may differ within the bound of its kind; anything else is an error.
DOCS is docs/spark.md, whose table lists all of them."""
import datetime
import math
import os
import re
import subprocess
import sys

import agreement as agreement_of
import counted
import data
import expressions

GENERATED, SEED, AT_ONCE = int(os.environ.get("WEIR_EXPRESSIONS", "2000")), 20261122, 60


# ---- weir ----

class Refused(Exception):
    pass


def weir(*args):
    done = subprocess.run([WEIR, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        raise Refused(done.stderr.decode(errors="replace").strip())
    return done.stdout.decode()


def explain(*args):
    """The SQL, and the comments before it."""
    text = weir("--explain", *args).split("\nspark\n", 1)[1]
    lines = text.split("\n")
    notes = [line[3:] for line in lines if line.startswith("-- ") and not line.startswith("-- with spark.sql.")]
    seen.update(notes)
    return "\n".join(line for line in lines if not line.startswith("-- ")), notes


def table(*args):
    rows = list(unquoted(weir("-b", "-q", "-o", "csv", *args)))
    return rows[0], rows[1:]


def unquoted(text):
    """RFC 4180, with None for a field that is empty and has no quotes: the csv module does not tell."""
    row, field, quoted, at = [], [], False, 0
    while at < len(text):
        c = text[at]
        if c == '"':
            quoted = True
            end = at + 1
            while not (text[end] == '"' and text[end + 1:end + 2] != '"'):
                end += 2 if text[end] == '"' else 1
            field.append(text[at + 1:end].replace('""', '"'))
            at = end + 1
            continue
        if c in ",\n":
            value = "".join(field)
            row.append(None if not value and not quoted else value)
            field, quoted = [], False
            if c == "\n":
                yield row
                row = []
        elif c != "\r" or text[at + 1:at + 2] != "\n":
            field.append(c)
        at += 1


def micros(text):
    text = text.rstrip("Z")
    moment = datetime.datetime.fromisoformat(text[:19])
    fraction = (text[20:] + "000000")[:6]
    return (moment - datetime.datetime(1970, 1, 1)) // datetime.timedelta(microseconds=1) + int(fraction)


# ---- Spark ----

def start():
    from pyspark.sql import SparkSession
    options = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "1", "spark.sql.adaptive.enabled": "false", "spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "false",
               "spark.sql.caseSensitive": "true", "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1",
               "spark.sql.warehouse.dir": FOLDER + "/warehouse", "spark.driver.extraJavaOptions": "-Dderby.system.home=" + FOLDER,
               "spark.ui.showConsoleProgress": "false",
               # each query is another one: compiling it takes longer than running it
               "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}
    builder = SparkSession.builder.master("local[2]").appName("weir")
    for name, value in options.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    return session


def make_table(name, columns, rows):
    """Columns with a type each; times are ISO 8601. _offset is the row's number."""
    from pyspark.sql import types
    kinds = {"bigint": types.LongType, "double": types.DoubleType, "string": types.StringType, "boolean": types.BooleanType, "timestamp": types.LongType}
    schema = types.StructType([types.StructField(c, kinds[k]()) for c, k in columns] +
                              [types.StructField("_partition", types.LongType()), types.StructField("_offset", types.LongType())])
    times = [k == "timestamp" for _, k in columns]
    typed = [[micros(v) if is_time and v is not None else v for v, is_time in zip(row, times)] + [0, k] for k, row in enumerate(rows)]
    frame = spark.createDataFrame(typed, schema)
    names = [f"timestamp_micros(`{c}`) as `{c}`" if k == "timestamp" else f"`{c}`" for c, k in columns]
    # in one piece: a question of so few rows takes longer to hand round than to answer
    frame.selectExpr(*names, "`_partition`", "`_offset`").coalesce(1).cache().createOrReplaceTempView("`" + name + "`" if "." in name else name)


def ask(sql):
    """Names, types and rows; times in microseconds."""
    frame = spark.sql(sql)
    kinds = [field.dataType.simpleString() for field in frame.schema.fields]
    names = [field.name for field in frame.schema.fields]
    quoted = ["`" + n.replace("`", "``") + "`" for n in names]
    # by position: two columns of the table may have one name
    picked = [f"unix_micros({q}) as {q}" if k == "timestamp" else q for q, k in zip(quoted, kinds)]
    return names, kinds, [list(row) for row in frame.selectExpr(*picked).collect()]


# ---- comparing ----

def same(text, value, kind):
    """Whether weir's text is Spark's value, to the bit but for the sign of zero."""
    if text is None or value is None:
        return text is None and value is None
    if kind == "bigint" or kind.startswith("decimal(38,0"):
        return "." not in text and text == str(value)
    if kind == "double":
        if text.lstrip("-").isdigit():
            return False  # it is an int64
        number = float(text)
        return number == value or (math.isnan(number) and math.isnan(value))
    if kind == "timestamp":
        return text.endswith("Z") and micros(text) == value
    if kind == "boolean":
        return text == ("true" if value else "false")
    return kind == "string" and text == value


def close(text, value, share):
    try:
        a, b = float(text), float(value)
    except (TypeError, ValueError):
        return False
    return a == b or abs(a - b) <= share * max(abs(a), abs(b))


# What a note allows: the words that it begins with, and how far the value may be.
ALLOWED = [
    ("the last digit of ln", lambda a, b: close(a, b, 4e-15) or (a in (None, "NaN", "Infinity", "-Infinity"))),
    ("the last digits of sums", lambda a, b: close(a, b, 1e-12)),
    ("floats below 0.001", lambda a, b: True),
    ("upper and lower", lambda a, b: True),
    ("a value in JSON", lambda a, b: True),
    ("of texts, only times", lambda a, b: True),
    ("a pattern of like", lambda a, b: True),
    ("a backslash at the end", lambda a, b: True),
    ("quantiles", lambda a, b: close(a, b, 0.0101)),
    ("distinct", lambda a, b: close(a, b, 1e-3)),
    ("a number that another", lambda a, b: True),
    ("whole numbers of more", lambda a, b: True),
]


def allowed(notes, text, value):
    """The note that allows it; None: none does."""
    return next((note for note in notes for start, test in ALLOWED if note.startswith(start) and test(text, value)), None)


# ---- expressions ----

class Expressions:
    def __init__(self):
        self.equal = self.inexact = self.refused = 0
        self.bad = []
        self.file = FOLDER + "/rows.ndjson"
        self.known = ["-t", "t", "-d", "tt=cast(t3 as timestamp)"]

    def question(self, some):
        args = list(self.known)
        for k, e in enumerate(some):
            args += ["-d", f"e{k}={e}"]
        return args + ["rows=" + self.file]

    def run(self, some):
        """Many at once; when that fails, halves, so that one alone is blamed."""
        try:
            sql, notes = explain(*self.question(some))
            names, rows = table(*self.question(some))
            their_names, kinds, their_rows = ask(sql)
        except Refused as why:
            if len(some) > 1:
                return self.halves(some)
            self.refused += 1
            if some[0] in expressions.GIVEN:
                self.bad.append((some[0], "refused by weir: " + str(why)))
            return None
        except Exception as why:  # Spark's, of many classes
            if len(some) > 1:
                return self.halves(some)
            if any(note.startswith("cannot be run") for note in notes):
                self.inexact += 1
                agreement.expression(some[0], {note for note in notes if note.startswith("cannot be run")})
            else:
                self.bad.append((some[0], "Spark: " + str(why).split("\n")[0][:300] + "\n      " + sql))
            return None
        their_rows.sort(key=lambda row: row[their_names.index("id")])
        for k, e in enumerate(some):
            self.compare(e, names.index(f"e{k}"), rows, their_names.index(f"e{k}"), kinds, their_rows)
        return None

    def halves(self, some):
        self.run(some[:len(some) // 2])
        self.run(some[len(some) // 2:])

    def compare(self, e, column, rows, theirs, kinds, their_rows):
        wrong = [(row[0], row[column], other[theirs]) for row, other in zip(rows, their_rows) if not same(row[column], other[theirs], kinds[theirs])]
        if len(rows) != len(their_rows):
            self.bad.append((e, f"{len(rows)} rows here, {len(their_rows)} there"))
        elif not wrong:
            self.equal += 1
            agreement.expression(e, ())
        else:
            sql, notes = explain(*self.question([e]))
            if "t2" not in e and "timestamp" not in e:  # that note is of tt, which is read from texts in ISO 8601 only
                notes = [note for note in notes if not note.startswith("of texts, only times")]
            worse = [w for w in wrong if not allowed(notes, w[1], w[2])]
            if worse:
                self.bad.append((e, f"row {worse[0][0]}: {worse[0][1]!r} here, {worse[0][2]!r} there ({kinds[theirs]}, {len(worse)} rows)\n      {sql}"))
            else:
                self.inexact += 1
                agreement.expression(e, {allowed(notes, w[1], w[2]) for w in wrong})


def check_expressions():
    with open(FOLDER + "/rows.ndjson", "w") as out:
        rows = data.rows()
        out.write(data.ndjson(rows))
    make_table("rows", data.COLUMNS, rows)
    x = Expressions()
    todo = expressions.GIVEN + expressions.generated(GENERATED, SEED)
    for at in range(0, len(todo), AT_ONCE):
        x.run(todo[at:at + AT_ONCE])
    for e, why in x.bad[:40]:
        print(f"not ok {e}: {why}")
    print(f"# {len(todo)} expressions: {x.equal} equal, {x.inexact} within what is said, {x.refused} refused, {len(x.bad)} wrong")
    if not x.bad:
        print(f"ok {len(todo)} expressions")


# ---- views ----

FILES = {"web": "web.ndjson", "orders": "orders.csv", "access": "access.log", "app": "app.logfmt"}
TYPES = {"int64": "bigint", "float64": "double", "bool": "boolean", "timestamp": "timestamp", "string": "string", "null": "string"}


def load(name):
    """A sample as weir reads it, as a table of that name."""
    source = f"{name}={SAMPLES}/{FILES[name]}"
    line = next(line for line in weir("--explain", source).split("\n") if line.startswith("stream "))
    columns = []
    for field in line.split(": ", 1)[1].split(", "):
        column, kind = field.replace(" (event time)", "").rsplit(" ", 1)
        columns.append((column, TYPES[kind]))
    read = {"bigint": int, "double": float, "boolean": lambda v: v == "true", "timestamp": str, "string": str}
    _, rows = table(source)
    known[name] = columns, re.search(r"[:,] (\S+) timestamp \(event time\)", line)
    make_table(name, columns, [[None if v is None else read[kind](v) for v, (_, kind) in zip(row, columns)] for row in rows])


def check_view(source, args):
    """Why the two differ; None: they do not."""
    sources = [f"{name}={SAMPLES}/{FILES[name]}" for name in source.split("+")]
    sql, notes = explain(*args, *sources)
    names, rows = table(*args, *sources)
    their_names, kinds, theirs = ask(sql)
    if "select *\n" in sql:  # the place of a row is no column of weir's
        kept = [k for k, name in enumerate(their_names) if name not in ("_partition", "_offset")]
        their_names, kinds, theirs = [their_names[k] for k in kept], [kinds[k] for k in kept], [[row[k] for k in kept] for row in theirs]
    if names != their_names:
        return f"columns {names} here, {their_names} there\n{sql}"
    if len(rows) != len(theirs):
        return f"{len(rows)} rows here, {len(theirs)} there\n{sql}"
    if "order by" not in sql:  # rows as they are
        theirs.sort(key=lambda row: [str(v) for v in row])
        rows.sort(key=lambda row: [str(micros(v)) if k == "timestamp" and v else {"true": "True", "false": "False"}.get(v, v) if k == "boolean" else
                                   str(float(v)) if k == "double" and v else str(v) for v, k in zip(row, kinds)])
    for k, (row, other) in enumerate(zip(rows, theirs)):
        for name, kind, text, value in zip(names, kinds, row, other):
            if not same(text, value, kind) and not allowed(notes, text, value):
                return f"row {k}, {name}: {text!r} here, {value!r} there ({kind})\n{sql}"
    return None


known = {}  # by sample: its columns, and a match of the time column
BACK = {"bigint": "int64", "double": "float64", "boolean": "bool", "timestamp": "timestamp", "string": "string"}
SQL_TYPES = {"int64": "BIGINT", "float64": "DOUBLE", "bool": "BOOLEAN", "timestamp": "TIMESTAMP", "string": "STRING", "null": "STRING"}


def agree(text, other, notes, used):
    """used: takes the note that was needed."""
    if text == other or (close(text, other, 0) and "." in text + other):  # 3 and 3.0 are no different
        return True
    note = allowed(notes, text, other)
    if note:
        used.add(note)
    return note is not None


def check_counted(source, args, live):
    """Why the answer from partial rows is another one; None: it is not, or cannot be asked."""
    streams = [(name, [(c, BACK[k]) for c, k in known[name][0]], known[name][1] and known[name][1][1]) for name in source.split("+")]
    refused, found = counted.counted(program, streams, args, ask, spark, SQL_TYPES, live)
    if refused:
        seen_refused.append((args, refused))
        agreement.view(source, args, refused, {})
        return None
    sql, notes, answer, n_sent = found
    seen_partial.update(notes)
    names, rows = table(*args, *[f"{name}={SAMPLES}/{FILES[name]}" for name in source.split("+")])
    if len(rows) != len(answer):
        return f"{len(rows)} rows, {len(answer)} from {n_sent} partial rows\n{sql}"
    used = [set() for _ in names]
    for k, (row, other) in enumerate(zip(rows, answer)):
        for name, text, value, of_name in zip(names, row, other, used):
            if not agree(text, value, notes, of_name):
                return f"row {k}, {name}: {text!r}, {value!r} from {n_sent} partial rows\n{sql}"
    n_measures = len(re.split(r",(?![^(]*\))", ",".join(agreement_of.values(args, "-m")) or "count"))
    agreement.view(source, args, None, dict(enumerate(used[len(names) - n_measures:])))
    return None


def note_counted(source, args):
    streams = [(name, [(c, BACK[k]) for c, k in known[name][0]], known[name][1] and known[name][1][1]) for name in source.split("+")]
    for line in program.ask(counted.question(streams, args) + ["live"]):
        if line.startswith("-- ") and not line.startswith("-- with "):
            seen_partial.add(line[3:])
            agreement.stream(source, args, [line[3:]])


seen_refused, seen_partial = [], set()


def check_partials():
    import views
    done = bad = 0
    for source, args in views.VIEWS:
        for live in (False, True):
            try:
                if live and ("-W" in args or "-n" in args):
                    note_counted(source, args)  # a screen shows one window; its SQL differs in the pane alone
                    continue
                why = check_counted(source, args, live)
            except Exception as failure:  # Spark's, of many classes
                why = "failed: " + str(failure)[:2000]
            done += 1
            if why:
                bad += 1
                print(f"not ok partial rows{' of a stream' if live else ''}, {source} {' '.join(args)}: {why}")
    for args, why in seen_refused:
        if "-g" in args or "-m" in args:
            expected = "rows" in " ".join(args)
            if not expected:
                bad += 1
                print(f"not ok partial rows, {' '.join(args)}: refused: {why}")
    listed = set(listed_notes("<!-- partial rows -->\n"))
    everywhere = {note for note, _ in documented()} | listed
    for note in sorted((seen_partial - everywhere - {n for n in seen_partial if n.startswith(BESIDE)}) | (listed - seen_partial)):
        bad += 1
        print(f"not ok docs/spark.md, partial rows: {note!r} is listed or said alone")
    print(f"# {done} questions by partial rows, {len(seen_refused)} refused")
    if not bad:
        print(f"ok {done - len(seen_refused)} questions by partial rows")


def check_views():
    import views
    for name in FILES:
        load(name)
    bad = 0
    for source, args in views.VIEWS:
        try:
            why = check_view(source, args)
        except Refused as refusal:
            why = f"refused by weir: {refusal}"
        except Exception as failure:  # Spark's, of many classes
            why = "Spark: " + str(failure).split("\n")[0][:400]
        if why:
            bad += 1
            print(f"not ok {source} {' '.join(args)}: {why}")
    if not bad:
        print(f"ok {len(views.VIEWS)} views")


# ---- the table of what is not the same ----

seen = set()  # notes of all questions


def listed_notes(mark):
    with open(DOCS, encoding="utf-8") as doc:
        part = doc.read().split(mark, 1)[1].split("<!-- end", 1)[0]
    return [line.split(" | ")[0][2:] for line in part.strip().split("\n")[2:]]


BESIDE = ("a number that another", "changes since", "this is the answer", "whole numbers of more")


def documented():
    with open(DOCS, encoding="utf-8") as doc:
        part = doc.read().split("<!-- exactness -->\n", 1)[1].split("<!-- end", 1)[0]
    for line in part.strip().split("\n")[2:]:
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        yield cells[0], [cell.strip("`") for cell in cells[1:]]


def is_measure(call):
    return re.match(r"(sum|p\d+|distinct|mode)\(", call)


def check_row(note, call, here, there):
    """Why the row is wrong; None: it is right."""
    source = "rows=" + FOLDER + "/rows.ndjson"
    args = ["-t", "t", "-m", call, source] if is_measure(call) else ["-t", "t", "-d", "e=" + call, source]
    sql, notes = explain(*args)
    if note not in notes:
        return f"weir says {notes}"
    if here == "–":
        return None
    names, rows = table(*args)
    their_names, _, theirs = ask(sql)
    theirs.sort(key=lambda row: row[their_names.index("id")])
    pairs = [(row[names.index("e")], other[their_names.index("e")]) for row, other in zip(rows, theirs)]
    shown = {(a, {True: "true", False: "false", None: "–"}.get(b, b)) for a, b in pairs}
    return None if (here, there) in shown else f"not among {sorted(map(str, shown))}"


def check_table():
    rows, bad = list(documented()), 0
    for note, (call, here, there) in rows:
        why = check_row(note, call, here, there)
        if why:
            bad += 1
            print(f"not ok docs/spark.md, {call}: {why}")
    for note in sorted(seen - {note for note, _ in rows}):
        if not note.startswith(BESIDE):
            bad += 1
            print(f"not ok docs/spark.md: there is no row for {note!r}")
    if not bad:
        print(f"ok the {len(rows)} rows of docs/spark.md")


def check_agreement():
    fabric = "local[2]?brokers=127.0.0.1:1"
    why = agreement_of.check(DOCS, agreement.lines(WEIR, fabric, SAMPLES + "/web.ndjson"), "WEIR_WRITE_AGREEMENT" in os.environ)
    print("ok docs/spark.md agrees with the run" if not why else f"not ok docs/spark.md, agreement: {why}")


if __name__ == "__main__":
    agreement = agreement_of.Agreement()
    WEIR, SAMPLES, DOCS, FOLDER, PARTIALS = sys.argv[1:6]
    spark, program = start(), counted.Program(PARTIALS, FOLDER)
    check_views()
    check_partials()
    check_expressions()
    check_table()
    check_agreement()
    spark.stop()
