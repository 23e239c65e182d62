"""Files as Spark's readers hand them over, through the select that weir makes of them, against what weir reads in them itself: the
same rows, the same values, as many malformed records.

    readers.py WEIR FOLDER     prints "ok NAME", "not ok NAME: WHY"
"""
import csv
import json
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta, timezone

# A name, the ending of the file, its bytes, options of weir, and how many values are not of their column's type (of records behind
# the sample, so that weir itself makes the column wider; then the rows are not compared).
CASES = [
    ("csv", "csv", b"time,k,n,x,paid\n2026-11-22T10:00:00Z,a,1,1.5,true\n2026-11-22T10:00:01.25Z,b,-2,2e3,false\n", []),
    ("csv: quotes, separators and line ends in fields", "csv",
     b'id,text\n1,"a, b"\n2,"line one\nline two"\n3,"he said ""no"""\n4,"crlf\r\nin it"\n5,""\n6,"\\"\n7,plain "quoted" text\n', []),
    ("csv: empty fields, blanks", "csv", b"a,b,c\n1,,x\n , ,  y \n3,4.5,\n ,6, \n", []),
    ("csv: short and long records", "csv", b"a,b,c\n1,2,3\n4\n5,6\n7,8,9,10\n11,12,13,\n14,15,16,,17\n", []),
    ("csv: codes keep their zeros", "csv", b"code,n\n00501,1\n12345,2\n+5,3\n9223372036854775808,4\n", []),
    ("csv: bools in three spellings", "csv", b"k,flag\na,TRUE\nb,False\nc,true\nd,\n", []),
    ("csv: no header", "csv", b"1,a\n2,b\n3,c\n", []),
    ("csv: a header that comes again, and a name that comes twice", "csv", b"k,n,n\na,1,2\nk,n,n\nb,3,4\n", []),
    ("csv: semicolons, a byte order mark, CRLF", "csv", "\ufeffk;n\r\nä;1,5\r\nb;2\r\n".encode(), []),
    ("csv: --null", "csv", b"k,n\nNA,1\nb,-\n,3\n\"NA\",4\n", ["--null", ",NA,-"]),
    ("csv: an open quote at the end", "csv", b'k,n\na,1\nb,2\nc,"3\n', []),
    ("csv: blank lines", "csv", b"k,n\n\na,1\n\n\nb,2\n", []),
    ("csv: odd names", "csv", b"it's,\"a,b\",x`y,_c0,_raw,v\n1,2,3,4,5,6\n7,8,9,10,11,12\n", []),
    ("csv: epochs", "csv", b"ts,n\n1795341600000,1\n1795341601500,2\n", []),
    ("tsv", "tsv", b"k\tn\tt\na\t1\t2026-11-22 10:00:00\nb\t2\t2026-11-22 10:00:01\n", []),
    ("csv: bars", "csv", b"k|n\na|1\nb|2\nc|3\n", []),
    ("json", "ndjson", b'{"k":"a","n":1,"x":1.5,"user":{"id":7}}\n{"k":"b","n":-2,"x":2e3,"b":true}\n\n{"k":null}\nno json\n{"n":\n', []),
    ("json: numbers", "ndjson", b'{"n":9223372036854775807,"x":-0.5}\n{"n":0,"x":1E-3}\n', []),
]
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
REFUSED = [
    ("csv with a title above", "csv", b"a report of sales\nk,n,m\na,1,2\nb,2,3\n", [], "lines above its first record"),
    ("csv where an empty field is none", "csv", b"k,n\na,1\nb,2\n", ["--null", "NA"], "takes an empty field for NULL"),
    ("text in another encoding", "csv", b"k,n\na,1\nb,2\n", ["--encoding", "latin1"], "text in latin1 is not read there"),
]


