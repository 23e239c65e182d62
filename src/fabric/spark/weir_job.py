"""Runs the question of a weir on Spark, and sends the answer, in parts that weir adds up, to a topic of Kafka.

    spark-submit weir_job.py --brokers HOST:PORT[,…] --control TOPIC --results TOPIC [--kafka NAME=VALUE]…

All else stands in the control topic, where weir writes a job description under the key "job", and anything under the key
"stop" when the work is done. A description with a higher generation takes the place of the one that runs. The results topic
gets three kinds of message, all JSON: parts of the answer, one message for each batch after its rows, and the state of this
program, which is also its heartbeat. Started again, it goes on from the checkpoint: a part that is sent twice has the same
key, and the newest counts.

It needs PySpark 3.5 or later with its Kafka connector, and uses public interfaces alone.
"""
from __future__ import annotations

import argparse
import json
import os
import queue
import re
import signal
import sys
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
    Union,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Observation, SparkSession
    from pyspark.sql.streaming.listener import StreamingQueryListener
    from pyspark.sql.streaming.query import StreamingQuery

VERSION = 1  # of the job description
HEARTBEAT_S = 3.0  # weir calls a job lost that has not been heard of for a while
STOP_S = 20.0  # for a query to end, and its last progress to come
LANDED_S = 3.0  # for rows to be landed when their job stops
OBSERVED_S = 10.0  # for counts to come after their batch
ERROR_SIGNS = 500  # of an error; it is one line on a screen
# No call to the brokers waits for ever. What is given with --kafka or in the description comes before these.
KAFKA_LIMITS = {"kafka.max.block.ms": "30000", "kafka.request.timeout.ms": "15000", "kafka.delivery.timeout.ms": "45000"}

Message = Tuple[str, str]  # key and value


class JobError(Exception):
    """What weir asked cannot be done; the text says why, in one line."""


# ---- what was asked


@dataclass(frozen=True)
class Options:
    """The command line."""

    brokers: str
    control: str
    results: str
    kafka: Dict[str, str]


@dataclass(frozen=True)
class Stream:
    """One source: how Spark reads it, its columns, and what is counted of it."""

    name: str
    format: str
    options: Dict[str, str]
    select: str  # from the table `source`
    observe: Dict[str, str]
    schema: Optional[str]  # DDL, for formats that cannot know it
    password: Optional[str]  # the variable of the environment that has the reader's password


@dataclass(frozen=True)
class Landing:
    """A table that the rows go to, once each by their keys."""

    name: str
    options: Dict[str, str]  # of Spark's JDBC writer
    select: str  # from the view `rows`; the columns of the table
    password: Optional[str]  # as of Stream


@dataclass(frozen=True)
class Job:
    """A job description."""

    generation: int
    mode: str  # "stream" or "batch"
    once: bool  # ends by itself when the answer is complete, or cannot be had
    trigger_ms: int
    checkpoint: str
    watermark_us: Optional[int]
    kafka: Dict[str, str]
    conf: Dict[str, str]
    streams: List[Stream]
    table: str
    sql: str
    keys: int  # the first columns of the answer
    values: int  # and those behind them
    landings: List[Landing]


def kafka_option(name: str) -> str:
    """The name by which Spark hands an option to Kafka's client."""
    return name if name.startswith("kafka.") else "kafka." + name


