#include "fuzz_codec.h"

#include "weir/base/time.h"
#include "weir/codec/codec.h"

enum { WHOLE_ROWS = 64, PIECE_ROWS = 7, MAX_MESSAGES = 64 };

/* All that one way of decoding made of the text, in a form that does not depend on how it was cut into batches. */
struct outcome {
	enum weir_status status;
	uint64_t rows, bytes, bad, malformed[WEIR_BAD_COUNT];
	struct weir_buf cells; /* "position name=value …" a line */
};

/*
 * Numbers are compared as numbers, whatever blanks surround them: a batch that met no text keeps 1 where another has
 * " 1" or 1.0, and NULL for a blank.
 */
static void add_value(const struct weir_value *v, struct weir_buf *out)
{
	struct weir_buf text = {0};
	double number;
	weir_value_text(v, &text);
	struct weir_str bare = weir_str_trim(weir_buf_str(&text));
	if (text.size && !bare.size)
		weir_buf_add_c(out, "null");
	else if (weir_parse_double(bare, &number))
		weir_buf_addf(out, "%.17g", number);
	else
		weir_buf_add_str(out, weir_buf_str(&text));
	weir_buf_release(&text);
}

static void add_row(const struct weir_batch *b, uint32_t row, struct weir_buf *out)
{
	bool bad = b->malformed && weir_bit_get(b->malformed, row);
	weir_buf_addf(out, "%lld%s", (long long)b->position[row], bad ? " bad" : "");
	if (b->time_us && b->time_us[row] != WEIR_TIME_NONE)
		weir_buf_addf(out, " @%lld", (long long)b->time_us[row]);
	for (uint32_t i = 0; i < b->n_columns; i++) {
		const struct weir_column *c = &b->columns[i];
		struct weir_str name = b->schema->fields[i].name;
		if (weir_column_missing(c, row)) {
			FUZZ_CHECK(!weir_column_valid(c, row));
			continue;
		}
		FUZZ_CHECK(!bad);
		struct weir_value v = weir_column_get(c, row);
		FUZZ_CHECK(v.type != WEIR_STRING || weir_utf8_valid(v.s));
		weir_buf_addf(out, " " WEIR_STR_FMT "=", WEIR_STR_ARG(name));
		if (weir_column_valid(c, row))
			add_value(&v, out);
		else
			weir_buf_add_c(out, "null");
	}
	weir_buf_add_char(out, '\n');
}

static void check_batch(const struct weir_batch *b)
{
	FUZZ_CHECK(b->n_rows <= b->capacity);
	FUZZ_CHECK(b->schema && b->n_columns <= b->schema->n_fields && b->n_columns <= WEIR_MAX_FIELDS);
	for (uint32_t i = 0; i < b->n_columns; i++) {
		FUZZ_CHECK(weir_utf8_valid(b->schema->fields[i].name));
		FUZZ_CHECK(weir_type_widen(b->schema->fields[i].type, b->columns[i].type) == b->schema->fields[i].type);
	}
	FUZZ_CHECK((b->first_malformed.code == WEIR_OK) <= (weir_batch_malformed(b) == 0));
}

static void add_batch(const struct weir_batch *b, struct outcome *out)
{
	check_batch(b);
	out->rows += b->n_rows;
	out->bytes += b->bytes;
	out->bad += weir_batch_malformed(b);
	for (int i = 0; i < WEIR_BAD_COUNT; i++)
		out->malformed[i] += b->n_malformed[i];
	for (uint32_t row = 0; row < b->n_rows; row++)
		add_row(b, row, &out->cells);
}

static struct weir_codec *open_codec(const struct weir_codec_config *config, struct weir_str text, bool cut,
				     struct weir_error *err)
{
	struct weir_codec *codec = NULL;
	struct weir_str sample = {text.data, cut ? text.size / 2 : text.size};
	enum weir_status st = weir_codec_open(config, sample, sample.size == text.size, &codec, err);
	FUZZ_CHECK((st == WEIR_OK) == (codec != NULL));
	FUZZ_CHECK(st == WEIR_OK || err->what[0]);
	return codec;
}

/* The text comes in pieces of `piece` bytes; what is left is handed out again, as a source does. */
static void decode_bytes(const struct weir_codec_config *config, struct weir_str text, bool cut, size_t piece,
			 uint32_t rows, struct outcome *out)
{
	struct weir_error err = {0};
	struct weir_codec *codec = open_codec(config, text, cut, &err);
	struct weir_batch *b = weir_batch_new(rows);
	size_t taken = 0, have = cut ? text.size / 2 : 0; /* a source hands out its sample again */
	FUZZ_CHECK(b);
	while (codec && out->status == WEIR_OK && have < text.size) {
		have = have + piece < text.size ? have + piece : text.size;
		struct weir_chunk chunk = {text.data + taken, have - taken, taken, .at_end = have == text.size};
		size_t before;
		do {
			before = chunk.size;
			weir_batch_clear(b);
			out->status = weir_codec_decode(codec, &chunk, b, &err);
			FUZZ_CHECK(b->bytes == before - chunk.size);
			add_batch(b, out);
		} while (out->status == WEIR_OK && chunk.size && (chunk.size < before || b->n_rows));
		taken = have - chunk.size;
	}
	FUZZ_CHECK(!codec || out->status != WEIR_OK || taken == text.size);
	FUZZ_CHECK(out->status == WEIR_OK ||
		   (out->status == WEIR_MALFORMED && config->on_malformed == WEIR_MALFORMED_FAIL));
	weir_batch_free(b);
	weir_codec_close(codec);
}

