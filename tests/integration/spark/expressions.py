"""Expressions: some that were found to differ once, and as many generated ones as are asked for."""
import random

# Each function and operator at its edges: what Spark does otherwise when it is left to itself.
GIVEN = """
2000000000 + 2000000000 + id * 0
length(s) * 1000000000
hour(t) * 100000000
i + j
i - j
i * j
- i
abs(i)
i % j
i / j
x / y
x % y
floor(x)
ceil(x)
floor(x * 1e10)
cast(x as int64)
cast(x * 1e12 as int64)
round(i, -1)
round(i, -18)
round(i, -19)
round(i, 2)
round(x)
round(x, 2)
round(x, -1)
round(x / 7, 3)
sqrt(x)
sqrt(i)
power(x, 0.5)
sign(x)
sign(i)
abs(x)
'1.5' = id
ns > 5
ns = i
ns < i
ns >= 9007199254740993
ns = 9223372036854775808
json_value(js, '$.a') > 1
js[0].n > 1
s in (1, 10, 42)
i in ('7', '2.0')
i in (1, null, 3)
i in (1.5, 2)
x in (0.5, 1, 2.5)
s in ('a', 'abc', null)
s not in ('a', 'abc')
t in ('2026-11-22T10:00:00Z', '1970-01-01')
ns + 1
ns * 2
cast(ns as int64)
cast(ns as double)
cast(ns as bool)
cast(s as bool)
cast(s as int64)
cast(i as bool)
cast(x as bool)
cast(b as int64)
cast(b as double)
cast(b as string)
cast(i as string)
cast(t as string)
cast(t as int64)
cast(t as double)
cast(i as timestamp)
cast(x as timestamp)
cast(t2 as timestamp)
i = 9007199254740992.0
i = 9007199254740993
i > 1.5
i < x
i = x
x >= i
i <= 9.3e18
i > -1e300
t || ''
s || i
concat(s, '-', i)
concat(b, t)
coalesce(t, s)
coalesce(i, 0)
coalesce(i, x)
coalesce(u, 'none')
greatest(i, j)
greatest(i, x)
greatest(i, s)
least(x, y, 1)
least(s, u)
coalesce(b, s)
b in ('true')
b = 'yes'
greatest(t, '2026-01-01')
case when null then 1 else 2 end
case when i > 0 then 'pos' when i < 0 then 'neg' end
case i when 1 then 'one' when 2 then 'two' else s end
case s when 'a' then 1 else 2.5 end
if(b, i, j)
if(x > 1, 'big', 'small')
nullif(i, 1)
nullif(i, 1.0)
nullif(s, 'a')
1e400 + x
unix_seconds(t)
unix_seconds(t2)
to_timestamp(x)
to_timestamp(-2.857142857 + x * 0)
to_timestamp(i)
to_timestamp(t2)
bucket(t, interval '1' minute)
bucket(t, interval '7' day)
bucket(t, interval '250' millisecond)
bucket(i, 10)
bucket(i, j)
bucket(x, 50)
bucket(x, 0.1)
bucket(x, y)
bucket(i, 0)
log_bucket(i)
log_bucket(x)
log_bucket(x / 1000)
upper(s)
lower(s)
trim(s)
length(s)
substr(s, 2)
substr(s, 0, 2)
substr(s, -3, 2)
substr(s, i)
substr(s, 2, j)
replace(s, 'a', 'bb')
replace(s, '', 'x')
replace(s, u, '')
split_part(s, ',', 2)
split_part(s, ',', -1)
split_part(s, '.', i)
split_part(s, '', 1)
starts_with(s, 'a')
starts_with(s, u)
contains(s, u)
contains(s, '')
s like '%a%'
s like 'a\\_%'
s like 'a!_%' escape '!'
s like '%\\n%'
s like 'c\\d'
s like '%\\\\%'
s like '50\\%'
s like '50%%' escape '%'
s not like '_'
s like u
s rlike '^[a-c]+$'
s rlike 'b.c'
s rlike '(?i)hello'
s rlike '(?i)É'
s rlike '\\bWorld\\b'
s rlike '[[:alpha:]]+[[:digit:]]'
s rlike '[^[:space:]]'
s rlike '[a[]'
s rlike '[]x]'
s rlike '[a-c&&b]'
s rlike '\\d+'
s rlike '\\S'
s rlike '\\W'
s rlike '(?P<name_x>[a-z]+)1'
s rlike 'a{,2}'
s rlike '{'
s rlike '\\p{L}'
s rlike '\\p{Han}'
s rlike '(?#comment)a'
s rlike 'a|^$'
not (s rlike 'x')
regexp_extract(s, '([a-z]+)([0-9]+)')
regexp_extract(s, '([a-z]+)([0-9]+)', 2)
regexp_extract(s, '[0-9]+')
date_trunc('hour', t)
date_trunc('week', t)
date_trunc('quarter', t)
date_trunc('month', t)
date_trunc('millisecond', t)
extract(second from t)
extract(week from t)
extract(doy from t)
extract(dayofweek from t)
extract(year from t)
extract(quarter from t)
minute(t)
dayofweek(t)
json_value(js, '$.b')
json_value(js, '$.c[1]')
json_value(js, '$.d.e')
json_value(js, '$["b"]')
js[0]
js[1].n
size(js)
size('{"a":1}')
interval '1' hour
t - timestamp '2026-11-22'
t + interval '1' hour
t - interval '1' day
t + interval '0.25' second
interval '5' minute + t
t > timestamp '2026-11-22' - interval '5' minute
t - timestamp '2026-11-22T09:00:00Z' > interval '30' minute
abs(t - timestamp '2026-11-22')
t between '2026-01-01' and '2026-12-31'
i between 1 and 10
i not between 1 and 10.5
x between i and j
t2 > t
t = '2026-11-22T10:00:00Z'
t is null
i is not null
not b
b and i > 0
b or null
b and null
i > 0 and x > 0 or s = 'a'
not (i > 0 and b)
a.b * 2
_stream || s
"a.b" + 1
""".replace("\\\\", "\\").strip().split("\n")


