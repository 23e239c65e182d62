/* Bytes on their way to the terminal: one loop that sends all of them. Thread: screen. */
#ifndef WEIR_TUI_WIRE_H
#define WEIR_TUI_WIRE_H

#include <stddef.h>

void weir_wire_send(int fd, const char *bytes, size_t n);

#endif
