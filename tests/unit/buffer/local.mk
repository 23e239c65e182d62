# Unit tests of src/buffer: one program a module, each listed in check_PROGRAMS and TESTS.
