# What was landed gives the same answers as what was read.
here=$PWD
d=$(mktemp -d)
cd "$d" || exit 1
ask() { # QUESTION...
	weir -o ndjson "$@" "$here/input.ndjson" >before
	weir -o ndjson "$@" --null '\N' --header yes "$file" >after
	cmp before after && echo "$file: the same $(wc -l <after) rows: $*"
}
for file in out.ndjson out.csv; do
	weir -m count -o csv --land "$file?null=\\N" "$here/input.ndjson"
	ask -m 'count,count(a),sum(a),min(a),max(a),sum(f),min(f),max(f),min(t),max(t),count(s),distinct(s)'
	ask -g s -m count
	ask -g t -m 'first(a),first(f),first(s)'
	ask -W 'tumbling 2s' -m 'count,max(f)'
	ask -w 's is null' -m count
	ask -w "s = ''" -m count
	ask -d "x=json_value(\"n.x\",'\$[1]')" -g x -m count
done
cd "$here" && rm -r "$d"
