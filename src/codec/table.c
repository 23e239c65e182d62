/* The formats, in the order in which --list shows them. A new one is a file with its ops and one line here. */
#include "weir/codec/codec.h"

#define FORMATS(FORMAT)                                                                                                \
	FORMAT(weir_codec_json)                                                                                        \
	FORMAT(weir_codec_csv)                                                                                         \
	FORMAT(weir_codec_tsv)                                                                                         \
	FORMAT(weir_codec_logfmt)                                                                                      \
	FORMAT(weir_codec_clf)                                                                                         \
	FORMAT(weir_codec_w3c)                                                                                         \
	FORMAT(weir_codec_syslog)                                                                                      \
	FORMAT(weir_codec_regex)                                                                                       \
	FORMAT(weir_codec_avro)                                                                                        \
	FORMAT(weir_codec_protobuf)                                                                                    \
	FORMAT(weir_codec_text)

#define DECLARE(ops) extern const struct weir_codec_ops ops;
FORMATS(DECLARE)

#define LIST(ops) &(ops),
const struct weir_codec_ops *const weir_codec_table[] = {FORMATS(LIST) NULL};
