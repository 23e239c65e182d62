/* Where sources look for waits that grow; they are everybody's. Thread: plain data. */
#ifndef WEIR_SOURCE_BACKOFF_H
#define WEIR_SOURCE_BACKOFF_H

#include "weir/base/backoff.h"

#endif
