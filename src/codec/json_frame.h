/* Framing of JSON records beyond one a line. Each moves *p on only when it succeeds. */
#ifndef WEIR_CODEC_JSON_FRAME_H
#define WEIR_CODEC_JSON_FRAME_H

#include "codec/json.h"

/* At the start of a document: enters its array (or the one under json:PATH; in_array is set), or stays at its first value. */
int json_enter(struct json_codec *j, const char **p);
/* Inside an array, before a record: passes blanks and commas; in_array is unset behind the ']'. */
int json_next(struct json_codec *j, const char **p);
/* Behind the array of json:PATH: skips what is left of the document. JSON_MORE while it goes on. */
int json_leave(struct json_codec *j, const char **p);
/* Inside what does not parse: the start of the next line; where records may go over lines, of the next line that begins with
 * an object, so that a broken record counts once. NULL: not within this chunk; j->at_line_start carries the search over. */
const char *json_next_line(struct json_codec *j, const char *p);
/* Where to go on after a record that does not parse; NULL: not within this chunk. */
const char *json_resync(struct json_codec *j, const char *record, const char *error);

#endif