def parse_arguments(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(prog="weir_job.py", description="Runs the question of a weir on Spark.")
    parser.add_argument("--brokers", required=True, metavar="HOST:PORT[,…]")
    parser.add_argument("--control", required=True, metavar="TOPIC", help="where the job description is read")
    parser.add_argument("--results", required=True, metavar="TOPIC", help="where the answer goes")
    parser.add_argument("--kafka", action="append", default=[], metavar="NAME=VALUE", help="a setting of Kafka's clients")
    given = parser.parse_args(arguments)
    kafka = {}
    for setting in given.kafka:
        name, equals, value = setting.partition("=")
        if not (name and equals):
            parser.error(f"--kafka {setting}: this is not NAME=VALUE")
        kafka[kafka_option(name)] = value
    return Options(given.brokers, given.control, given.results, kafka)


def _member(record: Dict[str, Any], name: str, kind: type, default: Any = None) -> Any:
    value = record.get(name, default)
    if value is None and default is None and name not in record:
        raise JobError(f"the job description has no \"{name}\"")
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise JobError(f"\"{name}\" in the job description is {json.dumps(value)[:80]}, not {kind.__name__}")
    return value


def _texts(record: Dict[str, Any], name: str) -> Dict[str, str]:
    """A member of names and texts; numbers and bools become what Spark reads."""
    texts = {}
    for key, value in _member(record, name, dict, {}).items():
        texts[str(key)] = value if isinstance(value, str) else json.dumps(value)
    return texts


def _stream(record: Any) -> Stream:
    if not isinstance(record, dict):
        raise JobError("a stream in the job description is not an object")
    return Stream(
        name=_member(record, "name", str),
        format=_member(record, "format", str),
        options=_texts(record, "options"),
        select=_member(record, "select", str),
        observe=_texts(record, "observe"),
        schema=_member(record, "schema", str) if record.get("schema") is not None else None,
        password=_member(record, "password", str) if record.get("password") is not None else None,
    )


def _landing(record: Any) -> Landing:
    if not isinstance(record, dict):
        raise JobError("a landing in the job description is not an object")
    return Landing(
        name=_member(record, "name", str),
        options=_texts(record, "options"),
        select=_member(record, "select", str),
        password=_member(record, "password", str) if record.get("password") is not None else None,
    )


def parse_job(text: str) -> Job:
    """The job description that TEXT is. JobError: it is none, or of a later version."""
    try:
        record = json.loads(text)
    except ValueError as error:
        raise JobError(f"the job description is not JSON: {error}") from error
    if not isinstance(record, dict):
        raise JobError("the job description is not an object of JSON")
    version = _member(record, "version", int)
    if version != VERSION:
        raise JobError(f"the job description has version {version}; this weir_job.py reads {VERSION}: both must come from the same weir")
    mode = _member(record, "mode", str)
    if mode not in ("stream", "batch"):
        raise JobError(f"\"mode\" in the job description is \"{mode}\", not stream or batch")
    streams = [_stream(stream) for stream in _member(record, "streams", list)]
    names = [stream.name for stream in streams]
    if not names or len(set(names)) < len(names):
        raise JobError("the job description has no stream, or two of one name")
    watermark = record.get("watermark_us")
    return Job(
        generation=_member(record, "generation", int),
        mode=mode,
        once=_member(record, "once", bool, False),
        trigger_ms=_member(record, "trigger_ms", int, 1000),
        checkpoint=_member(record, "checkpoint", str, "") if mode == "batch" else _member(record, "checkpoint", str),
        watermark_us=None if watermark is None else _member(record, "watermark_us", int),
        kafka={kafka_option(name): value for name, value in _texts(record, "kafka").items()},
        conf=_texts(record, "conf"),
        streams=streams,
        table=_member(record, "table", str, "rows"),
        sql=_member(record, "sql", str),
        keys=len(_member(record, "keys", list)),
        values=len(_member(record, "values", list)),
        landings=[_landing(landing) for landing in _member(record, "landings", list, [])],
    )


# ---- what is sent


def json_item(column: str, kind: str) -> str:
    """SQL of the JSON text of a column, whose type is KIND as Spark writes it. Wide integers and decimals, and times as
    microseconds, are texts, because a reader may take numbers for doubles. So are the doubles that JSON has no word for."""
    text = f"cast({column} as string)"
    if kind in ("boolean", "tinyint", "smallint", "int"):
        item = text
    elif kind == "bigint" or kind.startswith("decimal"):
        item = f"concat('\"', {text}, '\"')"
    elif kind in ("timestamp", "timestamp_ntz"):
        item = f"concat('\"', cast(unix_micros(cast({column} as timestamp)) as string), '\"')"
    elif kind in ("float", "double"):
        number = f"cast({column} as double)"
        item = (
            f"case when isnan({number}) then '\"NaN\"' when {number} = double('Infinity') then '\"Infinity\"' "
            f"when {number} = double('-Infinity') then '\"-Infinity\"' else cast({number} as string) end"
        )
    elif kind in ("string", "date"):
        array = f"to_json(array({text}))"
        item = f"substring({array}, 2, length({array}) - 2)"
    else:
        raise JobError(f"a column of the answer has the type {kind}, which is not sent")
    return f"coalesce({item}, 'null')"


def json_array(columns: Sequence[Tuple[str, str]]) -> str:
    """SQL of the text of a JSON array of columns, each a name and a type."""
    items = ", ',', ".join(json_item(name, kind) for name, kind in columns)
    return f"concat('[', {items}, ']')" if items else "'[]'"


def key_sql(generation: int, columns: Sequence[Tuple[str, str]]) -> str:
    return f"concat('{{\"g\":{generation},\"k\":', {json_array(columns)}, '}}')"


def value_sql(batch: int, array: str) -> str:
    return f"concat('{{\"b\":{batch},\"v\":', {array}, '}}')"


def now_us() -> int:
    return time.time_ns() // 1000


def micros(text: str) -> Optional[int]:
    """The time that Spark writes as 2026-11-22T10:00:00.000Z. The epoch is its word for none."""
    moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc) - datetime.fromtimestamp(0, timezone.utc)
    return (moment.days * 86400 + moment.seconds) * 1000000 + moment.microseconds or None


