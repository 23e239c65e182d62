"""The load model of Spark's job, measured: see docs/scale.md for what its figures mean.

    spark.py SERVER PROGRAM FOLDER BROKER WEIR PORT      a standalone master goes to PORT

Prints one line for each measurement, and what it was.
"""
from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, List

from harness import BROKER, FOLDER, OBSERVE, SERVER, START_S, Submission, Topics, description

WEIR, PORT = sys.argv[5], sys.argv[6]
RECORDS = int(os.environ.get("BENCH_RECORDS", "600000"))
ORDERS = """select v.time as `_time`, v.item as fruit, v.customer as customer, v.price as price, v.quantity as amount
 from (select from_json(cast(value as string), 'time timestamp, customer string, item string, quantity bigint, price double') as v from source)"""


def source(topic: str, **options: str) -> Dict[str, Any]:
    reader = {"kafka.bootstrap.servers": BROKER, "subscribe": topic, "startingOffsets": "earliest", **options}
    return {"name": "orders", "format": "kafka", "options": reader, "select": ORDERS, "observe": OBSERVE}


def load(topic: str, partitions: int, demo: str, wait: bool = True) -> subprocess.Popen[bytes]:
    """Orders into a topic, by weir."""
    land = f"kafka://{BROKER}/{topic}?create=yes&partitions={partitions}"
    process = subprocess.Popen([WEIR, "-b", "-q", "-m", "count", "--land", land, f"demo:orders?{demo}"], stdout=subprocess.DEVNULL)
    if wait and process.wait(300) != 0:
        sys.exit(f"weir did not fill {topic}")
    return process


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def executors() -> List[int]:
    """The processes whose folder is one of a worker's."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            folder = os.readlink(process / "cwd")
            if folder.startswith(str(FOLDER / "spark")) and b"ExecutorBackend" in (process / "cmdline").read_bytes():
                found.append(int(process.name))
        except OSError:
            continue
    return found


class Bench:
    """One master with its workers, one driver, and a generation for each measurement."""

    generation = 0

    def __init__(self, topics: Topics, workers: int) -> None:
        self.topics, self.workers = topics, workers
        subprocess.run([SERVER, "start", str(FOLDER / "spark"), PORT, str(workers), "1"], check=True, timeout=120)
        settings = ["--executor-memory", "600m", "--conf", "spark.driver.host=127.0.0.1", "--conf", "spark.driver.bindAddress=127.0.0.1"]
        self.job = Submission(f"spark://127.0.0.1:{PORT}", settings)

    def close(self) -> None:
        self.topics.order("stop", {"time_us": 0})
        if self.job.wait(40) is None:
            self.job.signal(signal.SIGKILL)
        subprocess.run([SERVER, "stop", str(FOLDER / "spark")], check=False, timeout=60)

    def begin(self, stream: Dict[str, Any], groups: str = "fruit", conf: Dict[str, str] = {}, trigger_ms: int = 0) -> int:  # noqa: B006
        Bench.generation += 1
        job = description(Bench.generation, [stream], groups, trigger_ms=trigger_ms)
        job["conf"].update(conf)
        self.topics.order("job", job)
        if not self.topics.until(lambda: self.topics.state()[:2] == ("running", Bench.generation), START_S, self.job):
            sys.exit(f"no run: {self.topics.state()} {self.job.last_line()}")
        return Bench.generation

    def through(self, what: str, topic: str, at_once: int, records: int, groups: str = "fruit", conf: Dict[str, str] = {}) -> None:  # noqa: B006
        """A topic that is there, in batches of so many records: time of a batch, and processor time of a million records."""
        generation = self.begin(source(topic, maxOffsetsPerTrigger=str(at_once)), groups, conf)
        whole = records // at_once

        def full() -> List[Dict[str, Any]]:
            batches = self.topics.batches(generation)
            return [batches[n] for n in sorted(batches) if batches[n]["streams"].get("orders", {}).get("received", 0) > at_once * 0.9]

        self.topics.until(lambda: len(full()) >= 2, 120, self.job)
        skipped = len(full())
        before, bytes_before = (sum(map(cpu_s, executors())), cpu_s(self.job.process.pid)), self.topics.part_bytes
        self.topics.until(lambda: len(full()) >= whole, 180, self.job)
        after = sum(map(cpu_s, executors())), cpu_s(self.job.process.pid)
        batches = full()[skipped:]
        received = sum(batch["streams"]["orders"]["received"] for batch in batches)
        ms = statistics.median(batch["batch_ms"] for batch in batches)
        print(f"{self.workers} x 1 core | {what} | {len(batches)} batches of {at_once} | median {ms:.0f} ms | {at_once / ms * 1000:.0f} records/s | "
              f"executors {(after[0] - before[0]) / received * 1e6:.1f} s, driver {(after[1] - before[1]) / len(batches) * 1000:.0f} ms a batch of processor time, "
              f"{(after[0] - before[0]) / received * 1e6:.1f} s a million | state {batches[-1]['state_rows']} rows {batches[-1]['state_bytes']} bytes | "
              f"results {(self.topics.part_bytes - bytes_before) / len(batches):.0f} bytes a batch", flush=True)

    def live(self, rate: int, seconds: int) -> None:
        """Orders as they come, a batch a second: what goes back to weir."""
        feed = load(f"live-{rate}", 4, f"rate={rate}", wait=False)
        time.sleep(2)
        generation = self.begin(source(f"live-{rate}"), trigger_ms=1000)
        self.topics.until(lambda: len(self.topics.batches(generation)) >= 5, 60, self.job)
        batches, size, began = len(self.topics.batches(generation)), self.topics.part_bytes, time.monotonic()
        cpu = sum(map(cpu_s, executors()))
        self.topics.until(lambda: False, seconds)
        took = time.monotonic() - began
        new = [self.topics.batches(generation)[n] for n in sorted(self.topics.batches(generation))][batches:]
        received = sum(batch["streams"].get("orders", {}).get("received", 0) for batch in new)
        print(f"{self.workers} x 1 core | live {rate}/s | {len(new)} batches in {took:.0f} s | received {received / took:.0f}/s | "
              f"median {statistics.median(batch['batch_ms'] for batch in new):.0f} ms | results {(self.topics.part_bytes - size) / took:.0f} bytes/s | "
              f"executors {(sum(map(cpu_s, executors())) - cpu) / took * 100:.0f} % of a core | "
              f"state {new[-1]['state_rows']} rows {new[-1]['state_bytes']} bytes", flush=True)
        feed.terminate()
        feed.wait(20)


def main() -> None:
    topics = Topics()
    load("load", 4, f"count={RECORDS}&rate=20000&start=2026-11-22T10:00:00Z")
    load("one", 1, f"count={RECORDS // 2}&rate=20000&start=2026-11-22T10:00:00Z")
    for workers in (1, 2):
        bench = Bench(topics, workers)
        try:
            bench.through("warm-up", "load", 20_000, RECORDS // 2)
            for at_once, records in ((2_000, 30_000), (20_000, 200_000), (100_000, RECORDS)):
                bench.through("4 partitions, 12 groups", "load", at_once, records)
            if workers == 2:
                bench.through("1 partition", "one", 20_000, 160_000)
                bench.through("8 shuffle partitions", "load", 20_000, 160_000, conf={"spark.sql.shuffle.partitions": "8"})
                bench.through("a group for nearly every record", "load", 20_000, 120_000, "fruit, customer, amount, price")
            bench.live(500, 20)
            bench.live(5000, 20)
        finally:
            bench.close()


main()
