/* An error as a person reads it, on a descriptor. */
#include "texts.h"

#include "weir/base/file.h"

void weir_error_say(const struct weir_error *err, int fd)
{
	char text[WEIR_ERROR_TEXT_BYTES];

	(void)weir_write_all(fd, text, weir_error_text(err, text)); /* when that fails, there is nobody left to tell */
}
