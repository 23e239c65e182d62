/* The function table and what is shown of it. */
#include "functions.h"

#include "weir/query/view.h"

const struct weir_function weir_functions[WEIR_FN_COUNT] = {
#define X(name, min, max, signature, help, example) [WEIR_FN_##name] = {#name, signature, WEIR_FN_##name, min, max},
    WEIR_FUNCTION_LIST(X)
#undef X
};

static const struct weir_function_doc docs[] = {
#define X(name, min, max, signature, help, example) {#name, signature, help, example, false},
    WEIR_FUNCTION_LIST(X)
#undef X
#define X(name, signature, help, example) {name, signature, help, example, true},
	WEIR_AGGREGATE_LIST(X)
#undef X
	    {NULL, NULL, NULL, NULL, false},
};

const struct weir_function_doc *weir_function_docs(void)
{
	return docs;
}

const struct weir_function *weir_function_find(struct weir_str name)
{
	for (size_t i = 0; i < WEIR_FN_COUNT; i++)
		if (weir_str_equal_nocase(name, weir_str_of(weir_functions[i].name)))
			return &weir_functions[i];
	return NULL;
}

const char *weir_function_nearest(struct weir_str name)
{
	struct weir_str names[sizeof(docs) / sizeof(docs[0])];
	size_t n = 0;

	for (; docs[n].name; n++)
		names[n] = weir_str_of(docs[n].name);
	int i = weir_nearest(name, names, n);
	return i < 0 ? NULL : docs[i].name;
}