def _rate(value: Any) -> Optional[float]:
    """A rate of Spark's, which may be a text such as NaN or missing."""
    return float(value) if isinstance(value, (int, float)) and value == value and abs(value) != float("inf") else None


def batch_message(generation: int, progress: Dict[str, Any], at_us: int) -> Message:
    """The message about a batch, made from the progress that Spark reports."""
    watermark = progress.get("eventTime", {}).get("watermark")
    operators = progress.get("stateOperators", [])
    value = {
        "batch": progress["batchId"],
        "time_us": at_us,
        "batch_ms": progress.get("durationMs", {}).get("triggerExecution", 0),
        "input_rate": _rate(progress.get("inputRowsPerSecond")),
        "processed_rate": _rate(progress.get("processedRowsPerSecond")),
        "watermark_us": micros(watermark) if watermark else None,
        "streams": progress.get("observedMetrics", {}),
        "sources": progress.get("sources", []),
        "state_rows": sum(operator.get("numRowsTotal", 0) for operator in operators),
        "state_bytes": sum(operator.get("memoryUsedBytes", 0) for operator in operators),
    }
    return json.dumps({"g": generation, "batch": progress["batchId"]}), json.dumps(value)


def state_message(state: str, generation: int, error: Optional[str], application: str, at_us: int) -> Message:
    value = {"state": state, "generation": generation, "error": error, "application": application, "time_us": at_us}
    return '{"state":1}', json.dumps(value)


def secrets_of(options: Dict[str, str]) -> List[str]:
    """What no line may show."""
    return [value for name, value in options.items() if value and re.search("(?i)password|jaas|secret|token", name)]


def plain_line(error: object, secrets: Sequence[str] = ()) -> str:
    """One line that says what went wrong, of an exception of Spark's with all that it drags along."""
    text = str(error)
    for secret in secrets:
        text = text.replace(secret, "***")
    text = re.sub(r"^An error occurred while calling [^\n]*\n: ", "", text)
    text = re.sub(r"^\[STREAM_FAILED\] Query \[[^]]*\] terminated with exception: ", "", text.strip())
    text = re.sub(r"(?s)^.*?Job aborted due to stage failure: .*?most recent failure: Lost task [^:]*?\(TID \d+\) \([^)]*\): ", "", text)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    line = re.sub(r"^(?:(?:[a-z_0-9]+\.)+[A-Z]\w*: )+", "", lines[0]) if lines else type(error).__name__
    return re.sub(r"(?: SQLSTATE: \w+)?;?(?: line \d+ pos \d+;?)?$", "", line)[:ERROR_SIGNS]


# ---- the two topics


class Event(NamedTuple):
    """Something that happened in another thread, for the main thread."""

    kind: str  # "control", "progress", "done" or "signal"
    generation: int
    value: Any


