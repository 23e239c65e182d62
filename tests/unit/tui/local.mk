# Unit tests of src/tui: one program a module, each listed in check_PROGRAMS and TESTS.
