/* Documents that wrap their records: {"Records": [...]}, {"data": {"items": [...]}}.
 *
 * A wrapper is recognised by a name that means one thing (Records, features, hits.hits, logEvents, resourceLogs, resourceSpans,
 * resourceMetrics, the value of OData, the items of a Kubernetes list); or, where the stream is one document, by an array of
 * objects that is all it holds, or that fills what was seen of it. Any other object stays one row, and where it holds an array
 * of objects the guess says how to read that. */
#include "codec/json/json.h"

#include <string.h>

struct outline {
	struct weir_buf path;  /* of the first array of objects */
	bool fills;            /* the sample ends inside it */
	bool alone;            /* and all that is there leads to it */
	bool odata, list, geo; /* marks of such documents */
	const char *known;     /* a path by name */
	unsigned odd;          /* keys above what is read that json:PATH cannot name */
	bool unnamed;          /* one of `path` is such a key */
};

static const struct {
	const char *key, *path;
} known[] = {
    {"Records", "Records"},
    {"logEvents", "logEvents"},
    {"resourceLogs", "resourceLogs.scopeLogs.logRecords"},
    {"resourceSpans", "resourceSpans.scopeSpans.spans"},
    {"resourceMetrics", "resourceMetrics.scopeMetrics.metrics"},
};

static bool starts_with(struct weir_str s, const char *start)
{
	size_t n = strlen(start);
	return s.size >= n && memcmp(s.data, start, n) == 0;
}

/* An array whose first element is an object. */
static bool holds_objects(const struct json_codec *j, const char *p)
{
	if (*p != '[')
		return false;
	p = json_blanks(j, p + 1);
	return p < j->end && *p == '{';
}

/* The member `key` of the object under `prefix`, its value at p. */
static void name_known(struct outline *o, struct weir_str prefix, struct weir_str key, bool objects,
		       struct weir_str value)
{
	bool top = !prefix.size;
	for (size_t i = 0; i < sizeof known / sizeof *known && top && objects; i++)
		if (weir_str_equal(key, weir_str_of(known[i].key)))
			o->known = known[i].path;
	if (objects && weir_str_equal(prefix, WEIR_STR("hits")) && weir_str_equal(key, WEIR_STR("hits")))
		o->known = "hits.hits";
	if (objects && top && o->odata && weir_str_equal(key, WEIR_STR("value")))
		o->known = "value";
	if (objects && top && o->list && weir_str_equal(key, WEIR_STR("items")))
		o->known = "items";
	if (objects && top && o->geo && weir_str_equal(key, WEIR_STR("features")))
		o->known = "features";
	o->odata |= top && starts_with(key, "@odata.");
	o->list |= top && weir_str_equal(key, WEIR_STR("apiVersion"));
	o->geo |= top && weir_str_equal(key, WEIR_STR("type")) && starts_with(value, "\"FeatureCollection\"");
}

static bool can_be_named(struct weir_str key)
{
	return key.size && *key.data != '`' && !memchr(key.data, '"', key.size) && !memchr(key.data, '\\', key.size);
}

static void add_key(struct weir_buf *path, struct weir_str prefix, struct weir_str key)
{
	bool quoted =
	    memchr(key.data, '.', key.size) || memchr(key.data, '[', key.size) || weir_str_equal(key, WEIR_STR("$"));
	weir_buf_add_str(path, prefix);
	if (prefix.size)
		weir_buf_add_char(path, '.');
	if (quoted)
		weir_buf_add_char(path, '"');
	weir_buf_add_str(path, key);
	if (quoted)
		weir_buf_add_char(path, '"');
}