class Results:
    """Writes to the results topic: what this program says of itself."""

    def __init__(self, spark: SparkSession, options: Options) -> None:
        self.spark = spark
        self.kafka = {**KAFKA_LIMITS, **options.kafka, "kafka.bootstrap.servers": options.brokers, "topic": options.results}
        self.state = "starting"
        self.generation = 0
        self.error: Optional[str] = None
        self.last_beat = 0.0

    def write(self, messages: Sequence[Message]) -> None:
        text = json.dumps([{"key": key, "value": value} for key, value in messages])
        rows = self.spark.sql("select inline(from_json(:messages, 'array<struct<key: string, value: string>>'))", args={"messages": text})
        rows.write.format("kafka").options(**self.kafka).save()

    def beat(self, before: Sequence[Message] = ()) -> None:
        """Sends some messages, and behind them how things stand."""
        state = state_message(self.state, self.generation, self.error, self.spark.sparkContext.applicationId, now_us())
        self.write([*before, state])
        self.last_beat = time.monotonic()

    def change(self, state: str, generation: int, error: Optional[str] = None, before: Sequence[Message] = ()) -> None:
        self.state, self.generation, self.error = state, generation, error
        self.beat(before)

    def until_beat_s(self) -> float:
        return max(0.0, self.last_beat + HEARTBEAT_S - time.monotonic())


def follow_control(spark: SparkSession, options: Options, events: queue.SimpleQueue[Event]) -> StreamingQuery:
    """Puts what stands and comes in the control topic into EVENTS, in order."""

    def take(batch: DataFrame, _: int) -> None:
        rows = batch.selectExpr("offset", "cast(key as string) as key", "cast(value as string) as value").collect()
        events.put(Event("control", 0, [(row["key"], row["value"]) for row in sorted(rows, key=lambda row: int(row["offset"]))]))

    reader = spark.readStream.format("kafka").options(**options.kafka).option("kafka.bootstrap.servers", options.brokers)
    messages = reader.option("subscribe", options.control).option("startingOffsets", "earliest").option("failOnDataLoss", "false").load()
    return messages.writeStream.queryName("weir control").foreachBatch(take).trigger(processingTime="500 milliseconds").start()


# ---- a question


def options_of(stream: Union[Stream, Landing], environment: Mapping[str, str] = os.environ) -> Dict[str, str]:
    """The options of its reader or writer, with the password that no topic has."""
    if stream.password is None:
        return stream.options
    if stream.password not in environment:
        raise JobError(f"the password of {stream.name} is not in the driver's environment ({stream.password}): only the weir that has it can start this job")
    return {**stream.options, "password": environment[stream.password]}


def rows_of(spark: SparkSession, job: Job, observed: Callable[[Stream, DataFrame], DataFrame]) -> DataFrame:
    """All rows of a job's streams, typed and counted."""
    union: Optional[DataFrame] = None
    for stream in job.streams:
        reader = (spark.readStream if job.mode == "stream" else spark.read).format(stream.format).options(**options_of(stream))
        if stream.schema is not None:
            reader = reader.schema(stream.schema)
        reader.load().createOrReplaceTempView("source")
        rows = observed(stream, spark.sql(stream.select))
        if job.mode == "stream" and job.watermark_us is not None:
            rows = rows.withWatermark("_time", f"{-(-job.watermark_us // 1000)} milliseconds")
        union = rows if union is None else union.unionByName(rows, allowMissingColumns=True)
    assert union is not None  # parse_job wants a stream
    return union


LANDING = "weir landing"  # the name of a query
KEY = ["_stream", "_topic", "_partition", "_offset"]  # and _run, which is 0 of what can be read again


def keys_query(table: str, spans: Sequence[Tuple[int, int, int]]) -> str:
    """SQL of the server's: the keys that the table has between offsets of partitions."""
    between = " or ".join(f"(_partition = {partition} and _offset between {first} and {last})" for partition, first, last in spans)
    return f"(select _stream, _topic, _partition, _offset from {table} where _run = 0 and ({between})) q"


def land(rows: DataFrame, landing: Landing) -> int:
    """Writes the rows that the table has not yet. Each task of Spark's commits by itself: what is done twice, after a failure or by two
    drivers at once, finds its keys there, or is refused by the table's own key. The number of rows that came."""
    spark = rows.sparkSession
    rows.createOrReplaceTempView("rows")
    ours = spark.sql(landing.select).persist()
    try:
        spans = ours.groupBy("_partition").agg({"_offset": "min"}).join(ours.groupBy("_partition").agg({"_offset": "max", "*": "count"}), "_partition").collect()
        if not spans:
            return 0
        options = options_of(landing)
        query = keys_query(options["dbtable"], [(int(row[0]), int(row["min(_offset)"]), int(row["max(_offset)"])) for row in spans])
        there = spark.read.format("jdbc").options(**{**options, "dbtable": query}).load()
        ours.join(there, KEY, "left_anti").select([f"`{name}`" for name in ours.columns]).write.format("jdbc").options(**options).mode("append").save()
        return sum(int(row["count(1)"]) for row in spans)
    finally:
        ours.unpersist()


