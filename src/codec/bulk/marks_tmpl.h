/* Marks and numbers of plain records, for one kind of processor. The file that includes it defines BULK_KIND (the
 * name), BULK_TARGET (the attribute of its functions) and, with that attribute:
 *   struct weir_mark_bits plain_masks(const char *block, char separator, bool others)
 *   uint64_t plain_lowest(uint64_t bits)                             the place of the lowest bit; of none: anything
 *   const char *plain_digits(const char *p, struct weir_digits *)    as weir_digits_read */
#define BULK_INLINE BULK_TARGET static inline __attribute__((always_inline))

/* The places of the bits, eight at a time whether there are as many or not: what is too much is written over later. */
BULK_INLINE uint32_t *plain_flatten(uint64_t bits, uint32_t at, uint32_t *out)
{
	uint32_t *end = out + __builtin_popcountll(bits);
	while (bits) {
		for (int i = 0; i < 8; i++) {
			*out++ = at + (uint32_t)plain_lowest(bits);
			bits &= bits - 1;
		}
	}
	return end;
}

struct plain_carry {       /* from block to block */
	uint64_t in_quote; /* all bits or none */
	uint64_t closed;   /* 1: the last byte is a closing quote */
	bool first;        /* nothing stands before the block */
};

/* Bit i: the number of bits up to it is odd. */
BULK_INLINE uint64_t plain_parity(uint64_t bits)
{
	for (int shift = 1; shift < 64; shift *= 2)
		bits ^= bits << shift;
	return bits;
}

BULK_INLINE bool plain_opens(uint64_t opening, uint64_t marks, const char *block, const struct weir_bulk_syntax *syntax,
			     const struct plain_carry *carry)
{
	char before = carry->first ? '\n' : block[-1];
	if (!syntax->equals)
		return !(opening & ~(marks << 1 | (before == '\n' || before == syntax->separator)));
	for (; opening; opening &= opening - 1) {
		uint64_t at = plain_lowest(opening);
		if ((at ? block[at - 1] : before) != '=')
			return false;
	}
	return true;
}

/* A block with quotes, CRs or bytes that are never plain: takes the marks inside quotes away. False: it is not plain.
 */
BULK_INLINE bool plain_closer_look(const char *block, const struct weir_mark_bits *m,
				   const struct weir_bulk_syntax *syntax, struct plain_carry *carry, uint64_t *marks,
				   struct weir_bulk_marks *out)
{
	uint64_t in = plain_parity(m->quote) ^ carry->in_quote, cr = m->cr & ~in, closing = m->quote & ~in;
	uint64_t before_lf = m->line_feed >> 1 | (uint64_t)(block[WEIR_BULK_BLOCK] == '\n') << 63;
	*marks &= ~in;
	uint64_t behind = closing << 1 | carry->closed, bad = cr & ~before_lf;
	bad |= behind & ~(*marks | cr);
	bad |= m->other;
	if (syntax->lines)
		bad |= in & (m->line_feed | m->cr);
	if (bad || !plain_opens(m->quote & in, *marks, block, syntax, carry))
		return false;
	out->crlf |= cr != 0;
	out->quoted |= m->quote != 0;
	carry->in_quote = 0 - (in >> 63);
	carry->closed = closing >> 63;
	return true;
}

BULK_INLINE void plain_find_as(const char *text, uint32_t blocks, const struct weir_bulk_syntax *syntax, bool lines,
			       struct weir_bulk_marks *out)
{
	struct plain_carry carry = {.first = true};
	uint32_t *mark = out->marks;
	*mark++ = UINT32_MAX;
	out->crlf = out->quoted = out->odd = out->stopped = false;
	out->n_lines = 0;
	for (uint32_t i = 0; i < blocks && !out->stopped; i++) {
		const char *block = text + (size_t)i * WEIR_BULK_BLOCK;
		struct weir_mark_bits m = plain_masks(block, syntax->separator, lines);
		uint64_t marks = m.separator | m.line_feed;
		if (m.quote | m.cr | m.other | carry.in_quote | carry.closed)
			out->stopped = !plain_closer_look(block, &m, syntax, &carry, &marks, out);
		if (out->stopped)
			break;
		carry.first = false;
		out->odd |= m.odd;
		out->n_lines += (uint32_t)__builtin_popcountll(marks & m.line_feed);
		mark = plain_flatten(marks, i * WEIR_BULK_BLOCK, mark);
	}
	out->n = (uint32_t)(mark - out->marks) - 1;
}

BULK_TARGET static void plain_find(const char *text, uint32_t blocks, const struct weir_bulk_syntax *syntax,
				   struct weir_bulk_marks *out)
{
	if (syntax->lines)
		plain_find_as(text, blocks, syntax, true, out);
	else
		plain_find_as(text, blocks, syntax, false, out);
}

BULK_TARGET static uint32_t plain_int64s(struct weir_bulk_column *c, int64_t *out)
{
	for (uint32_t row = 0; row < c->rows; row++) {
		struct weir_str s = weir_bulk_text(c, row);
		struct weir_digits d;
		if (weir_text_is_null(c->nulls, s)) {
			c->any_null = true;
			continue;
		}
		bool plain = plain_digits(s.data, &d) == s.data + s.size && !d.fraction && !(d.negative && !d.mantissa);
		if (plain)
			out[row] = d.negative ? -(int64_t)d.mantissa : (int64_t)d.mantissa;
		else if (!weir_bulk_odd_int64(s, &out[row]))
			return row;
	}
	return c->rows;
}

BULK_TARGET static uint32_t plain_float64s(struct weir_bulk_column *c, double *out)
{
	for (uint32_t row = 0; row < c->rows; row++) {
		struct weir_str s = weir_bulk_text(c, row);
		struct weir_digits d;
		if (weir_text_is_null(c->nulls, s)) {
			c->any_null = true;
			continue;
		}
		bool plain = plain_digits(s.data, &d) == s.data + s.size && d.mantissa < UINT64_C(1) << 53;
		if (plain) {
			double v = (double)d.mantissa / weir_powers_of_ten[d.fraction];
			out[row] = d.negative ? -v : v;
		} else if (!weir_bulk_odd_float64(s, &out[row])) {
			return row;
		}
	}
	return c->rows;
}

const struct weir_bulk_kind BULK_KIND = {.find = plain_find, .int64s = plain_int64s, .float64s = plain_float64s};
