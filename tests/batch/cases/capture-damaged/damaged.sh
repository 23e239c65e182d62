# Cut off, changed within, zeros at the end: what is whole is read, what is missing is lost and said.
d=$(mktemp -d) || exit
cd "$d" || exit
for i in 1 2 3 4; do # a block each
	awk -v i=$i 'BEGIN { for (k = 0; k < 50; k++) printf "{\"run\":%d,\"k\":%d}\n", i, k }' | $plain -m count --capture a.weir in=- >/dev/null
done
ask() { $plain -o csv -m 'count,min(run),max(run)' --stats s "$@"; grep -o '"lost":[0-9]*' s | head -n 1; }
ask a.weir 2>&1
size=$(wc -c <a.weir)
head -c $((size - 250)) a.weir >cut.weir
ask cut.weir 2>&1 | sed 's/the last [0-9]* bytes/the last N bytes/'
block() { echo $(($(LC_ALL=C grep -abo WEIR a.weir | cut -d: -f1 | sed -n "$1p") - 1)); }
head -c "$(block 8)" a.weir >open.weir # two runs, and no index behind the second
ask open.weir 2>&1
head -c "$(block 3)" a.weir >open.weir # its stream, and no record
ask open.weir 2>&1
head -c $(($(block 3) + 100)) a.weir >open.weir # within its first records
ask open.weir 2>&1 | sed 's/the last [0-9]* bytes/the last N bytes/'
data=$(block 7) # the block of the second run
for at in $((data + 16)) $((data + 100)); do # its header, and what is in it
	{ head -c "$at" a.weir; printf x; tail -c +$((at + 2)) a.weir; } >bad.weir
	ask bad.weir 2>&1 | sed 's/at byte [0-9]*/at byte N/'
done
{ cat a.weir; head -c 1000 /dev/zero; } >zeros.weir
ask zeros.weir 2>&1
$plain -m count --capture zeros.weir in=/dev/null 2>&1 # cuts them off
ask zeros.weir 2>&1
: >empty.weir
ask empty.weir 2>&1
echo no capture >no.weir
ask no.weir 2>&1
cd / && rm -r "$d"
