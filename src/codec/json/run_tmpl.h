/* One run over records of a shape, for each kind of processor. The file that includes it defines JSON_RUN (the
 * function's name), JSON_TARGET (its attribute) and, with that attribute and always inlined: bool run_lead(const struct
 * json_step *, const char *p)          whether the lead stands at p const char *run_text(p, end, bool *high) the first
 * quote, backslash or control character, NULL: none const char *run_number(p, struct weir_digits *)                 the
 * byte behind a plain number of few digits, NULL: none They may read JSON_VALUE_MARGIN bytes from p on; run_text no
 * further than `end` after that. */

/* The value at p into its column. NULL: not of the shape. */
JSON_TARGET static inline __attribute__((always_inline)) const char *
run_value(struct json_codec *j, struct json_step *step, const char *p, uint32_t row)
{
	struct weir_digits d;
	const char *to;
	bool high = false;
	switch ((enum json_action)step->action) {
	case JSON_SKIP_TEXT:
	case JSON_TAKE_CODE:
	case JSON_TAKE_PLAIN:
	case JSON_TAKE_TIME:
		to = run_text(p, j->end, &high);
		if (!to || (high && !weir_utf8_valid((struct weir_str){p, (size_t)(to - p)})))
			return NULL;
		if (step->action == JSON_TAKE_CODE && !json_run_code(step, row, p, (size_t)(to - p)))
			return NULL;
		if (step->action == JSON_TAKE_PLAIN && !json_run_plain(step, row, p, (size_t)(to - p)))
			return NULL;
		if (step->action == JSON_TAKE_TIME && !json_run_time(j, step, row, p, (size_t)(to - p)))
			return NULL;
		return to;
	case JSON_SKIP_NUMBER:
		to = run_number(p, &d);
		return to ? to : json_run_number(j, step, p, row);
	case JSON_TAKE_INT:
		to = run_number(p, &d);
		if (!to || d.fraction)
			return json_run_number(j, step, p, row);
		((int64_t *)step->data)[row] = d.negative ? -(int64_t)d.mantissa : (int64_t)d.mantissa;
		return to;
	case JSON_TAKE_FLOAT: {
		to = run_number(p, &d);
		if (!to || d.mantissa >= UINT64_C(1) << 53)
			return json_run_number(j, step, p, row);
		double v = (double)d.mantissa / weir_powers_of_ten[d.fraction];
		((double *)step->data)[row] = d.negative && d.fraction ? -v
					      : d.negative             ? (double)-(int64_t)d.mantissa
								       : v;
		step->last_int = !d.fraction;
		step->n_int += step->last_int;
		return to;
	}
	case JSON_TAKE_NULL:
		return p;
	default:
		return json_run_other(j, step, p, row);
	}
}

JSON_TARGET uint32_t JSON_RUN(struct json_codec *j, struct json_shape *shape, const char **at, uint32_t row,
			      uint32_t last)
{
	int64_t *position = j->codec.builder.batch->position;
	const char *p = *at, *limit = j->end - shape->margin;
	while (row < last && p <= limit) {
		const char *record = p;
		struct json_step *step = shape->steps;
		bool whole = false;
		for (; p <= limit && run_lead(step, p); step++) {
			p += step->lead_bytes;
			whole = step->action == JSON_END;
			if (whole || !(p = run_value(j, step, p, row)))
				break;
		}
		if (!whole) {
			json_run_undo(shape, step);
			return row;
		}
		position[row++] = (int64_t)(j->shapes.offset + (uint64_t)(record - j->shapes.start));
		p += p[0] == '\r' && p[1] == '\n';
		if (*p != '\n') {
			*at = p;
			return row;
		}
		*at = ++p;
	}
	return row;
}
