/* Random expressions over random rows: vectors against a plain evaluator that knows one value at a time. The same rows
 * are given in every encoding that a column may have. */
#include "expr_fixture.h"

#include <math.h>

enum { ROWS = 1500, EXPRESSIONS = 500, MAX_KIDS = 4 };

enum { COL_A, COL_B, COL_X, COL_Y, COL_S, COL_U, COL_P, COL_T, N_COLS };
static const struct {
	const char *name;
	enum weir_type type;
} columns[N_COLS] = {{"a", WEIR_INT64},  {"b", WEIR_INT64},  {"x", WEIR_FLOAT64}, {"y", WEIR_FLOAT64},
		     {"s", WEIR_STRING}, {"u", WEIR_STRING}, {"p", WEIR_BOOL},    {"t", WEIR_TIMESTAMP}};

static struct weir_value cells[ROWS][N_COLS];
static char texts[ROWS][2][24];

static uint64_t seed = 88172645463325252ull;
static uint32_t rnd(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 33) % n;
}

static void make_rows(void)
{
	static const int64_t extremes[] = {INT64_MAX, INT64_MIN, 0, 1, -1, INT64_C(1) << 53, (INT64_C(1) << 53) + 1};

	for (int r = 0; r < ROWS; r++) {
		struct weir_value *c = cells[r];
		for (int i = 0; i < N_COLS; i++)
			c[i].type = rnd(8) ? columns[i].type : WEIR_NULL;
		c[COL_A].i = (int64_t)rnd(200) - 100;
		c[COL_B].i = rnd(3) ? (int64_t)rnd(1000000) : extremes[rnd(7)];
		c[COL_X].f = rnd(20) ? ((double)rnd(400) - 200) / 4 : NAN;
		c[COL_Y].f = rnd(5) ? rnd(10) : -0.0;
		snprintf(texts[r][0], 24, "%s%u", rnd(2) ? "Ab" : "cD", rnd(9));
		snprintf(texts[r][1], 24, "k%u", rnd(100000));
		c[COL_S].s = weir_str_of(texts[r][0]);
		c[COL_U].s = weir_str_of(texts[r][1]);
		c[COL_P].b = rnd(2);
		c[COL_T].i = INT64_C(1795343445000000) + (int64_t)rnd(1000) * 1000000;
	}
}

/* ---- random trees: text for weir, and the same for the plain evaluator ---- */

enum op {
	OP_COLUMN,
	OP_CONST,
	OP_ADD,
	OP_SUB,
	OP_MUL,
	OP_DIV,
	OP_MOD,
	OP_NEG,
	OP_EQ,
	OP_NE,
	OP_LT,
	OP_LE,
	OP_GT,
	OP_GE,
	OP_AND,
	OP_OR,
	OP_NOT,
	OP_ISNULL,
	OP_IN,
	OP_BETWEEN,
	OP_CASE,
	OP_COALESCE,
	OP_NULLIF,
	OP_LOWER,
	OP_LENGTH,
	OP_CONCAT,
	OP_GREATEST,
	OP_LIKE
};

struct tree {
	enum op op;
	enum weir_type type;
	int column, n;
	struct weir_value value;
	struct tree *kid[MAX_KIDS];
};

static struct tree pool[4096];
static int n_pool;
static char scratch[65536];
static size_t n_scratch;

static struct tree *make(enum weir_type type, int depth);

static struct tree *node(enum op op, enum weir_type type, int n, struct tree *a, struct tree *b, struct tree *c)
{
	struct tree *t = &pool[n_pool++];

	assert_true(n_pool < 4096);
	*t = (struct tree){.op = op, .type = type, .n = n, .kid = {a, b, c}};
	return t;
}

static struct tree *leaf(enum weir_type type)
{
	static const char *const words[] = {"Ab1", "cD3", "k77", "", "zz"};
	struct tree *t = node(OP_CONST, type, 0, NULL, NULL, NULL);