/* Each line is a message. */
static void decode_messages(const struct weir_codec_config *config, struct weir_str text)
{
	struct weir_message messages[MAX_MESSAGES];
	struct weir_chunk chunk = {.messages = messages, .is_messages = true, .at_end = true};
	struct weir_error err = {0};
	struct outcome out = {0};
	for (struct weir_str rest = text; rest.size && chunk.n_messages < MAX_MESSAGES; chunk.n_messages++)
		messages[chunk.n_messages] = (struct weir_message){.payload = weir_str_cut(rest, '\n', &rest),
								   .offset = (int64_t)chunk.n_messages,
								   .partition = chunk.n_messages & 1,
								   .time_us = WEIR_TIME_NONE};
	struct weir_codec *codec = open_codec(config, text, false, &err);
	struct weir_batch *b = weir_batch_new(PIECE_ROWS);
	FUZZ_CHECK(b);
	while (codec && out.status == WEIR_OK && chunk.n_messages) {
		size_t before = chunk.n_messages;
		weir_batch_clear(b);
		out.status = weir_codec_decode(codec, &chunk, b, &err);
		add_batch(b, &out);
		FUZZ_CHECK(out.status != WEIR_OK || chunk.n_messages < before || b->n_rows);
	}
	weir_buf_release(&out.cells);
	weir_batch_free(b);
	weir_codec_close(codec);
}

/* `separated`: what an open quote swallowed shows only when its end is seen, so the reason may differ. */
static void check_same(const struct outcome *a, const struct outcome *b, bool separated)
{
	bool stopped = a->status == WEIR_MALFORMED; /* how far it had looked by then is open */
	bool same = a->rows == b->rows && (a->bytes == b->bytes || stopped) && a->status == b->status &&
		    a->bad == b->bad && (separated || memcmp(a->malformed, b->malformed, sizeof a->malformed) == 0) &&
		    weir_str_equal(weir_buf_str(&a->cells), weir_buf_str(&b->cells));
	if (same)
		return;
	fprintf(stderr, "at once: %llu rows, %llu bytes\n%s\nin pieces: %llu rows, %llu bytes\n%s\n",
		(unsigned long long)a->rows, (unsigned long long)a->bytes, a->cells.data ? a->cells.data : "",
		(unsigned long long)b->rows, (unsigned long long)b->bytes, b->cells.data ? b->cells.data : "");
	for (int i = 0; i < WEIR_BAD_COUNT; i++)
		if (a->malformed[i] != b->malformed[i])
			fprintf(stderr, "%s: %llu, in pieces %llu\n", weir_malformed_text((enum weir_malformed)i),
				(unsigned long long)a->malformed[i], (unsigned long long)b->malformed[i]);
	FUZZ_CHECK(same);
}

void fuzz_codec(const char *format, const uint8_t *data, size_t size)
{
	static const enum weir_on_malformed policies[] = {WEIR_MALFORMED_DROP, WEIR_MALFORMED_KEEP, WEIR_MALFORMED_FAIL,
							  WEIR_MALFORMED_DROP};
	const struct weir_str only = WEIR_STR("a");
	if (size == 0)
		return;
	unsigned knobs = fuzz_knobs(data, size);
	char *bytes = fuzz_text(data + 1, size - 1);
	struct weir_str text = {bytes, size - 1};
	struct weir_codec_config config = {.format = format,
					   .time = knobs & 16 ? NULL : "none",
					   .on_malformed = policies[knobs & 3],
					   .join = knobs & 64 ? "^(\\s|a)" : NULL};
	config.want =
	    (struct weir_decode_want){.all = !(knobs & 8), .names = &only, .n_names = 1, .raw = (knobs & 4) != 0};
	bool cut = (knobs & 32) != 0;
	struct outcome whole = {0}, pieces = {0};
	decode_bytes(&config, text, cut, text.size, WHOLE_ROWS, &whole);
	decode_bytes(&config, text, cut, 1 + knobs % 13 + text.size / 64, PIECE_ROWS, &pieces);
	bool separated = strstr("csv tsv auto", format) != NULL;
	if (!cut || !separated) /* the shape of separated text is settled on what is there first */
		check_same(&whole, &pieces, separated);
	decode_messages(&config, text);
	weir_buf_release(&whole.cells);
	weir_buf_release(&pieces.cells);
	free(bytes);
}
