"""The job program against a real broker, submitted as weir submits it, with descriptions written by hand.

    job.py SERVER PROGRAM FOLDER BROKER [PART…]

See harness.py for the arguments. Prints "ok NAME" or "not ok NAME: WHY" for each test; see ../run.
"""
from __future__ import annotations

import signal
import sys
import time
from collections import Counter
from typing import Any, Dict, List

from harness import COLUMNS, FOLDER, OBSERVE, OTHER, START_S, Key, Submission, Topics, description, stream

FRUIT = ["apple", "pear", "pl\u00fcm \"x\"", "fig"]
EPOCH_US = 1_700_000_000_000_000


def check(name: str, is_so: bool, why: object = "") -> None:
    print(f"ok {name}" if is_so else f"not ok {name}: {why}".replace("\n", " ")[:2000], flush=True)


def orders(first: int, end: int, us: int = 10_000) -> List[Dict[str, Any]]:
    """Records number FIRST to END - 1, each US behind the one before: "apple 10" with a shop and a time."""
    return [{"t": EPOCH_US + n * us, "fruit": FRUIT[n % 4], "shop": f"s{n % 3}", "amount": n % 50} for n in range(first, end)]


def expected(records: List[Dict[str, Any]], group: str) -> Dict[Key, List[Any]]:
    count: Counter[Key] = Counter()
    total: Counter[Key] = Counter()
    for record in records:
        pane = record["t"] - record["t"] % 1_000_000
        key = (str(pane), record["t"] == pane, record[group])
        count[key] += 1
        total[key] += record["amount"]
    return {key: [str(count[key]), str(total[key])] for key in count}


def differs(parts: Dict[Key, List[Any]], wanted: Dict[Key, List[Any]]) -> str:
    wrong = [f"{key}: {parts.get(key)} for {wanted.get(key)}" for key in {*parts, *wanted} if parts.get(key) != wanted.get(key)]
    return f"{len(wrong)} of {len(wanted)} parts, such as {wrong[:3]}"


def streams_and_kills(topics: Topics) -> None:
    first, more = orders(0, 3000), orders(3000, 20000)
    job = Submission()
    check("it says that it starts", topics.until(lambda: topics.state()[0] == "starting", START_S, job), job.last_line() or topics.state())
    topics.order("job", description(1, [stream("orders", maxOffsetsPerTrigger="1000")]))
    check("it says that it runs", topics.until(lambda: topics.state()[:2] == ("running", 1), START_S, job), topics.state())
    topics.put("orders", first, 2)
    wanted = expected(first, "fruit")
    check("counts and sums by pane and group", topics.until(lambda: topics.parts(1) == wanted, 60, job), differs(topics.parts(1), wanted))
    check("and what was received", topics.until(lambda: topics.metric(1, "received", "orders") == 3000, 20, job), topics.metric(1, "received", "orders"))
    place = {key["batch"]: n for n, (_, key, _) in enumerate(topics.seen) if "batch" in key}
    early = [value["b"] for n, (_, key, value) in enumerate(topics.seen) if "k" in key and n > place.get(value["b"], 0)]
    check("a batch's message stands behind its rows", bool(place) and not early, early[:5])
    message = topics.batches(1)[min(topics.batches(1))]
    check("which says how long it took, how fast, and from where to where", message["batch_ms"] > 0 and message["sources"][0]["endOffset"]["orders"] is not None, message)

    beats = len([1 for _, key, _ in topics.seen if "state" in key])
    began = time.monotonic()
    topics.until(lambda: len([1 for _, key, _ in topics.seen if "state" in key]) >= beats + 3, 30, job)
    times = [at for at, key, _ in topics.seen if "state" in key and at >= began]
    check("heartbeats, at least every 5 seconds", len(times) >= 3 and max(b - a for a, b in zip(times, times[1:])) <= 5, times)

    # Killed while it is behind, so in the middle of a batch.
    before = max(topics.batches(1))
    topics.put("orders", more, 2)
    topics.until(lambda: max(topics.batches(1)) >= before + 3, 60, job)
    job.signal(signal.SIGKILL)
    topics.until(lambda: False, 1)
    behind = topics.metric(1, "received", "orders")
    job = Submission()
    wanted = expected(first + more, "fruit")
    check("killed and started again: nothing is lost, nothing doubled",
          topics.until(lambda: topics.parts(1) == wanted, START_S, job) and behind < 20000, differs(topics.parts(1), wanted) + f" with {behind} received before")
    check("and so in the counts", topics.until(lambda: topics.metric(1, "received", "orders") == 20000, 30, job), topics.metric(1, "received", "orders"))

    topics.order("job", description(2, [stream("orders")], "shop"))
    wanted = expected(first + more, "shop")
    check("a new generation takes its place", topics.until(lambda: topics.state()[:2] == ("running", 2) and topics.parts(2) == wanted, 120, job), differs(topics.parts(2), wanted))
    change = max(n for n, (_, key, value) in enumerate(topics.seen) if value.get("state") == "starting" and value["generation"] == 2)
    check("and the old one is silent from then on", not [1 for _, key, _ in topics.seen[change:] if key.get("g") == 1])
    topics.order("job", description(1, [stream("orders")], "fruit", sql="none"))
    topics.order("stop", {"time_us": 0})
    check("told to stop, it ends with status 0", job.wait(60) == 0, job.last_line())
    topics.until(lambda: topics.state()[0] == "stopped", 10)
    check("and says so", topics.state() == ("stopped", 2, None), topics.state())
    check("and leaves no process", job.is_gone())


