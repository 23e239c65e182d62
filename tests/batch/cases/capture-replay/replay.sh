# Every sample, alone: what is captured gives the same rows with the same virtual columns, and the same warnings.
d=$(mktemp -d) || exit
samples=$(cd ../../../../samples && pwd)
rows() { $plain -o ndjson -d o=_offset -d a=_arrival -d p=_partition -d s=_stream -d r=_raw -d t=_timestamp "$@"; }
for f in web.ndjson orders.csv app.logfmt access.log odd/changing.ndjson odd/empty.json odd/hostile.ndjson odd/mixed.log odd/no-header.tsv odd/semicolon-bom-crlf.csv odd/torn.csv; do
	rows --capture "$d/c.weir" "$samples/$f" >"$d/1" 2>"$d/1e"
	rows "$d/c.weir" >"$d/2" 2>"$d/2e"
	cmp "$d/1" "$d/2" && cmp "$d/1e" "$d/2e" && echo "$f: $(($(wc -l <"$d/1"))) rows"
	rm "$d/c.weir"
done
# All of them in one file, streams under their names.
all="$samples/web.ndjson shop=$samples/orders.csv $samples/app.logfmt"
$plain -o csv -g _stream -m 'count,min(_offset),max(_offset)' --capture "$d/all.weir" --stats "$d/1s" $all >"$d/1"
$plain -o csv -g _stream -m 'count,min(_offset),max(_offset)' --stats "$d/2s" "$d/all.weir" >"$d/2"
cmp "$d/1" "$d/2" && cat "$d/2"
grep -o '"captured":[0-9]*' "$d/1s" | tr '\n' ' '
$plain -o csv -m count "$d/all.weir?stream=shop"
$plain -o csv -g _stream "x=$d/all.weir"
$plain -m count "$d/all.weir?stream=shap" 2>&1 | sed "s,$d/,,"
rm -r "$d"