def parts_of(spark: SparkSession, job: Job, rows: DataFrame) -> DataFrame:
    """The parts of the answer: the columns `key` and `array`, both JSON."""
    rows.createOrReplaceTempView("`" + job.table.replace("`", "``") + "`")
    answer = spark.sql(job.sql)
    if len(answer.columns) != job.keys + job.values:
        raise JobError(f"the answer has {len(answer.columns)} columns; the job description names {job.keys} keys and {job.values} values")
    columns = [(f"c{n}", field.dataType.simpleString()) for n, field in enumerate(answer.schema.fields)]
    parts = answer.toDF(*(name for name, _ in columns))
    return parts.selectExpr(f"{key_sql(job.generation, columns[:job.keys])} as key", f"{json_array(columns[job.keys:])} as array")


def batches_of(spark: SparkSession, checkpoint: str) -> Tuple[List[int], Dict[int, List[str]]]:
    """The batches that a checkpoint has as done, and the lines of offsets of each: first Spark's own, then one for each source."""
    from pyspark.errors import AnalysisException

    try:
        names = spark.read.text(f"{checkpoint}/commits").selectExpr("input_file_name() as name").distinct().collect()
        texts = spark.read.text(f"{checkpoint}/offsets", wholetext=True).selectExpr("input_file_name() as name", "value").collect()
    except AnalysisException:  # there is no such folder: a new question
        return [], {}
    number = re.compile(r"/(\d+)$")
    done = sorted(int(found.group(1)) for found in (number.search(row["name"]) for row in names) if found)
    return done, {int(found.group(1)): row["value"].splitlines()[1:] for row in texts for found in [number.search(row["name"])] if found}


def between(options: Dict[str, str], before: str, after: str) -> Dict[str, str]:
    """Reader options of Kafka for what lies between two offsets as Spark notes them."""
    start, end = json.loads(before), json.loads(after)
    for topic, partitions in end.items():
        # A partition that was not there before is read from its first record: -2 is Kafka's word for it.
        start[topic] = {number: start.get(topic, {}).get(number, -2) for number in partitions}
    kept = {name: value for name, value in options.items() if not re.match("(?i)starting|ending|max|min|includeheaders|subscribe|assign", name)}
    assign = json.dumps({topic: [int(number) for number in partitions] for topic, partitions in end.items()})
    return {**kept, "assign": assign, "startingOffsets": json.dumps(start), "endingOffsets": after}


class Run:
    """A question that is being answered, in a session of its own."""

    def __init__(self, spark: SparkSession, job: Job, options: Options, events: queue.SimpleQueue[Event]) -> None:
        self.spark, self.job, self.events = spark.newSession(), job, events
        self.kafka = {**KAFKA_LIMITS, **options.kafka, **job.kafka, "kafka.bootstrap.servers": options.brokers, "topic": options.results}
        if not spark.sparkContext.getConf().contains("spark.sql.shuffle.partitions"):
            # Its default, 200, is for tables; here each costs a task and a state store in every batch.
            self.spark.conf.set("spark.sql.shuffle.partitions", str(max(2, spark.sparkContext.defaultParallelism)))
        self.spark.conf.set("spark.sql.streaming.stopTimeout", str(int(STOP_S * 1000)))
        for name, value in job.conf.items():
            self.spark.conf.set(name, value)

    def write(self, parts: DataFrame, batch: int) -> None:
        parts.selectExpr("key", f"{value_sql(batch, 'array')} as value").write.format("kafka").options(**self.kafka).save()

    def tell(self, kind: str, value: Any) -> None:
        self.events.put(Event(kind, self.job.generation, value))

    def start(self) -> List[Message]:
        """Begins; gives what an earlier run has left untold."""
        raise NotImplementedError

    def stop(self) -> None:
        raise NotImplementedError


