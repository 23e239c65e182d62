# A file that grows: what a capture has of it comes first, then the rest; and a capture that goes on by itself, run after run.
d=$(mktemp -d) || exit
cd "$d" || exit
rows() { awk -v from="$1" -v to="$2" 'BEGIN { for (i = from; i < to; i++) printf "{\"i\":%d}\n", i }'; }
ask() { $plain -o csv -m 'count,sum(i),max(_offset)' "$@" 2>&1; }
rows 0 100 >in.ndjson
ask --capture a.weir 'in.ndjson?continue=a.weir' # there is none yet
rows 100 250 >>in.ndjson
ask in.ndjson
ask 'in.ndjson?continue=a.weir'
ask --capture a.weir 'in.ndjson?continue=a.weir'
ask a.weir # each row once
ask --capture a.weir 'in.ndjson?continue=a.weir' # nothing new
ask a.weir
{ echo 'n,i'; rows 0 40 | sed 's/[^0-9]*\([0-9]*\).*/x,\1/'; } >in.csv
ask --capture b.weir in.csv
rows 40 50 | sed 's/[^0-9]*\([0-9]*\).*/y,\1/' >>in.csv
ask in.csv
ask 'in.csv?continue=b.weir'
ask 'other.ndjson?continue=a.weir'
cp in.ndjson other.ndjson
ask 'other.ndjson?continue=a.weir'
ask 'demo:orders?continue=a.weir'
cd / && rm -r "$d"
