"""What the job program asks of Spark, in a session of this process. Skipped where PySpark is not."""
from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Iterator

import pytest
from weir_job import JobError, Stream, batches_of, json_array, parse_job, parts_of, rows_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

pytest.importorskip("pyspark")


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    from pyspark.sql import SparkSession

    conf = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "1", "spark.sql.session.timeZone": "UTC", "spark.driver.bindAddress": "127.0.0.1"}
    builder = SparkSession.builder.master("local[1]")
    for name, value in conf.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


def uncounted(_: Stream, rows: DataFrame) -> DataFrame:
    return rows


@pytest.mark.parametrize(("sql", "item"), [
    ("cast(1 as tinyint)", 1), ("-2147483648", -2147483648), ("1L", "1"), ("cast(1.50 as decimal(10,2))", "1.50"), ("true", True), ("1e-7D", 1e-7), ("-0.0D", 0.0),
    ("cast(0.1 as float)", 0.10000000149011612), ("double('NaN')", "NaN"), ("double('-Infinity')", "-Infinity"), ("''", ""), ("'a\\'\"b\\\\'", "a'\"b\\"),
    ("decode(X'01097fe29881', 'UTF-8')", "\x01\t\x7f\u2601"), ("date'2026-11-22'", "2026-11-22"), ("timestamp'1970-01-01 00:00:00.000001'", "1"),
    ("timestamp'0001-01-01'", "-62135596800000000"), ("cast(null as bigint)", None), ("cast(null as double)", None), ("cast(null as string)", None), ("'null'", "null"),
])
def test_json_of_a_value(spark: SparkSession, sql: str, item: object) -> None:
    row = spark.sql(f"select {sql} as c")
    text = row.selectExpr(json_array([("c", row.schema.fields[0].dataType.simpleString())]) + " as t").collect()[0]["t"]
    assert json.loads(text) == [item]


def test_parts_of_two_streams(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1\n2\n")
    (tmp_path / "b").write_text("5\n")
    select = "select cast(value as bigint) as v, '{0}' as `{0}` from source"
    streams = [{"name": name, "format": "text", "options": {"path": str(tmp_path / name)}, "select": select.format(name)} for name in ("a", "b")]
    job = parse_job(json.dumps({
        "version": 1, "generation": 4, "mode": "batch", "streams": streams, "table": "order", "sql": "select a, b, sum(v) as s from `order` group by a, b order by s",
        "keys": [{}, {}], "values": [{}],
    }))
    rows = parts_of(spark, job, rows_of(spark, job, uncounted)).collect()
    assert [(json.loads(row["key"]), json.loads(row["array"])) for row in rows] == [({"g": 4, "k": ["a", None]}, ["3"]), ({"g": 4, "k": [None, "b"]}, ["5"])]


def test_columns_must_be_as_many_as_said(spark: SparkSession) -> None:
    stream = {"name": "a", "format": "text", "schema": "value string", "options": {"path": "."}, "select": "select value from source"}
    job = parse_job(json.dumps({"version": 1, "generation": 1, "mode": "batch", "streams": [stream], "sql": "select 1, 2, 3", "keys": [{}], "values": [{}]}))
    with pytest.raises(JobError, match="the answer has 3 columns; the job description names 1 keys and 1 values"):
        parts_of(spark, job, spark.range(1))


def test_what_a_checkpoint_has_done(spark: SparkSession, tmp_path: Path) -> None:
    assert batches_of(spark, str(tmp_path / "none")) == ([], {})
    for folder, ids in (("commits", (9, 10)), ("offsets", (9, 10, 11))):
        (tmp_path / folder).mkdir()
        for number in ids:
            (tmp_path / folder / str(number)).write_text(f'v1\n{{"batchTimestampMs":{number}}}\n{{"t":{{"0":{number}}}}}')
    done, offsets = batches_of(spark, str(tmp_path))
    assert done == [9, 10]
    assert offsets[11] == ['{"batchTimestampMs":11}', '{"t":{"0":11}}']
