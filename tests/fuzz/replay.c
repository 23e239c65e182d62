/* Runs a fuzz target over files: those named, or the target's corpus, tests/fuzz/corpus/NAME for a program fuzz_NAME. Each
 * file goes through whole, cut off at every byte, and with every byte changed in turn (files up to SMALL bytes), so that even
 * without a fuzzer the neighbours of each corpus file are tried. */
#include "fuzz.h"

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>

enum { SMALL = 400 };

/* What is being tried, for the handler below. */
static const uint8_t *tried;
static size_t tried_bytes;

static void show_tried(int signal_number)
{
	fputs("the input, for printf: '", stderr);
	for (size_t i = 0; i < tried_bytes; i++) {
		bool plain = tried[i] >= ' ' && tried[i] < 0x7f && !strchr("'\\%", tried[i]);
		fprintf(stderr, plain ? "%c" : "\\%03o", tried[i]);
	}
	fputs("'\n", stderr);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static void one(const uint8_t *data, size_t size)
{
	uint8_t *exact = malloc(size ? size : 1);
	FUZZ_CHECK(exact);
	tried = data;
	tried_bytes = size;
	if (size)
		memcpy(exact, data, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
}

static void neighbours(uint8_t *data, size_t size)
{
	static const uint8_t puts[] = {0, '"', '\n', '\\', '{', ']', ',', 0xff, ' ', '-', '9', '('};
	for (size_t i = 0; i < size; i++) {
		uint8_t was = data[i];
		one(data, i);
		data[i] = puts[i % sizeof puts];
		one(data, size);
		data[i] = was;
	}
}

static bool replay_file(const char *path)
{
	struct weir_buf text = {0};
	char part[4096];
	FILE *f = fopen(path, "rb");
	if (!f) {
		perror(path);
		return false;
	}
	for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
		weir_buf_add(&text, part, n);
	fclose(f);
	one((const uint8_t *)text.data, text.size);
	if (text.size <= SMALL)
		neighbours((uint8_t *)text.data, text.size);
	weir_buf_release(&text);
	return true;
}

/* How many files were replayed, -1 when one could not be read. */
static int replay_folder(const char *path)
{
	DIR *dir = opendir(path);
	int n = 0;
	if (!dir) {
		perror(path);
		return -1;
	}
	for (struct dirent *entry; n >= 0 && (entry = readdir(dir));) {
		char file[1024];
		if (entry->d_name[0] == '.')
			continue;
		snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
		n = replay_file(file) ? n + 1 : -1;
	}
	closedir(dir);
	return n;
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0], *source = getenv("srcdir");
	char corpus[1024];
	int n = 0;
	signal(SIGABRT, show_tried);
	name += strncmp(name, "fuzz_", 5) == 0 ? 5 : 0;
	snprintf(corpus, sizeof corpus, "%s/tests/fuzz/corpus/%s", source ? source : ".", name);
	if (argc < 2)
		n = replay_folder(corpus);
	for (int i = 1; i < argc && n >= 0; i++) {
		struct stat st;
		int more = stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode) ? replay_folder(argv[i])
			   : replay_file(argv[i])                         ? 1
									  : -1;
		n = more < 0 ? -1 : n + more;
	}
	printf("%s: %d files\n", name, n);
	return n > 0 ? 0 : 1;
}
