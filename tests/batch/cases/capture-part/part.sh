# A part by time of arrival; of csv, whose first line is not in it.
d=$(mktemp -d) || exit
cd "$d" || exit
awk 'BEGIN { print "n,text"; for (i = 0; i < 200000; i++) printf "%d,some text of this row\n", i }' >in.csv
$plain -m count --capture a.weir in=- <in.csv >/dev/null # a sample, then pieces
$plain -o csv -g '_arrival as a' -m 'count,min(n) as least' a.weir --sort 'least asc' >arrivals
[ "$(wc -l <arrivals)" -gt 2 ] && echo several arrivals
last=$(tail -n 1 arrivals)
at=$(echo "$last" | cut -d, -f1)
$plain -o csv "a.weir?from=$at" | head -n 1
[ "$($plain -o csv -g '_arrival as a' -m 'count,min(n) as least' "a.weir?from=$at" | tail -n 1)" = "$last" ] && echo the last part
[ "$($plain -o csv -m count "a.weir?until=$at" | tail -n 1)" = "$(echo "$last" | cut -d, -f3)" ] && echo all but the last part
[ "$($plain -o csv -m count 'a.weir?from=-0s' | tail -n 1)" = "$(echo "$last" | cut -d, -f2)" ] && echo the newest
row=$($plain -o csv -d o=_offset -w 'n = 1234' in.csv | cut -d, -f3 | tail -n 1) # by bytes, as of the file
ends=$($plain -o csv -d o=_offset -w 'n = 150000' in.csv | cut -d, -f3 | tail -n 1)
for part in "from=$row" "until=$row" "from=$row&until=$ends" "until=$((row + 2))"; do
	for f in in.csv a.weir; do $plain -q -o csv -d o=_offset -m 'count,min(o),max(o)' "$f?$part" | tail -n 1; done
done
$plain -o csv "a.weir?from=$row" | head -n 2
$plain -o csv -m count "a.weir?from=9999999" 2>&1
$plain -o csv -m count "in.csv?from=9999999" 2>&1
$plain -o csv -m count 'a.weir?from=latest' 2>&1
$plain -o csv -m count 'a.weir?until=earliest' 2>&1
$plain -o csv -m count 'a.weir?from=nonsense' 2>&1
cd / && rm -r "$d"
