/* The fields of the collection: a dynamic one for each type of value, and those of the place. */
#include "solr.h"

#include <stdio.h>

enum { OWN = 6, ALL = WEIR_SOLR_FIELD_COUNT + OWN };

/* A field that documents need. */
static const struct needed {
	const char *name, *class;
	bool dynamic;
	bool plain; /* stored alone: nobody looks for it, or it is too long for an index */
} needed[ALL] = {
#define X(name, suffix, class)                                                                                         \
	{"*_" suffix, class, true, WEIR_SOLR_##name == WEIR_SOLR_LONG || WEIR_SOLR_##name == WEIR_SOLR_MICROS},
    WEIR_SOLR_FIELDS(X)
#undef X
	{WEIR_SOLR_STREAM, "solr.StrField", false, false},
    {WEIR_SOLR_TOPIC, "solr.StrField", false, false},
    {WEIR_SOLR_PARTITION, "solr.LongPointField", false, false},
    {WEIR_SOLR_OFFSET, "solr.LongPointField", false, false},
    {WEIR_SOLR_RUN, "solr.LongPointField", false, false},
    {WEIR_SOLR_TIME, "solr.StrField", false, false},
};

static const json_t *named(const json_t *list, const char *name)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i,
			   item) if (json_is_string(json_object_get(item, "name")) &&
				     strcmp(json_string_value(json_object_get(item, "name")), name) == 0) return item;
	return NULL;
}

/* A property that a field has by itself, or from its type. */
static bool has(const json_t *field, const json_t *type, const char *property, bool otherwise)
{
	const json_t *v = json_object_get(field, property);

	v = v ? v : json_object_get(type, property);
	return v ? json_is_true(v) || (json_is_string(v) && strcmp(json_string_value(v), "true") == 0) : otherwise;
}

/* "solr.StrField" is "org.apache.solr.schema.StrField" too. */
static bool is_class(const json_t *type, const char *class)
{
	const char *have = json_string_value(json_object_get(type, "class"));
	const char *last = have ? strrchr(have, '.') : NULL;

	return last && strcmp(last, strrchr(class, '.')) == 0;
}

static enum weir_status check_field(const struct weir_solr *s, const json_t *schema, const struct needed *n,
				    const json_t *field, struct weir_error *err)
{
	const char *name = json_string_value(json_object_get(field, "type"));
	const json_t *type = name ? named(json_object_get(schema, "fieldTypes"), name) : NULL;

	if (is_class(type, n->class) && has(field, type, "stored", true) && !has(field, type, "multiValued", false))
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, s->name,
		  "the collection's field %s is no %s that is stored and has one value, as rows need it", n->name,
		  strrchr(n->class, '.') + 1);
	weir_error_hint(err, "land in a collection of its own");
	return WEIR_USAGE;
}

/* A type of the class that is there, or "": none. */
static const char *type_for(const json_t *schema, const char *class)
{
	const json_t *type;
	size_t i;

	json_array_foreach(
	    json_object_get(schema, "fieldTypes"), i,
	    type) if (is_class(type, class) && has(NULL, type, "docValues", false) &&
		      !has(NULL, type, "multiValued", false)) return json_string_value(json_object_get(type, "name"));
	return "";
}

static json_t *list_in(json_t *order, const char *name)
{
	if (!json_object_get(order, name))
		json_object_set_new(order, name, json_array());
	return json_object_get(order, name);
}

static void order_field(json_t *order, const json_t *schema, const struct needed *n)
{
	const char *type = type_for(schema, n->class);
	char own[40];

	snprintf(own, sizeof own, "weir%.30s", strrchr(n->class, '.') + 1);
	if (!*type) {
		type = own;
		if (!named(json_object_get(order, "add-field-type"), own))
			json_array_append_new(
			    list_in(order, "add-field-type"),
			    json_pack("{s:s, s:s, s:b}", "name", own, "class", n->class, "docValues", 1));
	}
	json_array_append_new(list_in(order, n->dynamic ? "add-dynamic-field" : "add-field"),
			      json_pack("{s:s, s:s, s:b, s:b, s:b}", "name", n->name, "type", type, "stored", 1,
					"indexed", !n->plain, "docValues", !n->plain));
}

