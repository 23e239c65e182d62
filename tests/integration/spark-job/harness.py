"""What weir does for a job, done by hand: topics, a description, spark-submit. For job.py and the bench of Spark.

Who uses it has these arguments: SERVER PROGRAM FOLDER BROKER, that is ../spark/server, the job program, a folder for what is left
behind, and the address of a broker.
"""
from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from kafka import KafkaConsumer, KafkaProducer, TopicPartition  # type: ignore[import-untyped]
from kafka.admin import KafkaAdminClient, NewTopic  # type: ignore[import-untyped]

SERVER, PROGRAM, FOLDER, BROKER = sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4]
RESULTS, CONTROL, OTHER = "weir-test", "weir-test-control", "weir-test-other"  # the last is another topic for results
START_S = 180  # for Spark to come up on a busy machine
PARTS = """select unix_micros(window(`_time`, '1 second').start) as pane, unix_micros(`_time`) % 1000000L = 0L as edge, {groups},
 count(*) as n, sum(cast(amount as decimal(38,0))) as s from rows
 group by window(`_time`, '1 second').start, unix_micros(`_time`) % 1000000L = 0L, {groups}"""
COLUMNS = """select timestamp_micros(cast(get_json_object(v, '$.t') as bigint)) as `_time`, get_json_object(v, '$.fruit') as fruit,
 get_json_object(v, '$.shop') as shop, cast(get_json_object(v, '$.amount') as bigint) as amount, '{name}' as `_stream`
 from (select cast(value as string) as v from source)"""
OBSERVE = {"received": "count(1)", "no_time": "count_if(`_time` is null)", "malformed": "count_if(amount is null)"}
Key = Tuple[Any, ...]


def stream(name: str, **options: str) -> Dict[str, Any]:
    reader = {"kafka.bootstrap.servers": BROKER, "subscribe": name, "startingOffsets": "earliest", **options}
    return {"name": name, "format": "kafka", "options": reader, "select": COLUMNS.format(name=name), "observe": OBSERVE}


def description(generation: int, streams: List[Dict[str, Any]], groups: str = "fruit", **others: Any) -> Dict[str, Any]:
    """A job that counts and sums by pane and group."""
    names = ["pane", "edge", *groups.split(", ")]
    job = {
        "version": 1, "id": "test", "generation": generation, "mode": "stream", "brokers": BROKER, "results": RESULTS, "control": CONTROL,
        "kafka": {}, "trigger_ms": 200, "checkpoint": str(FOLDER / "checkpoint" / str(generation)), "watermark_us": 10_000_000,
        "conf": {"spark.sql.ansi.enabled": "false", "spark.sql.caseSensitive": "true", "spark.sql.session.timeZone": "UTC"},
        "streams": streams, "table": "rows", "sql": PARTS.format(groups=groups),
        "keys": [{"name": name} for name in names], "values": [{"name": "n"}, {"name": "s"}],
    }
    return {**job, **others}


class Topics:
    """What a weir does with topics: it makes them, writes orders and data, and reads the answer."""

    def __init__(self) -> None:
        self.admin = KafkaAdminClient(bootstrap_servers=BROKER)
        self.producer = KafkaProducer(bootstrap_servers=BROKER, linger_ms=20)
        self.make(RESULTS, 1, compact=True)
        self.make(OTHER, 1, compact=True)
        self.make(CONTROL, 1)
        self.consumer = KafkaConsumer(bootstrap_servers=BROKER, enable_auto_commit=False)
        self.consumer.assign([TopicPartition(RESULTS, 0), TopicPartition(OTHER, 0)])
        self.consumer.seek_to_beginning()
        self.seen: List[Tuple[float, Dict[str, Any], Dict[str, Any]]] = []  # when, key, value, in the order of the topic
        self.part_bytes = 0

    def make(self, name: str, partitions: int, compact: bool = False) -> None:
        settings = {"cleanup.policy": "compact"} if compact else {}
        self.admin.create_topics([NewTopic(name, partitions, 1, topic_configs=settings)])

    def order(self, key: str, value: Dict[str, Any]) -> None:
        self.producer.send(CONTROL, key=key.encode(), value=json.dumps(value).encode(), partition=0)
        self.producer.flush(30)

    def put(self, topic: str, records: List[Dict[str, Any]], partitions: int = 1) -> None:
        for n, record in enumerate(records):
            self.producer.send(topic, value=json.dumps(record).encode(), partition=n % partitions)
        self.producer.flush(60)

    def read(self) -> None:
        for records in self.consumer.poll(timeout_ms=200).values():
            for record in records:
                self.part_bytes += len(record.key) + len(record.value) if b'"k"' in record.key else 0
                self.seen.append((time.monotonic(), json.loads(record.key), json.loads(record.value)))

    def until(self, is_so: Callable[[], bool], seconds: float, submission: Optional[Submission] = None) -> bool:
        """Reads until something is so."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read()
            if is_so():
                return True
            if submission is not None and submission.ended():
                self.read()
                return is_so()
        return False

    def state(self) -> Tuple[str, int, Optional[str]]:
        states = [value for _, key, value in self.seen if "state" in key]
        return (states[-1]["state"], states[-1]["generation"], states[-1]["error"]) if states else ("", 0, None)

    def parts(self, generation: int) -> Dict[Key, List[Any]]:
        """The newest values of each key."""
        newest = {}
        for _, key, value in self.seen:
            if "k" in key and key["g"] == generation:
                newest[tuple(key["k"])] = value["v"]
        return newest

    def batches(self, generation: int) -> Dict[int, Dict[str, Any]]:
        return {key["batch"]: value for _, key, value in self.seen if "batch" in key and key["g"] == generation}

    def metric(self, generation: int, name: str, of: str) -> int:
        return sum(batch["streams"].get(of, {}).get(name, 0) for batch in self.batches(generation).values())


class Submission:
    """One run of spark-submit, in a process group of its own."""

    count = 0
    last: Optional[Submission] = None

    def __init__(self, master: str = "local[2]", settings: Sequence[str] = (), results: str = RESULTS) -> None:
        Submission.count += 1
        Submission.last = self
        self.log = FOLDER / f"submit-{Submission.count}.log"
        arguments = [SERVER, "submit", "--master", master, "--driver-memory", "700m", *settings, PROGRAM, "--brokers", BROKER, "--control", CONTROL, "--results", results]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([*arguments, "--kafka", "retries=3"], stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)

    @staticmethod
    def kill_last() -> None:
        """Whatever ends this program, its Spark ends with it."""
        if Submission.last is not None and not Submission.last.ended():
            Submission.last.signal(signal.SIGKILL)

    def ended(self) -> bool:
        return self.process.poll() is not None

    def signal(self, number: int) -> None:
        os.killpg(self.process.pid, number)

    def wait(self, seconds: float) -> Optional[int]:
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def is_gone(self) -> bool:
        """No process of its group is left."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                os.killpg(self.process.pid, 0)
            except ProcessLookupError:
                return True
            time.sleep(0.1)
        return False

    def last_line(self) -> str:
        lines = [line for line in self.log.read_text(errors="replace").splitlines() if line.startswith("weir_job:")]
        return lines[-1] if lines else ""


atexit.register(Submission.kill_last)
signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
