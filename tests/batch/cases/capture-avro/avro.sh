# A part of an Avro file that does not have its header; offsets of its records are none in the file.
d=$(mktemp -d) || exit
cp input.avro "$d/a.avro"
more=$(pwd)/input-more
cd "$d" || exit
ask() { $plain -o csv -m 'count,min(n),max(s)' "$@" 2>&1; }
ask --capture v.weir a.avro
cat "$more" >>a.avro
ask --capture v.weir 'a.avro?continue=v.weir'
ask v.weir
ask 'v.weir?from=-0s' # the second arrival
ask 'v.weir?from=20'
ask 'v.weir?until=20'
cd / && rm -r "$d"
