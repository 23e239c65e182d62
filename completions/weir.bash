# bash completion for weir; made from its option table
_weir() {
	local cur prev
	cur=${COMP_WORDS[COMP_CWORD]}
	prev=${COMP_WORDS[COMP_CWORD-1]}
	case $prev in
	--format|-f) mapfile -t COMPREPLY < <(compgen -W 'auto json csv tsv logfmt clf text avro json: regex:' -- "$cur"); return ;;
	--time|-t) mapfile -t COMPREPLY < <(compgen -W '' -- "$cur"); return ;;
	--null) mapfile -t COMPREPLY < <(compgen -W '' -- "$cur"); return ;;
	--header) mapfile -t COMPREPLY < <(compgen -W 'auto yes no' -- "$cur"); return ;;
	--malformed) mapfile -t COMPREPLY < <(compgen -W 'keep drop fail' -- "$cur"); return ;;
	--late) mapfile -t COMPREPLY < <(compgen -W '' -- "$cur"); return ;;
	--grace) mapfile -t COMPREPLY < <(compgen -W '' -- "$cur"); return ;;
	--where|-w) mapfile -t COMPREPLY < <(compgen -W '' -- "$cur"); return ;;
	--derive|-d) mapfile -t COMPREPLY < <(compgen -W '' -- "$cur"); return ;;
	--group|-g) mapfile -t COMPREPLY < <(compgen -W '' -- "$cur"); return ;;
	--measure|-m) mapfile -t COMPREPLY < <(compgen -W '' -- "$cur"); return ;;
	--window|-W) mapfile -t COMPREPLY < <(compgen -W 'all rows since tumbling hopping' -- "$cur"); return ;;
	--top|-n) mapfile -t COMPREPLY < <(compgen -W '' -- "$cur"); return ;;
	--sort|-s) mapfile -t COMPREPLY < <(compgen -W '' -- "$cur"); return ;;
	--at) mapfile -t COMPREPLY < <(compgen -W '' -- "$cur"); return ;;
	--view) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--save-view) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--memory) mapfile -t COMPREPLY < <(compgen -W '' -- "$cur"); return ;;
	--retain) mapfile -t COMPREPLY < <(compgen -W '' -- "$cur"); return ;;
	--speed) mapfile -t COMPREPLY < <(compgen -W 'max 1x 10x 60x 3600x' -- "$cur"); return ;;
	--fabric) mapfile -t COMPREPLY < <(compgen -W 'local' -- "$cur"); return ;;
	--for) mapfile -t COMPREPLY < <(compgen -W '' -- "$cur"); return ;;
	--every) mapfile -t COMPREPLY < <(compgen -W '' -- "$cur"); return ;;
	--output|-o) mapfile -t COMPREPLY < <(compgen -W 'table csv json ndjson' -- "$cur"); return ;;
	--stats) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--log) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--theme) mapfile -t COMPREPLY < <(compgen -W 'auto dark light contrast basic mono ' -- "$cur"); return ;;
	--color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur"); return ;;
	--list) mapfile -t COMPREPLY < <(compgen -W 'sources formats functions themes keys landings' -- "$cur"); return ;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W '-f --format -t --time --null --header --malformed --late --grace -w --where -d --derive -g --group -m --measure -W --window -n --top -s --sort --at --view --save-view --memory --retain --speed --fabric -b --batch --for --every -o --output --stats --explain --log --theme --color --ascii --no-mouse --list -h --help -V --version ' -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	fi
}
complete -o filenames -F _weir weir