def weir(*args):
    done = subprocess.run([WEIR, "-b", *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stdout.decode(), done.stderr.decode(errors="replace")


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def readings(path, options):
    """The columns, and what Spark is told: the reader, its options, the schema and the select."""
    code, text, said = weir("-q", "-o", "csv", *options, path)
    columns = next(csv.reader(text.splitlines()), [])
    code, text, said = weir("--explain", "-q", "--fabric", "local[1]?brokers=127.0.0.1:1", "-g", ",".join(quoted(c) for c in columns), "-m", "count", *options, path)
    if code:
        return columns, said
    found = re.search(r"\nreader   [^\n]*?: (text|csv) path=([^\n]*)\n(?:schema   ([^\n]*)\n)?(select .*?)\nspark\n", text, re.DOTALL)
    words = re.split(r" (?=[a-zA-Z]+=)", "path=" + found[2])
    return columns, (found[1], dict(word.split("=", 1) for word in words), found[3], found[4])


def plain(value):
    """A value of Spark's as weir writes it in JSON."""
    if isinstance(value, datetime):
        us = (value.astimezone(timezone.utc) - EPOCH) // timedelta(microseconds=1)
        return "T" + str(us)
    return value


def ours(value):
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT[0-9:.]+Z$", value):
        moment = datetime.fromisoformat(value[:-1] + "+00:00")
        return "T" + str((moment - EPOCH) // timedelta(microseconds=1))
    return value


def check(spark, name, ending, data, options):
    path = f"{FOLDER}/case.{ending}"
    with open(path, "wb") as out:
        out.write(data)
    columns, told = readings(path, options)
    if isinstance(told, str):
        return "refused: " + told
    reader, settings, schema, select = told
    frame = spark.read.format(reader).options(**settings)
    (frame.schema(schema) if schema else frame).load().createOrReplaceTempView("source")
    theirs, malformed, unfit = Counter(), 0, 0
    for row in spark.sql(select).collect():
        if row["_malformed"]:
            malformed += 1
            continue
        unfit += row["_unfit"]
        theirs[repr([plain(row[column]) for column in columns])] += 1
    code, text, said = weir("-q", "-o", "ndjson", "--stats", FOLDER + "/stats", *options, path)
    if code:
        return said
    rows = Counter(repr([ours(json.loads(line).get(column)) for column in columns]) for line in text.splitlines())
    with open(FOLDER + "/stats") as stats:
        wanted = json.load(stats)["malformed"]
    if rows != theirs:
        return f"weir alone has {list((rows - theirs).items())[:2]}, Spark alone {list((theirs - rows).items())[:2]}; {columns}"
    if malformed != wanted or unfit:
        return f"{malformed} malformed for {wanted}, {unfit} unfit"
    return None


def check_unfit(spark):
    """Values behind the sample that are of another type than it showed."""
    path = FOLDER + "/case.csv"
    with open(path, "w") as out:
        out.write("k,n,x\n" + "a,1,0.5\n" * 20)
    _, (reader, settings, schema, select) = readings(path, [])
    with open(path, "a") as out:
        out.write("b,two,0.5\nc,007,\nd,3.5,1x\n")
    spark.read.format(reader).options(**settings).schema(schema).load().createOrReplaceTempView("source")
    rows = [(row["k"], row["n"], row["x"], row["_unfit"]) for row in spark.sql(select).collect()][20:]
    return None if rows == [("b", None, 0.5, 1), ("c", None, None, 1), ("d", None, None, 2)] else str(rows)


def main():
    from pyspark.sql import SparkSession
    builder = SparkSession.builder.master("local[1]")
    for name, value in {"spark.ui.enabled": "false", "spark.sql.ansi.enabled": "false", "spark.sql.caseSensitive": "true", "spark.sql.session.timeZone": "UTC",
                        "spark.sql.csv.parser.columnPruning.enabled": "false", "spark.sql.shuffle.partitions": "1"}.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    for case in CASES:
        try:
            why = check(spark, *case)
        except Exception as failure:  # Spark's, of many classes
            why = f"{type(failure).__name__}: {str(failure)[:1500]}"
        print(f"not ok {case[0]}: {why}".replace("\n", " ") if why else f"ok {case[0]}", flush=True)
    why = check_unfit(spark)
    print(f"not ok csv: values of another type: {why}" if why else "ok csv: values of another type")
    for name, ending, data, options, reason in REFUSED:
        with open(f"{FOLDER}/case.{ending}", "wb") as out:
            out.write(data)
        _, told = readings(f"{FOLDER}/case.{ending}", options)
        print(f"ok {name} is refused" if isinstance(told, str) and reason in told else f"not ok {name}: {told}")
    spark.stop()


if __name__ == "__main__":
    os.environ["TZ"] = "UTC"
    WEIR, FOLDER = sys.argv[1:3]
    main()
