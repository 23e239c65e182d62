/* LOAD DATA LOCAL, or INSERT, straight into the table or into a temporary one, and what is done with that. */
#include "mysql.h"

#include <mariadb/mysqld_error.h>
#include <string.h>

enum { INSERT_BYTES = 1 << 20 }; /* of one statement; every server takes that */

bool weir_my_is_of_a_row(const struct weir_sql_landing *base)
{
	static const char *const classes[] = {"22", "23", "45"};
	static const unsigned codes[] = {ER_NO_DEFAULT_FOR_FIELD, WARN_DATA_TRUNCATED,
					 ER_TRUNCATED_WRONG_VALUE_FOR_FIELD, ER_TOO_BIG_ROWSIZE,
					 3819 /* a CHECK of MySQL's */};
	const struct weir_mysql *server = &((const struct weir_my *)base)->server;

	for (size_t i = 0; server->db && i < sizeof classes / sizeof *classes; i++)
		if (strncmp(server->state, classes[i], 2) == 0)
			return true;
	for (size_t i = 0; server->db && i < sizeof codes / sizeof *codes; i++)
		if (server->code == codes[i])
			return true;
	return false;
}

static void add_target(const struct weir_sql_landing *base, bool stage, struct weir_buf *sql)
{
	if (stage)
		weir_buf_add_c(sql, WEIR_MY_STAGE);
	else
		weir_sql_add_table(base, sql);
}

/* The rows as values: the tabs become commas, and texts have quotes; what has a backslash means the same there. */
static void add_values(struct weir_str row, struct weir_buf *sql)
{
	for (struct weir_str rest = row; rest.data;) {
		struct weir_str field = weir_str_cut(rest, '\t', &rest);
		weir_buf_add_char(sql, field.data == row.data ? '(' : ',');
		if (weir_str_equal(field, WEIR_STR("\\N"))) {
			weir_buf_add_c(sql, "NULL");
			continue;
		}
		weir_buf_add_char(sql, '\'');
		weir_buf_add_str(sql, field);
		weir_buf_add_char(sql, '\'');
	}
	weir_buf_add_char(sql, ')');
}

static enum weir_status insert_all(struct weir_my *l, bool stage, struct weir_str bytes, struct weir_error *err)
{
	struct weir_sql_landing *base = &l->base;
	enum weir_status st = WEIR_OK;

	while (bytes.size && st == WEIR_OK) {
		weir_buf_clear(&base->sql);
		weir_buf_add_c(&base->sql, "INSERT INTO ");
		add_target(base, stage, &base->sql);
		weir_buf_add_c(&base->sql, " (");
		weir_sql_add_columns(base, "", &base->sql);
		weir_buf_add_c(&base->sql, ") VALUES ");
		for (const char *before = ""; bytes.size && base->sql.size < INSERT_BYTES && !base->sql.failed;
		     before = ",") {
			weir_buf_add_c(&base->sql, before);
			add_values(weir_str_cut(bytes, '\n', &bytes), &base->sql);
		}
		st = weir_mysql_run_text(&l->server, &base->sql, NULL, err);
	}
	return st;
}

/* *passed_over: rows that are not there, or not as they were given. */
static enum weir_status load_all(struct weir_my *l, bool stage, struct weir_str bytes, bool *passed_over,
				 struct weir_error *err)
{
	struct weir_sql_landing *base = &l->base;
	enum weir_status st = WEIR_OK;

	*passed_over = false;
	if (!l->no_load) {
		weir_buf_clear(&base->sql);
		weir_buf_add_c(&base->sql, "LOAD DATA LOCAL INFILE 'weir' INTO TABLE ");
		add_target(base, stage, &base->sql);
		weir_buf_add_c(&base->sql, " CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' "
					   "LINES TERMINATED BY '\\n' (");
		weir_sql_add_columns(base, "", &base->sql);
		weir_buf_add_c(&base->sql, ")");
		st = weir_mysql_load(&l->server, &base->sql, bytes, passed_over, err);
		enum { IN_MARIADB = 4166, IN_MYSQL = 3948 }; /* the capability is disabled */
		l->no_load = st != WEIR_OK && (l->server.code == ER_NOT_ALLOWED_COMMAND ||
					       l->server.code == IN_MARIADB || l->server.code == IN_MYSQL);
	}
	return l->no_load ? insert_all(l, stage, bytes, err) : st;
}

bool weir_my_always_careful(const struct weir_sql_landing *base)
{
	return ((const struct weir_my *)base)->server.singlestore; /* it has no savepoints */
}