	if (rnd(3)) {
		t->op = OP_COLUMN;
		t->column = type == WEIR_INT64     ? COL_A + (int)rnd(2)
			    : type == WEIR_FLOAT64 ? COL_X + (int)rnd(2)
			    : type == WEIR_STRING  ? COL_S + (int)rnd(2)
			    : type == WEIR_BOOL    ? COL_P
						   : COL_T;
		return t;
	}
	t->value.type = type;
	if (type == WEIR_INT64)
		t->value.i = (int64_t)rnd(100) - 50;
	else if (type == WEIR_FLOAT64)
		t->value.f = (double)rnd(100) / 4;
	else if (type == WEIR_STRING)
		t->value.s = weir_str_of(words[rnd(5)]);
	else if (type == WEIR_BOOL)
		t->value.b = rnd(2);
	else
		t->value.i = INT64_C(1795343445000000) + (int64_t)rnd(1000) * 1000000;
	return t;
}

static enum weir_type any_type(void)
{
	static const enum weir_type types[] = {WEIR_INT64, WEIR_FLOAT64, WEIR_STRING, WEIR_BOOL, WEIR_TIMESTAMP};

	return types[rnd(5)];
}

static struct tree *make_bool(int depth)
{
	enum weir_type t = any_type(), other;

	switch (rnd(8)) {
	case 0:
		return node(OP_AND + rnd(2), WEIR_BOOL, 2, make(WEIR_BOOL, depth), make(WEIR_BOOL, depth), NULL);
	case 1:
		return node(OP_NOT, WEIR_BOOL, 1, make(WEIR_BOOL, depth), NULL, NULL);
	case 2:
		return node(OP_ISNULL, WEIR_BOOL, 1, make(t, depth), NULL, NULL);
	case 3:
		t = t == WEIR_BOOL ? WEIR_INT64 : t;
		return node(OP_IN, WEIR_BOOL, 3, make(t, depth), leaf(t), leaf(t));
	case 4:
		return node(OP_BETWEEN, WEIR_BOOL, 3, make(t, depth), make(t, depth - 1), make(t, 0));
	case 5:
		return node(OP_LIKE, WEIR_BOOL, 1, make(WEIR_STRING, depth), NULL, NULL);
	default:
		other = t == WEIR_INT64 && rnd(2) ? WEIR_FLOAT64 : t == WEIR_FLOAT64 && rnd(2) ? WEIR_INT64 : t;
		return node(OP_EQ + rnd(6), WEIR_BOOL, 2, make(t, depth), make(other, depth), NULL);
	}
}

static struct tree *make(enum weir_type type, int depth)
{
	if (depth-- <= 0)
		return leaf(type);
	if (type == WEIR_BOOL)
		return make_bool(depth);
	switch (rnd(6)) {
	case 0:
		return node(OP_CASE, type, 3, make(WEIR_BOOL, depth), make(type, depth), make(type, depth));
	case 1:
		return node(OP_COALESCE, type, 2, make(type, depth), make(type, depth), NULL);
	case 2:
		return node(OP_NULLIF, type, 2, make(type, depth), make(type, depth), NULL);
	case 3:
		return node(OP_GREATEST, type, 2, make(type, depth), make(type, depth), NULL);
	default:
		break;
	}
	if (type == WEIR_STRING)
		return rnd(2) ? node(OP_LOWER, type, 1, make(type, depth), NULL, NULL)
			      : node(OP_CONCAT, type, 2, make(type, depth), make(type, depth), NULL);
	if (type == WEIR_INT64 && !rnd(4))
		return node(OP_LENGTH, type, 1, make(WEIR_STRING, depth), NULL, NULL);
	if (type == WEIR_INT64 || type == WEIR_FLOAT64) {
		static const enum op ints[] = {OP_ADD, OP_SUB, OP_MUL, OP_MOD, OP_NEG};
		enum op op = type == WEIR_FLOAT64 && !rnd(4) ? OP_DIV : ints[rnd(5)];
		return node(op, type, op == OP_NEG ? 1 : 2, make(type, depth), op == OP_NEG ? NULL : make(type, depth),
			    NULL);
	}
	return leaf(type);
}

static void print_list(const struct tree *t, int from, struct weir_buf *out);

