# Turns themes/*.theme into a C table of their texts, in the order of the arguments.
function name_of(path) {
	sub(/.*\//, "", path)
	sub(/\.theme$/, "", path)
	return path
}
BEGIN {
	print "/* Made by embed.awk from the files of themes/. */"
	print "#include \"session/themes/themes.h\"\n"
	for (i = 1; i < ARGC; i++)
		choices = choices " " name_of(ARGV[i])
	print "const char weir_theme_choices[] = \"auto" choices "\";\n"
	print "const struct weir_theme_text weir_theme_texts[] = {"
}
FNR == 1 {
	if (NR > 1)
		print "    },"
	print "    {\"" name_of(FILENAME) "\","
}
{
	gsub(/[\\"?]/, "\\\\&") # a question mark too: two of them begin a trigraph
	print "     \"" $0 "\\n\""
}
END {
	print "    },\n    {NULL, NULL},\n};"
}