class StreamRun(Run):
    """Over streams without an end, in micro-batches."""

    query: Optional[StreamingQuery] = None
    landing: Optional[StreamingQuery] = None

    def start(self) -> List[Message]:
        from pyspark.sql.functions import expr

        untold = self.untold()

        def observed(stream: Stream, rows: DataFrame) -> DataFrame:
            return rows.observe(stream.name, *(expr(sql).alias(name) for name, sql in stream.observe.items())) if stream.observe else rows

        parts = parts_of(self.spark, self.job, rows_of(self.spark, self.job, observed))
        name = f"weir {self.job.generation}"
        self.spark.streams.addListener(progress_listener(self.tell, name))
        if self.job.landings:
            self.start_landing()
        writer = parts.writeStream.queryName(name).outputMode("update").option("checkpointLocation", self.job.checkpoint)
        self.query = writer.foreachBatch(self.write).trigger(processingTime=f"{self.job.trigger_ms} milliseconds").start()
        return untold

    def start_landing(self) -> None:
        """A query of its own, because what counts hands out no rows. It reads the sources once more."""

        def take(batch: DataFrame, _: int) -> None:
            for landing in self.job.landings:
                land(batch.where("not `_malformed`"), landing)

        rows = rows_of(self.spark, self.job, lambda _, rows: rows)
        writer = rows.writeStream.queryName(LANDING).outputMode("append").option("checkpointLocation", f"{self.job.checkpoint}/landing")
        self.landing = writer.foreachBatch(take).trigger(processingTime=f"{self.job.trigger_ms} milliseconds").start()

    def untold(self) -> List[Message]:
        """The messages of batches whose rows are all there, but whose driver died before it told so. What was counted is counted anew."""
        done, offsets = batches_of(self.spark, self.job.checkpoint)
        if not done:
            return []
        reader = self.spark.read.format("kafka").options(**self.kafka).option("subscribe", self.kafka["topic"])
        keys = reader.load().selectExpr("cast(key as string) as key").where(f"get_json_object(key, '$.g') = {self.job.generation}")
        told = {int(row[0]) for row in keys.selectExpr("get_json_object(key, '$.batch') as batch").where("batch is not null").distinct().collect()}
        last = max(told, default=-1)
        return [self.counted_anew(offsets, batch) for batch in done if batch > last and batch in offsets]

    def first_offsets(self, source: int) -> str:
        """Where Spark began with Kafka as a source, behind a line with the version of that note."""
        note = self.spark.read.text(f"{self.job.checkpoint}/sources/{source}/0", wholetext=True).collect()
        return str(note[0][0]).rpartition("\n")[2]

    def counted_anew(self, offsets: Dict[int, List[str]], batch: int) -> Message:
        from pyspark.sql.functions import expr

        after, before = offsets[batch], offsets.get(batch - 1, [])
        metrics, sources = {}, []
        for n, stream in enumerate(self.job.streams, 1):
            end = after[n] if n < len(after) else "-"
            if stream.format != "kafka" or end == "-":
                continue  # its counts are missing in the message
            start = before[n] if n < len(before) and before[n] != "-" else self.first_offsets(n - 1)
            sources.append({"startOffset": json.loads(start), "endOffset": json.loads(end)})
            if not stream.observe:
                continue
            try:
                self.spark.read.format("kafka").options(**between(stream.options, start, end)).load().createOrReplaceTempView("source")
                counts = self.spark.sql(stream.select).agg(*(expr(sql).alias(name) for name, sql in stream.observe.items())).collect()
                metrics[stream.name] = counts[0].asDict()
            except Exception as error:  # the topic may have dropped them since; the offsets still tell how many they were
                print(f"weir_job: batch {batch} of {stream.name} is not counted anew: {plain_line(error, secrets_of(stream.options))}", file=sys.stderr, flush=True)
        spark_own = json.loads(after[0])
        progress = {"batchId": batch, "observedMetrics": metrics, "sources": sources}
        return batch_message(self.job.generation, progress, spark_own["batchTimestampMs"] * 1000)

    def stop(self) -> None:
        """What was counted is landed before, if that does not take long: more may come all the time."""
        if self.query is not None:
            self.query.stop()
        if self.landing is not None:
            if self.landing.isActive:
                waiter = threading.Thread(target=self.landing.processAllAvailable, daemon=True)
                waiter.start()
                waiter.join(LANDED_S)
            self.landing.stop()