static void print(const struct tree *t, struct weir_buf *out)
{
	static const char *const infix[] = {
	    [OP_ADD] = "+", [OP_SUB] = "-",   [OP_MUL] = "*", [OP_DIV] = "/",     [OP_MOD] = "%",
	    [OP_EQ] = "=",  [OP_NE] = "<>",   [OP_LT] = "<",  [OP_LE] = "<=",     [OP_GT] = ">",
	    [OP_GE] = ">=", [OP_AND] = "and", [OP_OR] = "or", [OP_CONCAT] = "||", [OP_LIKE] = NULL};
	static const char *const calls[] = {
	    [OP_COALESCE] = "coalesce", [OP_NULLIF] = "nullif",     [OP_LOWER] = "lower",
	    [OP_LENGTH] = "length",     [OP_GREATEST] = "greatest", [OP_LIKE] = NULL};

	if (t->op == OP_COLUMN) {
		weir_buf_add_c(out, columns[t->column].name);
	} else if (t->op == OP_CONST) {
		const char *q = t->type == WEIR_STRING || t->type == WEIR_TIMESTAMP ? "'" : "";
		weir_buf_addf(out, "%s%s", t->type == WEIR_TIMESTAMP ? "timestamp " : "", q);
		weir_value_text(&t->value, out);
		weir_buf_add_c(out, q);
	} else if (infix[t->op]) {
		weir_buf_add_c(out, "(");
		print(t->kid[0], out);
		weir_buf_addf(out, " %s ", infix[t->op]);
		print(t->kid[1], out);
		weir_buf_add_c(out, ")");
	} else if (t->op == OP_CASE) {
		weir_buf_add_c(out, "case when ");
		print(t->kid[0], out);
		weir_buf_add_c(out, " then ");
		print(t->kid[1], out);
		weir_buf_add_c(out, " else ");
		print(t->kid[2], out);
		weir_buf_add_c(out, " end");
	} else if (t->op == OP_BETWEEN) {
		weir_buf_add_c(out, "(");
		print(t->kid[0], out);
		weir_buf_add_c(out, " between ");
		print(t->kid[1], out);
		weir_buf_add_c(out, " and ");
		print(t->kid[2], out);
		weir_buf_add_c(out, ")");
	} else if (t->op == OP_NOT || t->op == OP_NEG) {
		weir_buf_add_c(out, t->op == OP_NOT ? "(not " : "(- ");
		print(t->kid[0], out);
		weir_buf_add_c(out, ")");
	} else {
		weir_buf_add_c(out, calls[t->op] ? calls[t->op] : "(");
		weir_buf_add_c(out, calls[t->op] ? "(" : "");
		print(t->kid[0], out);
		if (t->op == OP_IN)
			weir_buf_add_c(out, " in (");
		else if (t->op == OP_ISNULL)
			weir_buf_add_c(out, " is null");
		else if (t->op == OP_LIKE)
			weir_buf_add_c(out, " like '%b1%'");
		else if (t->n > 1)
			weir_buf_add_c(out, ", ");
		print_list(t, 1, out);
		weir_buf_add_c(out, t->op == OP_IN ? "))" : ")");
	}
}

static void print_list(const struct tree *t, int from, struct weir_buf *out)
{
	for (int i = from; i < t->n; i++) {
		weir_buf_add_c(out, i > from ? ", " : "");
		print(t->kid[i], out);
	}
}

/* ---- the plain evaluator ---- */

static const struct weir_value NOTHING = {.type = WEIR_NULL};
static struct weir_value truth(bool b)
{
	return (struct weir_value){.type = WEIR_BOOL, .b = b};
}

static int order(const struct weir_value *a, const struct weir_value *b)
{
	if (a->type == WEIR_STRING)
		return weir_str_compare(a->s, b->s);
	if (a->type == WEIR_BOOL)
		return a->b - b->b;
	if (a->type != WEIR_FLOAT64 && b->type != WEIR_FLOAT64)
		return a->i < b->i ? -1 : a->i > b->i;
	/* 64 bits of mantissa hold every int64 */
	long double x = a->type == WEIR_FLOAT64 ? a->f : (long double)a->i,
		    y = b->type == WEIR_FLOAT64 ? b->f : (long double)b->i;
	if (isnan(x) || isnan(y))
		return !!isnan(x) - !!isnan(y);
	return x < y ? -1 : x > y;
}

