"""What the job program does without Spark: it reads what it is told, and writes what it tells."""
from __future__ import annotations

import json
from typing import Any, Dict

import pytest
from weir_job import JobError, batch_message, between, json_array, json_item, key_sql, keys_query, micros, options_of, parse_arguments, parse_job, plain_line, secrets_of, state_message, value_sql

JOB: Dict[str, Any] = {
    "version": 1, "generation": 3, "mode": "stream", "checkpoint": "/c/3", "watermark_us": 5_000_000, "kafka": {"security.protocol": "SSL"},
    "conf": {"spark.sql.ansi.enabled": False, "n": 4}, "sql": "select 1", "keys": [{"name": "pane"}], "values": [{"name": "n"}, {"name": "s"}],
    "streams": [{"name": "orders", "format": "kafka", "options": {"subscribe": "orders"}, "select": "select 1"}],
}


def without(*names: str) -> str:
    return json.dumps({name: value for name, value in JOB.items() if name not in names})


def test_arguments() -> None:
    options = parse_arguments(["--brokers", "a:1,b:2", "--control", "c", "--results", "r", "--kafka", "sasl.mechanism=PLAIN", "--kafka", "kafka.x=a=b"])
    assert (options.brokers, options.control, options.results) == ("a:1,b:2", "c", "r")
    assert options.kafka == {"kafka.sasl.mechanism": "PLAIN", "kafka.x": "a=b"}


