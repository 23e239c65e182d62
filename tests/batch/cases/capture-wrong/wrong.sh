# Names that cannot be, or must not be, captured to.
d=$(mktemp -d) || exit
cd "$d" || exit
printf '{"a":1}\n{"a":2}\n' >in.ndjson
run() { $plain -o csv -m count "$@" 2>&1; echo "status $?"; }
run --capture '' in.ndjson
run --capture none/x.weir in.ndjson
run --capture in.ndjson in.ndjson
run --capture in.ndjson other=/dev/null
cat in.ndjson
run --capture a.weir in.ndjson
run --capture a.weir a.weir
run --capture b.weir nosuch.ndjson
run nosuch.weir
ls
# A full disk: the answer is there, the capture lacks what it could not take.
awk 'BEGIN { srand(1); for (i = 0; i < 20000; i++) printf "{\"a\":%d,\"b\":%.15f}\n", i, rand() }' >many.ndjson
(ulimit -f 64; $plain -o csv -m count --capture full.weir --stats stats many.ndjson 2>&1; echo "status $?") | sed 's/lacks [0-9,]* /lacks N /'
grep -o '"captured":[0-9]*,"missed":[0-9]*' stats | tr -c '0-9\n' ' ' | awk '{ print ($1 + $2 == 20000 && $2 > 0) ? "all accounted for" : $0 }'
$plain -o csv -m count full.weir >whole 2>/dev/null; tail -n 1 whole | awk '{ print ($1 < 20000) ? "the rest is whole" : $0 }'
# To a pipe, and to one whose reader goes away.
$plain -o csv -m count --capture - many.ndjson | cat >piped.weir
$plain -o csv -m count piped.weir
$plain --explain --capture - in.ndjson | head -n 1
$plain -m count --capture - in.ndjson 2>err >&-; cat err
run --capture /dev/stdout in.ndjson | cat
run --capture same.weir in.ndjson >same.weir
cat same.weir
$plain -m count --capture - 'demo:orders?rate=100000' 2>&1 >/dev/full | tail -n 1
cd / && rm -r "$d"