static struct weir_value arith_int(enum op op, int64_t a, int64_t b)
{
	__int128 x = a, y = b, r;

	if (op == OP_MOD && b == 0)
		return NOTHING;
	r = op == OP_ADD ? x + y : op == OP_SUB ? x - y : op == OP_MUL ? x * y : op == OP_NEG ? -x : x % y;
	if (r > INT64_MAX || r < INT64_MIN)
		return NOTHING;
	return (struct weir_value){.type = WEIR_INT64, .i = (int64_t)r};
}

static struct weir_value arith(const struct tree *t, const struct weir_value *a, const struct weir_value *b)
{
	if (a->type == WEIR_NULL || (t->n > 1 && b->type == WEIR_NULL))
		return NOTHING;
	if (t->type == WEIR_INT64)
		return arith_int(t->op, a->i, t->n > 1 ? b->i : 0);
	if ((t->op == OP_DIV || t->op == OP_MOD) && b->f == 0)
		return NOTHING;
	double r = t->op == OP_ADD   ? a->f + b->f
		   : t->op == OP_SUB ? a->f - b->f
		   : t->op == OP_MUL ? a->f * b->f
		   : t->op == OP_DIV ? a->f / b->f
		   : t->op == OP_NEG ? -a->f
				     : fmod(a->f, b->f);
	return (struct weir_value){.type = WEIR_FLOAT64, .f = r};
}

static struct weir_value compare(enum op op, const struct weir_value *a, const struct weir_value *b)
{
	if (a->type == WEIR_NULL || b->type == WEIR_NULL)
		return NOTHING;
	int c = order(a, b);
	return truth(op == OP_EQ   ? c == 0
		     : op == OP_NE ? c != 0
		     : op == OP_LT ? c < 0
		     : op == OP_LE ? c <= 0
		     : op == OP_GT ? c > 0
				   : c >= 0);
}

static struct weir_value junction(struct weir_value a, struct weir_value b, bool decides)
{
	if ((a.type != WEIR_NULL && a.b == decides) || (b.type != WEIR_NULL && b.b == decides))
		return truth(decides);
	return a.type == WEIR_NULL || b.type == WEIR_NULL ? NOTHING : truth(!decides);
}

static struct weir_value keep_text(const char *s, size_t size)
{
	assert_true(n_scratch + size < sizeof scratch);
	struct weir_value v = {.type = WEIR_STRING, .s = {memcpy(scratch + n_scratch, s, size), size}};
	n_scratch += size;
	return v;
}

static struct weir_value text_value(enum op op, const struct weir_value *a, const struct weir_value *b)
{
	char text[4096];
	size_t n = 0;

	if (a->type == WEIR_NULL || (op == OP_CONCAT && b->type == WEIR_NULL))
		return NOTHING;
	if (op == OP_LENGTH)
		return (struct weir_value){.type = WEIR_INT64, .i = (int64_t)a->s.size};
	if (op == OP_LIKE)
		return truth(a->s.size && memmem(a->s.data, a->s.size, "b1", 2));
	for (size_t i = 0; i < a->s.size; i++)
		text[n++] = op == OP_LOWER && a->s.data[i] >= 'A' && a->s.data[i] <= 'Z' ? (char)(a->s.data[i] + 32)
											 : a->s.data[i];
	for (size_t i = 0; op == OP_CONCAT && i < b->s.size; i++)
		text[n++] = b->s.data[i];
	return keep_text(text, n);
}

static struct weir_value plain(const struct tree *t, int row)
{
	struct weir_value k[MAX_KIDS] = {0}, v;

