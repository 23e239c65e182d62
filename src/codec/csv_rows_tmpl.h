/* Marks and numbers of CSV, for one kind of processor. The file that includes it defines CSV_KIND (the name),
 * CSV_TARGET (the attribute of its functions) and, with that attribute: void csv_masks(const char *block, char
 * separator, struct weir_csv_masks *) uint64_t csv_lowest(uint64_t bits)                               the place of the
 * lowest bit; of none: anything const char *csv_digits(const char *p, struct weir_digits *)      as weir_digits_read */

/* The places of the bits, eight at a time whether there are as many or not: what is too much is written over later. */
CSV_TARGET static inline __attribute__((always_inline)) uint32_t *csv_flatten(uint64_t bits, uint32_t at, uint32_t *out)
{
	uint32_t *end = out + __builtin_popcountll(bits);
	while (bits) {
		for (int i = 0; i < 8; i++) {
			*out++ = at + (uint32_t)csv_lowest(bits);
			bits &= bits - 1;
		}
	}
	return end;
}

CSV_TARGET static void csv_find(const char *text, uint32_t blocks, char separator, struct weir_csv_marks *out)
{
	uint32_t *mark = out->marks;
	*mark++ = UINT32_MAX;
	out->crlf = out->odd = out->stopped = false;
	out->n_lines = 0;
	for (uint32_t i = 0; i < blocks; i++) {
		const char *block = text + (size_t)i * WEIR_CSV_BLOCK;
		struct weir_csv_masks m;
		csv_masks(block, separator, &m);
		if (m.special) {
			uint64_t before_lf = m.line_feed >> 1 | (uint64_t)(block[WEIR_CSV_BLOCK] == '\n') << 63;
			if (m.special & ~(m.cr & before_lf)) {
				out->stopped = true;
				break;
			}
			out->crlf = true;
		}
		out->odd |= m.odd;
		out->n_lines += (uint32_t)__builtin_popcountll(m.line_feed);
		mark = csv_flatten(m.separator | m.line_feed, i * WEIR_CSV_BLOCK, mark);
	}
	out->n = (uint32_t)(mark - out->marks) - 1;
}

CSV_TARGET static uint32_t csv_int64s(struct weir_csv_cells *c, int64_t *out)
{
	for (uint32_t row = 0; row < c->rows; row++) {
		struct weir_str s = weir_csv_cell(c, row);
		struct weir_digits d;
		if (weir_cell_is_null(c->nulls, s)) {
			c->any_null = true;
			continue;
		}
		bool plain = csv_digits(s.data, &d) == s.data + s.size && !d.fraction && !(d.negative && !d.mantissa);
		if (plain)
			out[row] = d.negative ? -(int64_t)d.mantissa : (int64_t)d.mantissa;
		else if (!weir_csv_odd_int64(s, &out[row]))
			return row;
	}
	return c->rows;
}

CSV_TARGET static uint32_t csv_float64s(struct weir_csv_cells *c, double *out)
{
	for (uint32_t row = 0; row < c->rows; row++) {
		struct weir_str s = weir_csv_cell(c, row);
		struct weir_digits d;
		if (weir_cell_is_null(c->nulls, s)) {
			c->any_null = true;
			continue;
		}
		bool plain = csv_digits(s.data, &d) == s.data + s.size && d.mantissa < UINT64_C(1) << 53;
		if (plain) {
			double v = (double)d.mantissa / weir_powers_of_ten[d.fraction];
			out[row] = d.negative ? -v : v;
		} else if (!weir_csv_odd_float64(s, &out[row])) {
			return row;
		}
	}
	return c->rows;
}

const struct weir_csv_kind CSV_KIND = {.find = csv_find, .int64s = csv_int64s, .float64s = csv_float64s};
