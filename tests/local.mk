UNIT_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
UNIT_LDADD = $(FLOOR_LIBS) $(OUTSIDE_LIBS) $(CMOCKA_LIBS)
if HAVE_CMOCKA
include tests/unit/base/local.mk
include tests/unit/model/local.mk
include tests/unit/client/local.mk
include tests/unit/source/local.mk
include tests/unit/codec/local.mk
include tests/unit/buffer/local.mk
include tests/unit/query/local.mk
include tests/unit/landing/local.mk
include tests/unit/fabric/local.mk
include tests/unit/session/local.mk
include tests/unit/tui/local.mk
endif
include tests/batch/local.mk
include tests/golden/local.mk
include tests/fuzz/local.mk
include tests/fault/local.mk
include tests/integration/local.mk
include tests/lint/local.mk