@pytest.mark.parametrize("arguments", [[], ["--brokers", "a", "--control", "c"], ["--brokers", "a", "--control", "c", "--results", "r", "--kafka", "x"]])
def test_wrong_arguments(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_arguments(arguments)
    assert ended.value.code == 2
    assert "weir_job.py: error: " in capsys.readouterr().err


def test_job() -> None:
    job = parse_job(json.dumps(JOB))
    assert (job.generation, job.mode, job.once, job.trigger_ms, job.watermark_us) == (3, "stream", False, 1000, 5_000_000)
    assert (job.keys, job.values, job.table) == (1, 2, "rows")
    assert job.conf == {"spark.sql.ansi.enabled": "false", "n": "4"}
    assert job.kafka == {"kafka.security.protocol": "SSL"}
    assert job.streams[0].observe == {}
    assert job.streams[0].schema is None


def test_job_without_time() -> None:
    assert parse_job(without("watermark_us")).watermark_us is None
    assert parse_job(json.dumps({**JOB, "watermark_us": None})).watermark_us is None


def test_a_batch_needs_no_checkpoint() -> None:
    assert parse_job(json.dumps({**json.loads(without("checkpoint")), "mode": "batch"})).checkpoint == ""
    with pytest.raises(JobError, match='no "checkpoint"'):
        parse_job(without("checkpoint"))


@pytest.mark.parametrize(("text", "why"), [
    ("{", "is not JSON"), ("[]", "not an object"), ("{}", 'no "version"'), (json.dumps({**JOB, "version": 2}), "version 2"), (without("sql"), 'no "sql"'),
    (json.dumps({**JOB, "mode": "both"}), '"both", not stream or batch'), (json.dumps({**JOB, "generation": "3"}), "\"generation\".*not int"),
    (json.dumps({**JOB, "generation": True}), "not int"), (json.dumps({**JOB, "streams": []}), "no stream"), (json.dumps({**JOB, "streams": [1]}), "not an object"),
    (json.dumps({**JOB, "streams": JOB["streams"] * 2}), "two of one name"), (json.dumps({**JOB, "streams": [{"name": "x"}]}), 'no "format"'),
])
def test_wrong_job(text: str, why: str) -> None:
    with pytest.raises(JobError, match=why):
        parse_job(text)


def test_sql_of_keys_and_values() -> None:
    assert json_array([]) == "'[]'"
    assert key_sql(2, [("c0", "bigint")]) == "concat('{\"g\":2,\"k\":', concat('[', coalesce(concat('\"', cast(c0 as string), '\"'), 'null'), ']'), '}')"
    assert value_sql(7, "array") == "concat('{\"b\":7,\"v\":', array, '}')"
    with pytest.raises(JobError, match="type map<string,int>"):
        json_item("c0", "map<string,int>")


def test_times() -> None:
    assert micros("1970-01-01T00:00:00.000Z") is None
    assert micros("2026-11-22T10:00:00.250Z") == 1_795_341_600_250_000
    assert micros("1969-12-31T23:59:59.999Z") == -1000


def test_message_of_a_batch() -> None:
    progress = {
        "batchId": 4, "inputRowsPerSecond": "NaN", "processedRowsPerSecond": 12.5, "durationMs": {"triggerExecution": 80},
        "eventTime": {"watermark": "2026-11-22T10:00:00.000Z"}, "observedMetrics": {"orders": {"received": 3}}, "sources": [{"endOffset": {"orders": {"0": 3}}}],
        "stateOperators": [{"numRowsTotal": 2, "memoryUsedBytes": 100}],
    }
    key, value = batch_message(9, progress, 5)
    assert json.loads(key) == {"g": 9, "batch": 4}
    assert json.loads(value) == {
        "batch": 4, "time_us": 5, "batch_ms": 80, "input_rate": None, "processed_rate": 12.5, "watermark_us": 1_795_341_600_000_000,
        "streams": {"orders": {"received": 3}}, "sources": progress["sources"], "state_rows": 2, "state_bytes": 100,
    }


def test_message_of_a_batch_of_which_little_is_known() -> None:
    value = json.loads(batch_message(1, {"batchId": 0}, 1)[1])
    assert (value["batch_ms"], value["watermark_us"], value["streams"], value["processed_rate"]) == (0, None, {}, None)


def test_state() -> None:
    key, value = state_message("failed", 2, "it broke", "local-1", 6)
    assert json.loads(key) == {"state": 1}
    assert json.loads(value) == {"state": "failed", "generation": 2, "error": "it broke", "application": "local-1", "time_us": 6}


@pytest.mark.parametrize(("text", "line"), [
    ("", "Exception"),
    ("[PARSE_SYNTAX_ERROR] Syntax error at or near 'x'.(line 1, pos 3)\n\n== SQL ==\nx", "[PARSE_SYNTAX_ERROR] Syntax error at or near 'x'.(line 1, pos 3)"),
    ("[UNRESOLVED_COLUMN] no `a`; line 1 pos 7;\n'Project", "[UNRESOLVED_COLUMN] no `a`"),
    ("[STREAM_FAILED] Query [id = 1, runId = 2] terminated with exception: Job aborted due to stage failure: Task 0 in stage 5.0 failed 4 times, most recent failure: "
     "Lost task 0.3 in stage 5.0 (TID 12) (10.0.0.1 executor 1): java.lang.RuntimeException: it is rotten\n\tat x", "it is rotten"),
    ("org.apache.kafka.common.errors.TimeoutException: Topic orders not present", "Topic orders not present"),
    ("An error occurred while calling o31.save.\n: java.util.concurrent.ExecutionException: org.apache.kafka.common.errors.UnknownTopicException: no orders\n\tat x", "no orders"),
    ("wrong password hunter2 for a", "wrong password *** for a"),
    ("x" * 600, "x" * 500),
])
def test_one_line_of_an_error(text: str, line: str) -> None:
    assert plain_line(Exception(text), ["hunter2"]) == line


def test_secrets() -> None:
    assert secrets_of({"kafka.sasl.jaas.config": "x;", "kafka.ssl.key.password": "p", "subscribe": "orders", "kafka.ssl.keystore.password": ""}) == ["x;", "p"]


def test_between_two_offsets() -> None:
    options = {"kafka.bootstrap.servers": "a:1", "subscribe": "t", "startingOffsets": "latest", "startingTimestamp": "1", "maxOffsetsPerTrigger": "5", "failOnDataLoss": "false"}
    got = between(options, '{"t":{"0":5}}', '{"t":{"0":9,"1":3}}')
    assert {name: json.loads(got.pop(name)) for name in ("startingOffsets", "endingOffsets", "assign")} == {
        "startingOffsets": {"t": {"0": 5, "1": -2}}, "endingOffsets": {"t": {"0": 9, "1": 3}}, "assign": {"t": [0, 1]},
    }
    assert got == {"kafka.bootstrap.servers": "a:1", "failOnDataLoss": "false"}


def test_a_password_comes_from_the_environment() -> None:
    stream = {**JOB["streams"][0], "format": "jdbc", "options": {"url": "jdbc:x"}, "password": "WEIR_PASSWORD_0"}
    job = parse_job(json.dumps({**JOB, "streams": [stream]}))
    assert options_of(job.streams[0], {"WEIR_PASSWORD_0": "hunter2"}) == {"url": "jdbc:x", "password": "hunter2"}
    with pytest.raises(JobError, match="not in the driver's environment"):
        options_of(job.streams[0], {})
    assert options_of(parse_job(json.dumps(JOB)).streams[0], {}) == {"subscribe": "orders"}


def test_landings() -> None:
    landing = {"name": "postgresql://h/d", "options": {"dbtable": '"web"', "url": "jdbc:x"}, "select": "select 1", "password": "WEIR_PASSWORD_1000"}
    job = parse_job(json.dumps({**JOB, "landings": [landing]}))
    assert job.landings[0].options["dbtable"] == '"web"'
    assert options_of(job.landings[0], {"WEIR_PASSWORD_1000": "p"})["password"] == "p"
    assert parse_job(json.dumps(JOB)).landings == []
    with pytest.raises(JobError, match="a landing in the job description is not an object"):
        parse_job(json.dumps({**JOB, "landings": [1]}))


def test_keys_that_a_table_has() -> None:
    assert keys_query('"web"', [(0, 5, 9), (2, 1, 1)]) == (
        '(select _stream, _topic, _partition, _offset from "web" where _run = 0 and '
        "((_partition = 0 and _offset between 5 and 9) or (_partition = 2 and _offset between 1 and 1))) q")
