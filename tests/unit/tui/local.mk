# Unit tests of src/tui: one program a module, each listed in check_PROGRAMS and TESTS. `show` prints a picture of invented
# data, for looking at.
FAKE_RESULT = tests/unit/tui/fake_result.c tests/unit/tui/fake_result.h
TUI_TESTS = tests/unit/tui/test_cell tests/unit/tui/test_layout tests/unit/tui/test_input tests/unit/tui/test_pace tests/unit/tui/test_brush tests/unit/tui/test_header
check_PROGRAMS += $(TUI_TESTS) tests/unit/tui/show
TESTS += $(TUI_TESTS)
tests_unit_tui_test_cell_SOURCES = tests/unit/tui/test_cell.c $(FAKE_RESULT)
tests_unit_tui_test_cell_LDADD = $(UNIT_LDADD)
tests_unit_tui_test_cell_CFLAGS = $(UNIT_CFLAGS)
tests_unit_tui_test_layout_SOURCES = tests/unit/tui/test_layout.c
tests_unit_tui_test_layout_LDADD = $(UNIT_LDADD)
tests_unit_tui_test_layout_CFLAGS = $(UNIT_CFLAGS)
tests_unit_tui_show_SOURCES = tests/unit/tui/show.c $(FAKE_RESULT)
tests_unit_tui_show_LDADD = $(UNIT_LDADD)
tests_unit_tui_show_CFLAGS = $(UNIT_CFLAGS)
tests_unit_tui_test_input_SOURCES = tests/unit/tui/test_input.c
tests_unit_tui_test_input_LDADD = $(UNIT_LDADD)
tests_unit_tui_test_input_CFLAGS = $(UNIT_CFLAGS)
tests_unit_tui_test_pace_SOURCES = tests/unit/tui/test_pace.c
tests_unit_tui_test_pace_LDADD = $(UNIT_LDADD)
tests_unit_tui_test_pace_CFLAGS = $(UNIT_CFLAGS)
tests_unit_tui_test_brush_SOURCES = tests/unit/tui/test_brush.c
tests_unit_tui_test_brush_LDADD = $(UNIT_LDADD)
tests_unit_tui_test_brush_CFLAGS = $(UNIT_CFLAGS)
tests_unit_tui_test_header_SOURCES = tests/unit/tui/test_header.c $(FAKE_RESULT)
tests_unit_tui_test_header_LDADD = $(UNIT_LDADD)
tests_unit_tui_test_header_CFLAGS = $(UNIT_CFLAGS)