def other_questions(topics: Topics) -> None:
    job = Submission()
    topics.order("job", description(3, [stream("orders")], "no_such_column"))
    check("SQL that fails: it says so, in a line", topics.until(lambda: topics.state()[:2] == ("failed", 3), START_S, job), topics.state())
    error = topics.state()[2] or ""
    check("the line names the fault", "no_such_column" in error and "\n" not in error and len(error) <= 500, error)

    ended = {"startingOffsets": "earliest", "endingOffsets": "latest"}
    topics.order("job", description(4, [stream("orders", **ended)], mode="batch", checkpoint="", watermark_us=None))
    check("what has an end: it says when all is there", topics.until(lambda: topics.state()[:2] == ("ended", 4), 120, job), topics.state())
    wanted = expected(orders(0, 20000), "fruit")
    check("counts and sums are the same", topics.parts(4) == wanted, differs(topics.parts(4), wanted))
    check("and what was received, in one batch", topics.metric(4, "received", "orders") == 20000 and list(topics.batches(4)) == [0], topics.batches(4))

    values = {
        "i": "cast(7 as int)", "l": "9223372036854775807L", "d": "cast('12345678901234567890123456789.5' as decimal(38,1))", "b": "true", "x": "0.1D",
        "nan": "cast('NaN' as double)", "inf": "cast('Infinity' as double)", "neg": "cast('-Infinity' as double)", "big": "1e300D",
        "s": "concat('a\"', char(10), '\\\\\\u00e9')", "t": "timestamp '1969-12-31T23:59:59.999999Z'", "n": "cast(null as string)", "m": "cast(null as double)",
    }
    sql = "select 'k' as k, " + ", ".join(f"first({value}) as {name}" for name, value in values.items()) + " from rows"
    topics.order("job", description(5, [stream("orders", **ended)], mode="batch", sql=sql, keys=[{}], values=[{} for _ in values]))
    topics.until(lambda: topics.state()[:2] == ("ended", 5), 120, job)
    got = topics.parts(5).get(("k",), [])
    check("each type has its JSON", got == [7, "9223372036854775807", "12345678901234567890123456789.5", True, 0.1, "NaN", "Infinity", "-Infinity", 1e300,
                                           "a\"\n\\\u00e9", "-1", None, None], got or topics.state())
    (FOLDER / "empty").mkdir()
    (FOLDER / "empty" / "none.txt").touch()
    nothing = {"name": "none", "format": "text", "options": {"path": str(FOLDER / "empty")}, "select": COLUMNS.format(name="none"), "observe": OBSERVE}
    topics.order("job", description(6, [nothing], mode="batch"))
    check("a source without a record ends too", topics.until(lambda: topics.state()[:2] == ("ended", 6), 60, job) and topics.metric(6, "received", "none") == 0, topics.state())

    # Two streams an hour apart. With one watermark over both, the older one would be late.
    topics.make("early", 1)
    topics.make("late", 1)
    early, late = orders(0, 1000), [{**record, "t": record["t"] + 3600 * 10**6} for record in orders(0, 1000)]
    topics.put("late", late)
    topics.put("early", early)
    bounded = {"maxOffsetsPerTrigger": "200"}
    topics.order("job", description(7, [stream("early", **bounded), stream("late", **bounded)]))
    wanted = expected(early + late, "fruit")
    check("two streams, each with a watermark of its own", topics.until(lambda: topics.parts(7) == wanted, 120, job), differs(topics.parts(7), wanted))
    check("and counts of its own", topics.until(lambda: topics.metric(7, "received", "early") == topics.metric(7, "received", "late") == 1000, 20, job))
    topics.put("early", orders(1000, 1001, 4000 * 10**6 // 1000))
    both = topics.until(lambda: (topics.batches(7)[max(topics.batches(7))]["watermark_us"] or 0) >= EPOCH_US + 3000 * 10**6, 30, job)
    check("the watermark is that of the later one", both, topics.batches(7)[max(topics.batches(7))])

    topics.order("job", description(8, [stream("early")], "case when fruit = 'rotten' then raise_error('this fruit is rotten') else fruit end"))
    topics.until(lambda: topics.state()[:2] == ("running", 8), 60, job)
    topics.put("early", [{"t": EPOCH_US, "fruit": "rotten", "shop": "s", "amount": 1}])
    check("a stream that breaks ends the program with status 1", job.wait(60) == 1, job.last_line())
    topics.until(lambda: topics.state()[0] == "failed", 10)
    check("with a line that says why", topics.state() == ("failed", 8, "this fruit is rotten") and job.last_line() == "weir_job: this fruit is rotten", (topics.state(), job.last_line()))
    check("and leaves no process either", job.is_gone())


def signals(topics: Topics) -> None:
    """By SIGTERM, which spark-submit's Java takes for itself."""
    topics.order("job", description(9, [stream("orders", maxOffsetsPerTrigger="500")]))
    job = Submission()
    topics.until(lambda: len(topics.batches(9)) >= 3, START_S, job)
    job.signal(signal.SIGTERM)
    check("SIGTERM ends it", job.wait(30) is not None and job.is_gone())
    told = topics.metric(9, "received", "orders")
    before = topics.parts(9)
    topics.seen.clear()
    # In a topic where no batch is told yet: all that were done before are counted anew.
    job = Submission(results=OTHER)
    wanted = expected(orders(0, 20000), "fruit")
    all_parts = topics.until(lambda: {**before, **topics.parts(9)} == wanted, START_S, job)
    check("and it goes on from there", all_parts and 0 < told < 20000, differs({**before, **topics.parts(9)}, wanted) + f" with {told} received before")
    check("what was counted, but not told, is counted anew", topics.until(lambda: topics.metric(9, "received", "orders") == 20000, 30, job), topics.metric(9, "received", "orders"))
    topics.order("job", description(10, [stream("orders", startingOffsets="earliest", endingOffsets="latest")], mode="batch", once=True))
    check("a description that says once: it ends by itself", job.wait(60) == 0 and job.is_gone(), job.last_line())


def main() -> None:
    topics = Topics()
    topics.make("orders", 2)
    if sys.argv[5:] and "streams_and_kills" not in sys.argv[5:]:
        topics.put("orders", orders(0, 20000), 2)
    for part in (streams_and_kills, other_questions, signals):
        if len(sys.argv) == 5 or part.__name__ in sys.argv[5:]:
            part(topics)


main()