	if (t->op == OP_COLUMN)
		return cells[row][t->column];
	if (t->op == OP_CONST)
		return t->value;
	for (int i = 0; i < t->n; i++)
		k[i] = plain(t->kid[i], row);
	switch (t->op) {
	case OP_AND:
	case OP_OR:
		return junction(k[0], k[1], t->op == OP_OR);
	case OP_NOT:
		return k[0].type == WEIR_NULL ? NOTHING : truth(!k[0].b);
	case OP_ISNULL:
		return truth(k[0].type == WEIR_NULL);
	case OP_IN:
		return junction(compare(OP_EQ, &k[0], &k[1]), compare(OP_EQ, &k[0], &k[2]), true);
	case OP_BETWEEN:
		return junction(compare(OP_GE, &k[0], &k[1]), compare(OP_LE, &k[0], &k[2]), false);
	case OP_CASE:
		return k[0].type != WEIR_NULL && k[0].b ? k[1] : k[2];
	case OP_COALESCE:
		return k[0].type != WEIR_NULL ? k[0] : k[1];
	case OP_NULLIF:
		v = compare(OP_EQ, &k[0], &k[1]);
		return v.type != WEIR_NULL && v.b ? NOTHING : k[0];
	case OP_GREATEST:
		if (k[0].type == WEIR_NULL || k[1].type == WEIR_NULL)
			return k[0].type == WEIR_NULL ? k[1] : k[0];
		return order(&k[1], &k[0]) > 0 ? k[1] : k[0];
	case OP_LOWER:
	case OP_LENGTH:
	case OP_CONCAT:
	case OP_LIKE:
		return text_value(t->op, &k[0], &k[1]);
	default:
		return t->op >= OP_EQ && t->op <= OP_GE ? compare(t->op, &k[0], &k[1]) : arith(t, &k[0], &k[1]);
	}
}

/* ---- the rows as batches ---- */

static void set_cell(struct weir_column *c, uint32_t r, const struct weir_value *v, struct weir_dict *dict)
{
	bool ok = false;

	switch (v->type) {
	case WEIR_NULL:
		ok = r % 2 ? weir_column_set_null(c, r) : true; /* a row that is not set is missing */
		break;
	case WEIR_BOOL:
		ok = weir_column_set_bool(c, r, v->b);
		break;
	case WEIR_INT64:
		ok = weir_column_set_int64(c, r, v->i);
		break;
	case WEIR_FLOAT64:
		ok = weir_column_set_float64(c, r, v->f);
		break;
	case WEIR_TIMESTAMP:
		ok = weir_column_set_timestamp(c, r, v->i);
		break;
	default:
		ok = weir_column_set_string(c, r, v->s, dict);
	}
	assert_true(ok);
}

static struct weir_batch *make_batch(const struct weir_schema *schema, struct weir_dict *dict)
{
	struct weir_batch *b = weir_batch_new(ROWS);

	assert_non_null(b);
	assert_true(weir_batch_set_schema(b, schema));
	for (int c = 0; c < N_COLS; c++) {
		for (uint32_t r = 0; r < ROWS; r++)
			set_cell(&b->columns[c], r, &cells[r][c], dict);
		assert_true(weir_column_finish(&b->columns[c], ROWS));
	}
	b->n_rows = ROWS;
	return b;
}

/* Numbers as base + offset of `width` bytes; texts as codes of `width` bytes. Leaves columns that do not fit. */
static void narrow(struct weir_column *c, uint8_t width)
{
	int64_t base = INT64_MAX, most = INT64_MIN;
	bool codes = c->encoding == WEIR_ENC_DICT;

	if (!codes && (c->encoding != WEIR_ENC_WIDE || c->type == WEIR_FLOAT64))
		return;
	for (uint32_t r = 0; r < ROWS; r++) {
		int64_t v = codes ? weir_column_code(c, r) : ((int64_t *)c->data)[r];
		if (!weir_column_valid(c, r))
			continue;
		base = v < base ? v : base;
		most = v > most ? v : most;
	}
	base = codes ? 0 : base;
	if ((__int128)most - base >= (__int128)1 << (8 * width))
		return;
	char *data = weir_calloc(ROWS, width);
	assert_non_null(data);
	for (uint32_t r = 0; r < ROWS; r++) {
		uint64_t v = codes ? weir_column_code(c, r) : (uint64_t)((int64_t *)c->data)[r] - (uint64_t)base;
		if (weir_column_valid(c, r))
			memcpy(data + (size_t)r * width, &v, width);
	}
	free(c->data);
	c->data = data;
	c->width = width;
	c->base = base;
	c->encoding = codes ? WEIR_ENC_DICT : WEIR_ENC_NARROW;
}

