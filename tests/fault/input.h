/* The inputs of the fault tests: one small table in every format that weir reads. */
#ifndef WEIR_TESTS_FAULT_INPUT_H
#define WEIR_TESTS_FAULT_INPUT_H

struct fault_input {
	const char *file, *format; /* format NULL: found out */
	const char *derive[4];     /* what makes the columns a, b and c of it; ends with NULL */
};
extern const struct fault_input fault_inputs[]; /* ends with file NULL */

void fault_inputs_write(void); /* into the working folder */

#endif
