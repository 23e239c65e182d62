"""Rows of hard values, as NDJSON for weir and as typed rows for Spark."""
import json

COLUMNS = [
    ("id", "bigint"), ("t", "timestamp"), ("i", "bigint"), ("j", "bigint"), ("x", "double"), ("y", "double"), ("s", "string"),
    ("u", "string"), ("t2", "string"), ("b", "boolean"), ("ns", "string"), ("js", "string"), ("t3", "string"), ("a.b", "bigint"),
]
INTS = [0, 1, -1, 2, 3, 7, 10, -10, 42, 99, 100, 12345, -12345, 999999, 2**31 - 1, -(2**31), 2**31, 2**53 - 1, 2**53 + 1, -(2**53) - 1,
        10**18, 2**63 - 1, -(2**63), 2**62, 5, 50, 500, None]
FLOATS = [0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 0.1, 0.285, 3.14159, 100.0, 12345.678, -0.001, 99.995, 1e6, 123456.789, 9007199254740993.0,
          0.25, 7.0, 42.0, 1e15, 2.0**62, -(2.0**62), 1e18, 1e300, -1e300, 0.3, None]
TEXTS = ["", "a", "A", "abc", "Hello World", " padded ", "x,y,z", "a.b.c", "1", "12", "-7", "1.5", "1e3", " 42 ", "true", "no", "été", "日本",
         "line\nbreak", "back\\slash", "50%", "under_score", "'quoted'", "GET /api/v1", "foo123bar", "tab\there", "NULL", "straße", "end\\", None]
NUMBERS = ["0", "1", "12", "-7", "1.5", "1e3", " 42 ", "1d", "5f", "0x1p3", "abc", "", "9223372036854775807", "9223372036854775808", "9007199254740993",
           "1,000", "inf", "-Infinity", "NaN", ".5", "5.", ".", "-", "+3", "1e400", "00501", "10", None]
TIMES = ["2026-11-22T10:00:00Z", "2026-11-22T10:00:00.5Z", "2026-11-22T23:59:59.999999Z", "1970-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z",
         "2024-02-29T12:30:45.123Z", "2000-01-01T00:00:00Z", "1583-01-02T03:04:05Z", "9999-12-31T23:00:00Z", "0001-01-01T00:00:01Z",
         "2026-01-01T00:00:00Z", "2026-03-31T07:08:09Z"]
TIME_TEXTS = ["2026-11-22T10:00:00Z", "2026-11-22 10:00:00", "2026-11-22", "2026-11-22T10:00:00+01:00", "2026-11-22 10:00:00.123456", "2026", "2026-11",
              "10:20:30", "", "noon", "0000-01-01", "2026-13-01", "2026-11-22T10:00Z", " 2026-11-22 ", "20261122T100000Z", None]
JSONS = ['{"a":1,"b":"x","c":[1,2,3],"d":{"e":true}}', '[1,2,3]', '[]', '{}', '"text"', '7', 'null', 'not json', '[{"n":5},{"n":6}]',
         '{"a":"12","c":[{"n":1}]}', '{"a":-3,"b":"","d":{"e":false}}', '{"a":1.50,"c":[1, 2]}', None]


def rows(n=84):
    def pick(values, at):
        return values[at % len(values)]

    out = []
    for k in range(n):
        out.append([k, TIMES[k % len(TIMES)], pick(INTS, k), pick(INTS, k * 5 + 3), pick(FLOATS, k), pick(FLOATS, k * 3 + 1), pick(TEXTS, k),
                    pick(TEXTS, k * 5 + 2), pick(TIME_TEXTS, k), [True, False, None][k % 3], pick(NUMBERS, k), pick(JSONS, k), TIMES[(k * 7 + 1) % len(TIMES)], k % 5])
    return out


def ndjson(table):
    """Floats keep their point, so that their column is one of floats."""
    lines = []
    for row in table:
        lines.append("{" + ",".join(json.dumps(name) + ":" + json.dumps(value) for (name, _), value in zip(COLUMNS, row) if name != "a.b")
                     + ',"a":{"b":%d}}' % row[-1])
    return "\n".join(lines) + "\n"