enum weir_status weir_my_direct_begin(struct weir_sql_landing *base, struct weir_error *err)
{
	return weir_mysql_run(&((struct weir_my *)base)->server, WEIR_STR("SAVEPOINT weir_load"), NULL, err);
}

/* They go all at once: the server asks for them. */
enum weir_status weir_my_direct_send(struct weir_sql_landing *base, struct weir_error *err)
{
	(void)base, (void)err;
	return WEIR_OK;
}

enum weir_status weir_my_direct_end(struct weir_sql_landing *base, bool *merge, struct weir_error *err)
{
	struct weir_my *l = (struct weir_my *)base;
	bool passed_over = false;
	enum weir_status st = load_all(l, false, weir_buf_str(&base->segment.bytes), &passed_over, err);

	*merge = st == WEIR_OK ? passed_over : weir_my_is_of_a_row(base);
	return *merge ? weir_mysql_run(&l->server, WEIR_STR("ROLLBACK TO SAVEPOINT weir_load"), NULL, err) : st;
}

enum weir_status weir_my_make_stage(struct weir_sql_landing *base, struct weir_error *err)
{
	struct weir_my *l = (struct weir_my *)base;
	enum weir_status st =
	    weir_mysql_run(&l->server, WEIR_STR("DROP TEMPORARY TABLE IF EXISTS " WEIR_MY_STAGE), NULL, err);

	if (st != WEIR_OK)
		return st;
	weir_buf_clear(&base->sql);
	weir_buf_add_c(&base->sql, "CREATE TEMPORARY TABLE " WEIR_MY_STAGE " AS SELECT ");
	weir_sql_add_columns(base, "", &base->sql);
	weir_buf_add_c(&base->sql, " FROM ");
	weir_sql_add_table(base, &base->sql);
	weir_buf_add_c(&base->sql, " LIMIT 0");
	return weir_mysql_run_text(&l->server, &base->sql, NULL, err);
}

enum weir_status weir_my_fill_stage(struct weir_sql_landing *base, size_t from, size_t to, struct weir_error *err)
{
	struct weir_my *l = (struct weir_my *)base;
	bool passed_over = false;
	enum weir_status st = weir_mysql_run(&l->server, WEIR_STR("DELETE FROM " WEIR_MY_STAGE), NULL, err);

	if (st == WEIR_OK)
		st = load_all(l, true, weir_sql_segment_bytes(&base->segment, from, to), &passed_over, err);
	if (st != WEIR_OK || !passed_over)
		return st;
	/* LOAD DATA LOCAL only warns of what does not fit; the first warning is the reason. */
	memcpy(l->server.state, "22000", sizeof l->server.state);
	return weir_fail(err, WEIR_MALFORMED, l->server.name, "a value does not fit its column");
}

/* A statement that fails takes itself back, and the last one of a part is the only one that writes to the table. */
enum weir_status weir_my_part_end(struct weir_sql_landing *base, bool keep, struct weir_error *err)
{
	(void)base, (void)keep, (void)err;
	return WEIR_OK;
}

static void add_same(const char *format, struct weir_str col, struct weir_buf *sql)
{
	for (; *format; format++) {
		if (*format == '$')
			weir_mysql_quote(col, sql);
		else
			weir_buf_add_char(sql, *format);
	}
}

/* Texts are compared byte by byte, whatever the collation makes of blanks at their ends. */
void weir_my_add_differs(const struct weir_sql_landing *base, struct weir_buf *sql)
{
	const struct weir_sql_plan *p = base->segment.plan;

	weir_buf_add_c(sql, "NOT (CAST(s._nulls AS BINARY) <=> CAST(t._nulls AS BINARY)");
	for (uint32_t i = 0; i < p->n; i++) {
		const struct weir_sql_column *c = &p->table->columns[p->column[i]];
		bool text = c->type == WEIR_STRING || c->type == WEIR_NULL;
		add_same(text ? " AND CAST(s.$ AS BINARY) <=> CAST(t.$ AS BINARY)" : " AND s.$ <=> t.$",
			 weir_str_of(c->col), sql);
	}
	weir_buf_add_char(sql, ')');
}

void weir_my_add_insert(const struct weir_sql_landing *base, struct weir_buf *sql)
{
	weir_buf_add_c(sql, "INSERT INTO ");
	weir_sql_add_table(base, sql);
	weir_buf_add_c(sql, " (");
	weir_sql_add_columns(base, "", sql);
	weir_buf_add_c(sql, ") SELECT ");
	weir_sql_add_columns(base, "s.", sql);
	weir_sql_add_join(base, "LEFT JOIN", sql);
	weir_buf_add_c(sql, " WHERE t._offset IS NULL ORDER BY s._n");
}