/* The members of the object at *p. JSON_OK: it is whole, *p is behind it. */
static int outline_object(struct json_codec *j, const char **p, struct weir_str prefix, unsigned depth,
			  struct outline *o)
{
	const char *q = json_blanks(j, *p + 1);
	while (q < j->end && *q == '"') {
		struct weir_str key;
		bool escaped;
		int r = json_read_string(j, &q, &key, &escaped);
		if (r != JSON_OK)
			return r;
		q = json_blanks(j, q);
		if (q >= j->end || *q != ':')
			return JSON_MORE;
		q = json_blanks(j, q + 1);
		if (q >= j->end)
			return JSON_MORE;
		bool objects = holds_objects(j, q), first = !o->path.size;
		name_known(o, prefix, key, objects, (struct weir_str){q, (size_t)(j->end - q)});
		o->odd += !can_be_named(key);
		if (objects && first) {
			add_key(&o->path, prefix, key);
			o->unnamed = o->odd > 0;
		}
		if (*q == '{' && depth < 2) {
			struct weir_buf below = {0};
			add_key(&below, prefix, key);
			r = below.failed ? JSON_NO_MEMORY : outline_object(j, &q, weir_buf_str(&below), depth + 1, o);
			weir_buf_release(&below);
			o->alone &= o->path.size > 0;
		} else {
			r = json_skip(j, &q, depth + 1);
			o->fills |= objects && first && r == JSON_MORE;
			o->alone &= objects && first;
		}
		if (r != JSON_OK)
			return r;
		o->odd -= !can_be_named(key);
		q = json_blanks(j, q);
		if (q < j->end && *q == ',')
			q = json_blanks(j, q + 1);
	}
	if (q >= j->end)
		return JSON_MORE;
	*p = q + 1;
	return *q == '}' ? JSON_OK : JSON_BAD;
}

/* Whether one of the next documents from p on is an object without `key`: then the first is a record among others. */
static bool among_others(struct json_codec *j, const char *p, struct weir_str key)
{
	enum { MOST = 100 };
	for (int i = 0; i < MOST; i++) {
		bool has = false;
		p = json_blanks(j, p);
		if (p >= j->end || *p != '{')
			return false;
		const char *q = json_blanks(j, p + 1);
		while (q < j->end && *q == '"') {
			struct weir_str name;
			bool escaped;
			if (json_read_string(j, &q, &name, &escaped) != JSON_OK)
				return false;
			has |= weir_str_equal(name, key);
			q = json_blanks(j, q);
			if (q >= j->end || *q != ':' || (q = json_blanks(j, q + 1)) >= j->end ||
			    json_skip(j, &q, 1) != JSON_OK)
				return false;
			q = json_blanks(j, q);
			if (q < j->end && *q == ',')
				q = json_blanks(j, q + 1);
		}
		if (q >= j->end || *q != '}')
			return false;
		if (!has)
			return true;
		p = q + 1;
	}
	return false;
}

static bool take_path(struct json_codec *j, struct weir_str path)
{
	weir_buf_clear(&j->path_text);
	weir_buf_add_str(&j->path_text, path);
	return !j->path_text.failed;
}

bool json_wrapper_find(struct json_codec *j, struct weir_str sample, bool complete, struct weir_buf *hint)
{
	struct outline o = {.alone = true};
	const char *p = sample.data;
	bool lines = j->lines;
	if (!sample.size || *p != '{')
		return true;
	j->end = sample.data + sample.size;
	j->at_end = j->lines = false;
	int r = outline_object(j, &p, (struct weir_str){0}, 0, &o);
	bool only = r == JSON_MORE ? !complete : r == JSON_OK && complete && json_blanks(j, p) == j->end;
	bool ok = !o.path.failed && r != JSON_NO_MEMORY;
	struct weir_str rest, wrapper = o.known ? weir_str_cut(weir_str_of(o.known), '.', &rest) : (struct weir_str){0};
	bool mixed = o.known && r == JSON_OK && among_others(j, p, wrapper);
	j->lines = lines;
	if (o.unnamed)
		o.path.size = 0;
	if (ok && mixed)
		weir_buf_addf(hint,
			      "each document is one record; -f json:%s reads the records of its array, if it has one",
			      o.known);
	else if (ok && o.known)
		ok = take_path(j, weir_str_of(o.known));
	else if (ok && only && o.path.size && ((o.alone && r == JSON_OK) || o.fills))
		ok = take_path(j, weir_buf_str(&o.path));
	else if (ok && only && r == JSON_OK && o.path.size)
		weir_buf_addf(hint,
			      "the document is one record; -f json:" WEIR_STR_FMT " reads the records of its array",
			      WEIR_STR_ARG(weir_buf_str(&o.path)));
	weir_buf_release(&o.path);
	return ok && !hint->failed;
}
