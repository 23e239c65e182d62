/* For tests of what SQLite is asked: tables of hard values, as weir describes them or not, and conditions over their columns i, f, s, b, ts
 * and m, drawn at random. */
#ifndef TEST_SOURCE_HARD_TABLE_H
#define TEST_SOURCE_HARD_TABLE_H

#include "weir/client/sqlite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { ROWS = 40, COLUMNS = 6 };

static uint64_t seed = 20261122;

static uint32_t below(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33) % n;
}

#define PICK(list) (list)[below(sizeof(list) / sizeof *(list))]

/* ---- tables ---- */

static const char *const ints[] = {
    "0", "1", "-1", "7", "10", "9007199254740993", "9223372036854775807", "-9223372036854775807 - 1"};
static const char *const floats[] = {"0.5", "-0.0", "1e300", "-1e-300", "7.0", "0.1", "9007199254740992.0", "9e999"};
static const char *const texts[] = {"''",     "'a'",  "'a '",           "'A'",  "'7'",    "'7.0'",
				    "'a%b'",  "'_'",  "'\xc3\xa4'",     "'zz'", "'0x10'", "'a''b'",
				    "'a\\b'", "'Ab'", "'\xe2\x82\xac'", "' 7'", "'true'", "cast(x'610062' as text)"};
static const char *const times[] = {"'2026-11-22T10:00:00Z'", "'2026-11-22T10:00:00.5Z'",
				    "'2026-11-22T10:00:00.000001Z'", "'2026-11-22 11:00:00+01:00'",
				    "'0001-01-01T00:00:00Z'"};
static const char *const bools[] = {"0", "1", "1", "0", "2"};

static const char *value_of(int column)
{
	if (below(6) == 0)
		return "NULL";
	switch (column) {
	case 0:
		return PICK(ints);
	case 1:
		return PICK(floats);
	case 2:
		return PICK(texts);
	case 3:
		return bools[below(4 + (below(50) == 0))];
	case 4:
		return PICK(times);
	default:
		return below(2) ? PICK(ints) : PICK(texts);
	}
}

static void say(struct weir_sqlite *db, const char *sql)
{
	struct weir_error err = {0};

	if (weir_sqlite_run(db, sql, &err) != WEIR_OK)
		fail_msg("%s: %s", sql, err.what);
}

static void make_table(struct weir_sqlite *db)
{
	static const char *const int_types[] = {"BIGINT", "INTEGER", "", "TEXTUAL"}, *const text_types[] = {
											 "TEXT COLLATE NOCASE", "",
											 "TEXT COLLATE RTRIM",
											 "NUMERIC"};
	struct weir_buf sql = {0};
	bool mixed = below(6) == 0;

	say(db, "DROP TABLE IF EXISTS t; DROP TABLE IF EXISTS _weir_columns");
	weir_buf_addf(&sql, "CREATE TABLE t (i %s, f DOUBLE, s %s, b BOOLEAN, ts TIMESTAMP, m, _nulls TEXT)",
		      int_types[below(3 + (below(4) == 0))], text_types[below(3 + (below(4) == 0))]);
	say(db, sql.data);
	weir_buf_clear(&sql);
	if (below(2)) /* as weir describes it */
		say(db,
		    "CREATE TABLE _weir_columns (tab, col, name, type, is_time); INSERT INTO _weir_columns VALUES "
		    "('t','i','i','int64',0),('t','f','f','float64',0),('t','s','s','string',0),('t','b','b','bool',0),"
		    "('t','ts','ts','timestamp',1),('t','m','m','string',0)");
	weir_buf_add_c(&sql, "BEGIN;");
	for (int row = 0; row < ROWS; row++) {
		weir_buf_addf(&sql, "INSERT INTO t VALUES (");
		for (int c = 0; c < COLUMNS; c++) {
			int as = c == 5 && !mixed ? 2 : mixed && below(30) == 0 ? (int)below(5) : c;
			weir_buf_addf(&sql, "%s%s", c ? ", " : "", value_of(as));
		}
		weir_buf_add_c(&sql, below(2) ? ", '[\"i\",\"ts\",\"s\"]');" : ", NULL);");
	}
	weir_buf_add_c(&sql, "COMMIT");
	say(db, sql.data);
	weir_buf_release(&sql);
}

/* ---- conditions ---- */

static void literal(struct weir_buf *out)
{
	static const char *const plain[] = {"0",
					    "7",
					    "-1",
					    "7.0",
					    "0.1",
					    "9007199254740993",
					    "9223372036854775807",
					    "1e300",
					    "'a'",
					    "'a '",
					    "'A'",
					    "'7'",
					    "''",
					    "'zz'",
					    "'\xc3\xa4'",
					    "true",
					    "'a''b'",
					    "NULL",
					    "'true'",
					    "'x'",
					    "timestamp '2026-11-22T10:00:00Z'",
					    "'2026-11-22T10:00:00.000001Z'",
					    "'2026-11-22T10:00:00.5Z'",
					    "-0.0"};

	weir_buf_add_c(out, PICK(plain));
}

static void leaf(struct weir_buf *out)
{
	static const char *const columns[] = {"i", "f", "s", "b", "ts", "m", "i", "s", "ts", "f"},
				 *const signs[] = {"=", "<>", "<", "<=", ">", ">="},
				 *const patterns[] = {"'a%'", "'%b'",    "'_'",      "'%'",           "'a\\%b'",
						      "'A_'", "'%\xa4'", "'a\\\\b'", "'\xe2\x82\xac'"};
	const char *column = PICK(columns);

	switch (below(8)) {
	case 0:
		weir_buf_addf(out, "%s is %snull", column, below(2) ? "not " : "");
		return;
	case 1:
		weir_buf_addf(out, "%s %sin (", column, below(2) ? "not " : "");
		for (uint32_t i = 0, n = 1 + below(4); i < n; i++) {
			weir_buf_add_c(out, i ? ", " : "");
			literal(out);
		}
		weir_buf_add_char(out, ')');
		return;
	case 2:
		weir_buf_addf(out, "%s %slike %s", below(3) ? "s" : column, below(2) ? "not " : "", PICK(patterns));
		return;
	case 3:
		weir_buf_addf(out, "%s %sbetween ", column, below(2) ? "not " : "");
		literal(out);
		weir_buf_add_c(out, " and ");
		literal(out);
		return;
	case 4:
		weir_buf_addf(out, "%sb", below(2) ? "not " : "");
		return;
	default:
		weir_buf_addf(out, "%s %s ", column, PICK(signs));
		literal(out);
	}
}

static void condition(struct weir_buf *out, int depth)
{
	if (!depth || below(2)) {
		leaf(out);
		return;
	}
	weir_buf_add_c(out, below(3) ? "(" : "not (");
	condition(out, depth - 1);
	weir_buf_add_c(out, below(2) ? ") and (" : ") or (");
	condition(out, depth - 1);
	weir_buf_add_c(out, ")");
}

#endif