/* What is missing goes into the order, which the caller owns (NULL: nothing is missing). */
static enum weir_status compare(const struct weir_solr *s, const json_t *schema, json_t **order, struct weir_error *err)
{
	const char *key = json_string_value(json_object_get(schema, "uniqueKey"));

	*order = NULL;
	if (!key || strcmp(key, "id") != 0) {
		weir_fail(err, WEIR_USAGE, s->name, "the collection's unique key is %.60s, not id", key ? key : "none");
		weir_error_hint(err, "land in a collection of its own");
		return WEIR_USAGE;
	}
	for (size_t i = 0; i < ALL; i++) {
		const json_t *field =
		    named(json_object_get(schema, needed[i].dynamic ? "dynamicFields" : "fields"), needed[i].name);
		enum weir_status st = field ? check_field(s, schema, &needed[i], field, err) : WEIR_OK;
		if (!field && !*order)
			*order = json_object();
		if (!field)
			order_field(*order, schema, &needed[i]);
		if (st != WEIR_OK) {
			json_decref(*order);
			*order = NULL;
			return st;
		}
	}
	return WEIR_OK;
}

static enum weir_status look(struct weir_solr *s, json_t **order, struct weir_error *err)
{
	json_t *answer = NULL;
	enum weir_status st = weir_solr_ask(s, "/schema?wt=json", NULL, &answer, err);

	*order = NULL;
	if (st == WEIR_OK)
		st = compare(s, json_object_get(answer, "schema"), order, err);
	json_decref(answer);
	return st;
}

static enum weir_status no_field(const struct weir_solr *s, const json_t *order, struct weir_error *err)
{
	const json_t *list = json_object_get(order, "add-dynamic-field");
	const json_t *first = json_array_get(list ? list : json_object_get(order, "add-field"), 0);

	weir_fail(err, WEIR_USAGE, s->name, "the collection has no field %s, which rows need",
		  json_string_value(json_object_get(first, "name")));
	weir_error_hint(err, "create=yes makes what is missing");
	return WEIR_USAGE;
}

/* Another weir may make them in the same moment: then the server refuses ours, and all are there. */
static enum weir_status make(struct weir_solr *s, json_t *order, struct weir_error *err)
{
	struct weir_error first = {0};
	json_t *answer = NULL, *left = NULL;
	char *text = json_dumps(order, JSON_COMPACT);

	if (!text)
		return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
	const struct weir_str sent = weir_str_of(text);
	enum weir_status st = weir_solr_ask(s, "/schema", &sent, &answer, &first);
	json_decref(answer);
	free(text);
	if (st == WEIR_MALFORMED && look(s, &left, NULL) == WEIR_OK && !left)
		st = WEIR_OK;
	json_decref(left);
	if (st != WEIR_OK && err) {
		*err = first;
		if (st == WEIR_MALFORMED)
			weir_error_hint(err, "fields can be made in a managed schema that is mutable");
	}
	return st;
}

/* Without a log the server could lose what it has acknowledged. */
static enum weir_status check_log(struct weir_solr *s, struct weir_error *err)
{
	json_t *answer = NULL;
	enum weir_status st = weir_solr_ask(s, "/get?getVersions=1&wt=json", NULL, &answer, err);

	if (st == WEIR_OK && !json_is_array(json_object_get(answer, "versions"))) {
		st = weir_fail(err, WEIR_USAGE, s->name, "the collection has no transaction log");
		weir_error_hint(err,
				"rows count as landed when they are in it: add <updateLog/> to its solrconfig.xml");
	}
	json_decref(answer);
	return st;
}

enum weir_status weir_solr_prepare(struct weir_solr *s, bool create, struct weir_error *err)
{
	json_t *order = NULL;
	enum weir_status st = look(s, &order, err);

	if (st == WEIR_OK && order)
		st = create ? make(s, order, err) : no_field(s, order, err);
	json_decref(order);
	return st == WEIR_OK ? check_log(s, err) : st;
}