class Generator:
    """Texts of a type, at most so deep."""

    def __init__(self, seed):
        self.r = random.Random(seed)

    def of(self, kind, depth):
        return getattr(self, kind)(depth)

    def pick(self, *choices):
        return self.r.choice(choices)

    def whole(self, d):
        if d <= 0:
            return self.pick("i", "j", "id", "a.b", "1", "3", "-5", "100", "9223372036854775807", "4611686018427387904")
        a, b = (lambda: self.whole(d - 1)), (lambda: self.whole(d - 2))
        return self.pick(
            lambda: f"({a()} {self.pick('+', '-', '*', '%')} {b()})", lambda: f"abs({a()})", lambda: f"(- {a()})",
            lambda: f"length({self.text(d - 1)})", lambda: f"bucket({a()}, {self.pick('10', '7', b())})", lambda: f"log_bucket({a()})",
            lambda: f"cast({self.real(d - 1)} as int64)", lambda: f"cast({self.text(d - 1)} as int64)", lambda: f"floor({self.real(d - 1)})",
            lambda: f"ceil({self.real(d - 1)})", lambda: f"round({a()}, {self.pick(0, -1, -2, -17, 3)})", lambda: f"coalesce({a()}, {b()})",
            lambda: f"greatest({a()}, {b()})", lambda: f"least({a()}, {b()})", lambda: f"nullif({a()}, {b()})",
            lambda: f"if({self.truth(d - 1)}, {a()}, {b()})", lambda: f"case when {self.truth(d - 1)} then {a()} end",
            lambda: f"extract({self.pick('hour', 'day', 'week', 'month', 'year', 'doy', 'quarter')} from {self.time(d - 1)})",
            lambda: f"unix_seconds({self.time(d - 1)})", lambda: f"size({self.pick('js', 's')})", lambda: f"cast({self.truth(d - 1)} as int64)")()

    def real(self, d):
        if d <= 0:
            return self.pick("x", "y", "1.5", "0.1", "-2.25", "1e6", "x", "y", "0.001")
        a, b = (lambda: self.real(d - 1)), (lambda: self.real(d - 2))
        return self.pick(
            lambda: f"({a()} {self.pick('+', '-', '*', '/')} {b()})", lambda: f"({self.whole(d - 1)} / {self.whole(d - 2)})",
            lambda: f"({a()} {self.pick('+', '*', '-')} {self.whole(d - 2)})", lambda: f"abs({a()})", lambda: f"(- {a()})", lambda: f"sqrt({a()})",
            lambda: f"sign({a()})", lambda: f"round({a()}, {self.pick(0, 1, 2, -1, 5)})", lambda: f"bucket({a()}, {self.pick('0.5', '10', b())})",
            lambda: f"log_bucket({a()})", lambda: f"cast({self.text(d - 1)} as double)", lambda: f"coalesce({a()}, {self.whole(d - 2)})",
            lambda: f"greatest({a()}, {b()})", lambda: f"if({self.truth(d - 1)}, {a()}, {b()})", lambda: f"(ns + {self.whole(d - 2)})",
            lambda: f"extract(second from {self.time(d - 1)})", lambda: f"({self.time(d - 1)} - {self.time(d - 2)})", lambda: f"nullif({a()}, {b()})")()

    def text(self, d):
        if d <= 0:
            return self.pick("s", "u", "ns", "s", "u", "'a'", "'x,y'", "''", "'1.5'", "'Ab c'")
        a, b = (lambda: self.text(d - 1)), (lambda: self.text(d - 2))
        return self.pick(
            lambda: f"({a()} || {b()})", lambda: f"concat({a()}, {self.whole(d - 2)})", lambda: f"trim({a()})",
            lambda: f"substr({a()}, {self.pick('2', '-3', '0', self.whole(d - 2))})", lambda: f"substr({a()}, {self.pick('1', '-2')}, {self.whole(d - 2)})",
            lambda: f"replace({a()}, {b()}, {b()})", lambda: f"split_part({a()}, {self.pick(chr(39) + ',' + chr(39), b())}, {self.pick('1', '2', '-1', self.whole(d - 2))})",
            lambda: f"coalesce({a()}, {b()})", lambda: f"nullif({a()}, {b()})", lambda: f"if({self.truth(d - 1)}, {a()}, {b()})",
            lambda: f"cast({self.whole(d - 1)} as string)", lambda: f"cast({self.time(d - 1)} as string)", lambda: f"cast({self.truth(d - 1)} as string)",
            lambda: f"greatest({a()}, {b()})", lambda: f"regexp_extract({a()}, {self.pattern()})",
            lambda: f"case when {self.truth(d - 1)} then {a()} else {b()} end")()

    def pattern(self):
        return "'" + self.pick("[a-z]+", "^.", "([0-9]+)", "a|b", "\\d", "[[:alpha:]]+", "\\w+$", "(?i)A.", "[^,]+", "\\bx", "[.]", "l+o?") + "'"

    def time(self, d):
        if d <= 0:
            return self.pick("t", "tt", "t", "timestamp '2026-11-22T10:00:00Z'")
        a = lambda: self.time(d - 1)
        return self.pick(
            lambda: f"({a()} {self.pick('+', '-')} {self.gap()})",
            lambda: f"date_trunc('{self.pick('hour', 'day', 'week', 'month', 'year', 'minute', 'quarter')}', {a()})",
            lambda: f"bucket({a()}, {self.gap()})", lambda: f"coalesce({a()}, {self.time(d - 2)})", lambda: f"greatest({a()}, {self.time(d - 2)})",
            lambda: f"to_timestamp({self.whole(d - 1)})", lambda: f"if({self.truth(d - 1)}, {a()}, {self.time(d - 2)})", lambda: f"to_timestamp({self.real(d - 1)})")()

    def gap(self):
        return f"interval '{self.pick(1, 5, 90, 0.5)}' {self.pick('second', 'minute', 'hour', 'day')}"

    def truth(self, d):
        if d <= 0:
            return self.pick("b", "i > 0", "x < 1", "s = 'a'", "true", "b", "u is null")
        n = d - 1
        return self.pick(
            lambda: f"({self.whole(n)} {self.sign()} {self.whole(n - 1)})", lambda: f"({self.real(n)} {self.sign()} {self.real(n - 1)})",
            lambda: f"({self.whole(n)} {self.sign()} {self.real(n - 1)})", lambda: f"({self.text(n)} {self.sign()} {self.text(n - 1)})",
            lambda: f"({self.text(n)} {self.sign()} {self.whole(n - 1)})", lambda: f"({self.time(n)} {self.sign()} {self.time(n - 1)})",
            lambda: f"({self.truth(n)} and {self.truth(n - 1)})", lambda: f"({self.truth(n)} or {self.truth(n - 1)})", lambda: f"(not {self.truth(n)})",
            lambda: f"({self.whole(n)} in ({self.whole(0)}, {self.whole(0)}, 3))", lambda: f"({self.text(n)} in ('a', '1', {self.text(0)}))",
            lambda: f"({self.real(n)} between {self.real(n - 1)} and {self.whole(n - 1)})", lambda: f"({self.whole(n)} not between 1 and {self.whole(0)})",
            lambda: f"({self.of(self.pick('whole', 'real', 'text', 'time', 'truth'), n)} is {self.pick('', 'not ')}null)",
            lambda: f"({self.text(n)} {self.pick('', 'not ')}like {self.pick(chr(39) + '%a%' + chr(39), chr(39) + '_b' + chr(92) + '_%' + chr(39))})",
            lambda: f"({self.text(n)} rlike {self.pattern()})", lambda: f"starts_with({self.text(n)}, {self.text(n - 1)})",
            lambda: f"contains({self.text(n)}, {self.text(n - 1)})")()

    def sign(self):
        return self.pick("=", "<>", "<", "<=", ">", ">=")


def generated(n, seed):
    g = Generator(seed)
    return [g.of(g.pick("whole", "real", "text", "time", "truth"), g.pick(1, 2, 2, 3)) for _ in range(n)]