class BatchRun(Run):
    """Over what has an end, at once. Spark works in another thread, so that heartbeats go on and a stop is heard."""

    thread: Optional[threading.Thread] = None

    def start(self) -> List[Message]:
        from pyspark import InheritableThread
        from pyspark.sql import Observation
        from pyspark.sql.functions import expr

        counts: List[Tuple[str, Observation, DataFrame]] = []

        def observed(stream: Stream, rows: DataFrame) -> DataFrame:
            if self.job.landings:
                rows = rows.persist()  # what is landed and what is counted are the same rows
            if not stream.observe:
                return rows
            metrics = [expr(sql).alias(name) for name, sql in stream.observe.items()]
            counts.append((stream.name, Observation(stream.name), rows.agg(*metrics)))
            return rows.observe(counts[-1][1], *metrics)

        rows = rows_of(self.spark, self.job, observed)
        parts = parts_of(self.spark, self.job, rows)

        def work() -> None:
            began = time.monotonic()
            try:
                self.spark.sparkContext.setJobGroup(self.group(), "weir", interruptOnCancel=True)
                # Spark observes no write to Kafka, but a count. The parts are kept meanwhile, so that the sources are read once.
                parts.persist().count()
                for landing in self.job.landings:
                    land(rows.where("not `_malformed`"), landing)
                self.write(parts, 0)
                metrics = {name: counted(observation, again) for name, observation, again in counts}
                parts.unpersist()
            except Exception as error:  # what it is, is for the main thread
                self.tell("done", error)
                return
            took_ms = int((time.monotonic() - began) * 1000)
            self.tell("progress", {"batchId": 0, "durationMs": {"triggerExecution": took_ms}, "observedMetrics": metrics})
            self.tell("done", None)

        self.thread = InheritableThread(target=work, daemon=True)
        self.thread.start()
        return []

    def group(self) -> str:
        return f"weir-{self.job.generation}"

    def stop(self) -> None:
        if self.thread is not None and self.thread.is_alive():
            self.spark.sparkContext.cancelJobGroup(self.group())
            self.thread.join(STOP_S)


def counted(observation: Observation, again: DataFrame) -> Dict[str, Any]:
    """What was observed. Where Spark saw that nothing comes from a stream, it left the observation out and would let us wait for
    ever; then it is counted in another way."""
    answer: List[Dict[str, Any]] = []
    waiter = threading.Thread(target=lambda: answer.append(dict(observation.get)), daemon=True)
    waiter.start()
    waiter.join(OBSERVED_S)
    return answer[0] if answer else again.collect()[0].asDict()


def progress_listener(tell: Callable[[str, Any], None], name: str) -> StreamingQueryListener:
    """Tells what Spark reports of the query of that name: "progress" after each batch, "done" at its end with its error or None; and the
    error of one that lands."""
    from pyspark.sql.streaming.listener import (
        QueryIdleEvent,
        QueryProgressEvent,
        QueryStartedEvent,
        QueryTerminatedEvent,
    )
    from pyspark.sql.streaming.listener import StreamingQueryListener as Listener

    names: Dict[str, Optional[str]] = {}  # by id

    class Told(Listener):
        def onQueryStarted(self, event: QueryStartedEvent) -> None:  # noqa: N802 (Spark's names)
            names[str(event.id)] = event.name

        def onQueryProgress(self, event: QueryProgressEvent) -> None:  # noqa: N802
            if event.progress.name == name:
                tell("progress", json.loads(event.progress.json))

        def onQueryIdle(self, event: QueryIdleEvent) -> None:  # noqa: N802
            pass

        def onQueryTerminated(self, event: QueryTerminatedEvent) -> None:  # noqa: N802
            which = names.get(str(event.id))
            if which == name or (which == LANDING and event.exception is not None):
                tell("done", event.exception)

    return Told()


# ---- the program