static void same(struct weir_value want, struct weir_value got, const char *text, int batch, uint32_t row)
{
	struct weir_buf w = {0}, g = {0};

	if (want.type == got.type && (want.type == WEIR_NULL || order(&want, &got) == 0))
		return;
	weir_value_text(&want, &w);
	weir_value_text(&got, &g);
	print_error("%s\nbatch %d row %u: got %s %s, expected %s %s\n", text, batch, row, weir_type_name(got.type),
		    g.data ? g.data : "", weir_type_name(want.type), w.data ? w.data : "");
	weir_buf_release(&w);
	weir_buf_release(&g);
	fail();
}

static void check(struct weir_bound *bound, const struct tree *t, struct weir_batch *const *batches, int n_batches,
		  const char *text)
{
	for (int b = 0; b < n_batches; b++)
		for (uint32_t from = 0; from < ROWS; from += WEIR_VEC_ROWS) {
			uint32_t n = ROWS - from < WEIR_VEC_ROWS ? ROWS - from : WEIR_VEC_ROWS, n_true, expected = 0;
			uint64_t keep[WEIR_VEC_ROWS / 64];
			struct weir_vec v;
			assert_int_equal(weir_bound_eval(bound, batches[b], from, n, NULL, &v, NULL), WEIR_OK);
			for (uint32_t i = 0; i < n; i++) {
				n_scratch = 0;
				struct weir_value want = plain(t, (int)(from + i));
				same(want, vec_value(&v, i), text, b, from + i);
				expected += want.type == WEIR_BOOL && want.b;
			}
			if (t->type != WEIR_BOOL)
				continue;
			assert_int_equal(weir_bound_filter(bound, batches[b], from, n, NULL, keep, &n_true, NULL),
					 WEIR_OK);
			assert_int_equal(n_true, expected);
		}
}

static void vectors_equal_plain_values(void **state)
{
	struct weir_schema *schema = weir_schema_new();
	struct weir_dict *dict = weir_dict_new(NULL), *other = weir_dict_new(NULL);
	struct weir_batch *batches[5];

	(void)state;
	make_rows();
	for (int i = 0; i < N_COLS; i++)
		weir_schema_add(schema, weir_str_of(columns[i].name), columns[i].type);
	weir_dict_add(other, WEIR_STR("first")); /* the same texts under other codes */
	batches[0] = make_batch(schema, dict);
	batches[1] = make_batch(schema, NULL); /* plain text */
	for (int i = 2; i < 5; i++) {
		batches[i] = make_batch(schema, i == 3 ? other : dict);
		for (int c = 0; c < N_COLS; c++)
			narrow(&batches[i]->columns[c], (uint8_t)(1 << (i - 2)));
	}
	struct weir_scope scope = {.schema = schema, .common = schema, .complete = true};
	for (int i = 0; i < EXPRESSIONS; i++) {
		struct weir_arena arena = {0};
		struct weir_buf text = {0};
		struct weir_error err = {0};
		struct weir_bound *bound;
		struct weir_expr *e;
		n_pool = 0;
		const struct tree *t = make(any_type(), 1 + (int)rnd(4));
		print(t, &text);
		if (weir_expr_parse(weir_buf_str(&text), &arena, &e, &err) || weir_expr_bind(e, &scope, &bound, &err))
			fail_msg("%s: %s", text.data, err.what);
		check(bound, t, batches, 5, text.data);
		weir_bound_free(bound);
		weir_buf_release(&text);
		weir_arena_release(&arena);
	}
	for (int i = 0; i < 5; i++)
		weir_batch_free(batches[i]);
	weir_dict_unref(dict);
	weir_dict_unref(other);
	weir_schema_unref(schema);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(vectors_equal_plain_values)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
