/* What a Kudu server may send: a frame, the answer to a scan in it, and the rows beside that. */
#include "fuzz.h"

#include "client/kudu/kudu.h"

#include <stdlib.h>

static struct weir_str sidecar(const struct kudu_answer *a, int32_t i)
{
	return i >= 0 && (uint32_t)i < a->n_sidecars ? a->sidecars[i] : (struct weir_str){"", 0};
}

/* All that is handed out can be read. */
static void read_rows(const struct kudu_answer *a, const Kw__Block *b)
{
	static const int types[] = {WEIR_KUDU_INT64, WEIR_KUDU_STRING, WEIR_KUDU_BOOL, WEIR_KUDU_DOUBLE};
	enum { N = sizeof types / sizeof *types };
	struct weir_str cells = sidecar(a, b->cells), texts = sidecar(a, b->texts);
	struct weir_kudu_cell row[N];
	struct kudu_layout l;
	Kw__Column columns[N];
	uint64_t sum = 0;

	for (int i = 0; i < N; i++) {
		kw__column__init(&columns[i]);
		columns[i].type = types[i];
		columns[i].nullable = i != 0;
	}
	FUZZ_CHECK(kudu_layout_make(&l, columns, N));
	if (b->rows > 0 && kudu_block_check(&l, (uint32_t)b->rows, cells, texts))
		for (uint32_t i = 0; i < (uint32_t)b->rows; i++) {
			kudu_block_row(&l, i, cells, texts, row);
			for (size_t k = 0; !row[1].null && k < row[1].s.size; k++)
				sum += (uint8_t)row[1].s.data[k];
		}
	FUZZ_CHECK(sum != UINT64_MAX);
	kudu_layout_release(&l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kudu_answer a;

	if (!kudu_answer_read((struct weir_str){(const char *)data, size}, &a))
		return 0;
	Kw__ScanAnswer *scan = kw__scan_answer__unpack(NULL, a.message.size, (const uint8_t *)a.message.data);
	if (scan && scan->block)
		read_rows(&a, scan->block);
	if (scan)
		kw__scan_answer__free_unpacked(scan, NULL);
	Kw__LocateAnswer *located = kw__locate_answer__unpack(NULL, a.message.size, (const uint8_t *)a.message.data);
	if (located)
		kw__locate_answer__free_unpacked(located, NULL);
	return 0;
}