class Driver:
    """Does what the control topic says until it says stop."""

    def __init__(self, spark: SparkSession, options: Options) -> None:
        self.spark, self.options = spark, options
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.results = Results(spark, options)
        self.run: Optional[Run] = None
        self.job: Optional[Job] = None
        self.status: Optional[int] = None  # to exit with
        self.secrets = secrets_of(options.kafka)

    def main(self) -> int:
        self.results.change("starting", 0)
        control = follow_control(self.spark, self.options, self.events)
        while self.status is None:
            try:
                self.take(self.events.get(timeout=self.results.until_beat_s()))
            except queue.Empty:
                self.results.beat()
            if not control.isActive:
                self.fail(f"the control topic {self.options.control} is read no more: {self.line(control.exception())}", last=True)
        self.end_run()
        control.stop()
        return self.status

    def take(self, event: Event) -> None:
        if event.kind == "signal":
            self.stopped()
        elif event.kind == "control":
            self.obey(event.value)
        elif self.run is not None and event.generation == self.run.job.generation:
            if event.kind == "progress":
                self.results.write([batch_message(event.generation, event.value, now_us())])
            else:
                self.done(event.value)

    def obey(self, messages: Sequence[Tuple[Optional[str], Optional[str]]]) -> None:
        """The last word counts: a job that was written after a stop is a new beginning."""
        words = [(key, value) for key, value in messages if key in ("job", "stop") and value is not None]
        if not words:
            return
        key, value = words[-1]
        if key == "stop":
            self.stopped()
        elif value is not None:
            self.begin(value)

    def begin(self, description: str) -> None:
        generation = self.results.generation
        try:
            job = parse_job(description)
            if self.job is not None and job.generation <= self.job.generation:
                return
            self.end_run()
            self.job, generation = job, job.generation
            for options in (job.kafka, *(options_of(stream) for stream in job.streams)):
                self.secrets += secrets_of(options)
            self.results.change("starting", generation)
            self.run = (StreamRun if job.mode == "stream" else BatchRun)(self.spark, job, self.options, self.events)
            pool(self.spark, "rows")
            untold = self.run.start()
        except Exception as error:  # Spark has many; all of them mean that this question cannot be run
            self.run = None
            self.fail(self.line(error), generation=generation)
        else:
            self.results.change("running", generation, before=untold)
        finally:
            pool(self.spark, "messages")

    def done(self, error: object) -> None:
        """The run has ended by itself."""
        batch = isinstance(self.run, BatchRun)
        self.run = None
        if error is not None or not batch:
            # A stream that broke down is started anew, by whoever started it, and goes on from its checkpoint.
            self.fail(self.line(error) if error is not None else "the query has ended", last=not batch)
            return
        self.results.change("ended", self.results.generation)
        if self.job is not None and self.job.once:
            self.status = 0

    def stopped(self) -> None:
        self.end_run()
        self.results.change("stopped", self.results.generation)
        self.status = 0

    def end_run(self) -> None:
        """Stops what runs; batches that were done before still get their message."""
        run, self.run = self.run, None
        if run is None:
            return
        run.stop()
        end = time.monotonic() + STOP_S
        messages: List[Message] = []
        kept: List[Event] = []
        while time.monotonic() < end:
            try:
                event = self.events.get(timeout=1.0)
            except queue.Empty:
                continue
            if event.generation != run.job.generation:
                kept.append(event)
            elif event.kind == "progress":
                messages.append(batch_message(event.generation, event.value, now_us()))
            else:
                break
        for event in kept:
            self.events.put(event)
        if messages:
            self.results.write(messages)

    def fail(self, line: str, generation: Optional[int] = None, last: bool = False) -> None:
        print(f"weir_job: {line}", file=sys.stderr, flush=True)
        if last or (self.job is not None and self.job.once):
            self.status = 1
        self.results.change("failed", self.results.generation if generation is None else generation, line)

    def line(self, error: object) -> str:
        return plain_line(error, self.secrets)


def pool(spark: SparkSession, name: str) -> None:
    """What this thread gives Spark to do from now on goes to that pool of its scheduler, so that messages need not wait for rows."""
    spark.sparkContext.setLocalProperty("spark.scheduler.pool", name)


def main(arguments: Sequence[str]) -> int:
    options = parse_arguments(arguments)
    from pyspark import SparkConf
    from pyspark.sql import SparkSession

    conf = SparkConf().setIfMissing("spark.app.name", options.results).setIfMissing("spark.scheduler.mode", "FAIR")
    spark = SparkSession.builder.config(conf=conf).getOrCreate()
    if not conf.contains("spark.log.level"):
        spark.sparkContext.setLogLevel("ERROR")
    pool(spark, "messages")
    driver = Driver(spark, options)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda number, _: driver.events.put(Event("signal", 0, number)))
    try:
        status = driver.main()
        spark.stop()
    except Exception as error:  # Java is gone, or the brokers are: nobody can be told but the log. The checkpoint is whole.
        print(f"weir_job: {driver.line(error)}", file=sys.stderr, flush=True)
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
