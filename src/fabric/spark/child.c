/* spark-submit: the command line, and the process. */
#include "child.h"

#include "weir/base/memory.h"
#include "weir/base/process.h"
#include "weir/base/thread.h"
#include "weir/client/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TICK_US = 20000 };

/* ---- the command line ---- */

struct list {
	char **items;
	size_t n, capacity;
	bool failed;
};

static void add(struct list *l, const char *text)
{
	char *copy = weir_str_dup(weir_str_of(text));

	if (!copy || !weir_grow((void **)&l->items, &l->capacity, l->n + 2, sizeof(char *))) {
		free(copy);
		l->failed = true;
		return;
	}
	l->items[l->n++] = copy;
	l->items[l->n] = NULL;
}

static void add_two(struct list *l, const char *option, const char *value)
{
	if (!value)
		return;
	add(l, option);
	add(l, value);
}

static void add_setting(struct list *l, const char *option, const char *name, const char *value)
{
	struct weir_buf text = {0};

	weir_buf_addf(&text, "%s=%s", name, value);
	l->failed |= text.failed;
	if (!text.failed)
		add_two(l, option, text.data);
	weir_buf_release(&text);
}

static void add_settings(struct list *l, const struct weir_spark_master *m, const char *beginning, const char *option)
{
	size_t n = strlen(beginning);

	for (size_t i = 0; i < m->params.n_params; i++)
		if (strncmp(m->params.params[i].name, beginning, n) == 0)
			add_setting(l, option, m->params.params[i].name, m->params.params[i].value);
}

char **weir_spark_arguments(const struct weir_spark_command *c)
{
	const struct weir_spark_master *m = c->master;
	struct list l = {0};
	char name[64];

	snprintf(name, sizeof name, "weir-%.40s", c->id);
	add(&l, c->places->submit);
	add_two(&l, "--master", m->master);
	add_two(&l, "--name", name);
	add_two(&l, "--deploy-mode", weir_spark_param(m, "deploy-mode"));
	add_two(&l, "--jars", weir_spark_param(m, "jars"));
	add_two(&l, "--packages", weir_spark_param(m, "packages"));
	if (m->local && !weir_spark_param(m, "spark.ui.enabled")) /* it takes a port, and seconds */
		add_two(&l, "--conf", "spark.ui.enabled=false");
	if (!weir_spark_param(m, "spark.executorEnv.TZ"))
		add_two(&l, "--conf", "spark.executorEnv.TZ=UTC");
	add_settings(&l, m, "spark.", "--conf");
	add(&l, c->places->job);
	add_two(&l, "--brokers", c->brokers);
	add_two(&l, "--control", c->control);
	add_two(&l, "--results", c->results);
	add_settings(&l, m, "kafka.", "--kafka");
	if (!l.failed)
		return l.items;
	weir_spark_arguments_free(l.items);
	return NULL;
}

void weir_spark_arguments_free(char **arguments)
{
	for (size_t i = 0; arguments && arguments[i]; i++)
		free(arguments[i]);
	free(arguments);
}

/* ---- the process ---- */

bool weir_spark_passwords_add(struct weir_spark_passwords *p, uint32_t stream, const char *password)
{
	size_t size = strlen(password) + 32;

	if (!weir_grow((void **)&p->items, &p->capacity, p->n + 1, sizeof *p->items) ||
	    !weir_grow((void **)&p->of, &p->of_capacity, p->n + 1, sizeof *p->of) ||
	    !(p->items[p->n] = weir_alloc(size)))
		return false;
	snprintf(p->items[p->n], size, "WEIR_PASSWORD_%u=%s", stream, password);
	p->of[p->n++] = stream;
	return true;
}

void weir_spark_passwords_release(struct weir_spark_passwords *p)
{
	for (size_t i = 0; i < p->n; i++)
		weir_secret_free(p->items[i]);
	free(p->items);
	free(p->of);
	*p = (struct weir_spark_passwords){0};
}

/* The environment, with the folder of Spark where only we know it, in UTC, as the session is: a JDBC driver goes by the zone of the JVM.
 * Owned array of borrowed texts. */
static char **environment(const char *home, const struct weir_spark_passwords *passwords, char *text, size_t bytes)
{
	static char zone[] = "TZ=UTC";
	size_t n = 0, n_passwords = passwords ? passwords->n : 0;

	while (environ[n])
		n++;
	char **copy = weir_calloc(n + n_passwords + 3, sizeof(char *));
	if (!copy)
		return NULL;
	n = 0;
	for (char **one = environ; *one; one++)
		if (strncmp(*one, "TZ=", 3) != 0)
			copy[n++] = *one;
	copy[n++] = zone;
	for (size_t i = 0; i < n_passwords; i++)
		copy[n++] = passwords->items[i];
	if (*home) {
		snprintf(text, bytes, "SPARK_HOME=%s", home);
		copy[n] = text;
	}
	return copy;
}

enum weir_status weir_spark_child_start(struct weir_spark_child *c, char *const *arguments, const char *home,
					const struct weir_spark_passwords *passwords, const char *file,
					struct weir_error *err)
{
	char text[4200];
	int ends[2] = {-1, -1}, number = 0;
	char **env = environment(home, passwords, text, sizeof text);

	*c = (struct weir_spark_child){.output = -1, .log = c->log};
	if (!env)
		return weir_fail(err, WEIR_NO_MEMORY, "spark-submit", "out of memory");
	if (file)
		ends[1] = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	else if (pipe2(ends, O_CLOEXEC) < 0)
		ends[1] = -1;
	const struct weir_spawn how = {.path = arguments[0],
				       .arguments = arguments,
				       .environment = env,
				       .output = ends[1],
				       .error = ends[1],
				       .session = file != NULL,
				       .hangs_up = true};
	if (ends[1] < 0 || (number = weir_process_start(&how, &c->pid))) {
		number = number ? number : errno;
		c->pid = 0;
	}
	free(env);
	if (ends[1] >= 0)
		close(ends[1]);
	if (number) {
		if (ends[0] >= 0)
			close(ends[0]);
		return weir_fail(err, WEIR_IO, file ? file : arguments[0], "could not be started: %s",
				 strerror(number));
	}
	c->output = ends[0];
	if (c->output >= 0)
		(void)fcntl(c->output, F_SETFL, O_NONBLOCK);
	return WEIR_OK;
}

/* ---- what it says ---- */

/* A line of a failure, not of the many others. The frames of a stack come with white space before them. */
static bool is_error(const char *line)
{
	return line[0] != ' ' && line[0] != '\t' &&
	       (strstr(line, "Exception: ") || strstr(line, "Error: ") || strstr(line, "Exception in thread") ||
		strncmp(line, "Error", 5) == 0 || strstr(line, " ERROR "));
}

static void end_line(struct weir_spark_child *c)
{
	c->line[c->line_bytes] = '\0';
	c->line_bytes = 0;
	if (!c->line[0])
		return;
	weir_log_add(c->log, is_error(c->line) ? WEIR_LOG_ERROR : WEIR_LOG_NOTICE, "spark", "%s", c->line);
	snprintf(c->last, sizeof c->last, "%.390s", c->line);
	if (is_error(c->line))
		snprintf(c->last_error, sizeof c->last_error, "%.390s", c->line);
}

void weir_spark_child_listen(struct weir_spark_child *c)
{
	char bytes[4096];
	ssize_t n;

	while (c->output >= 0 && (n = read(c->output, bytes, sizeof bytes)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		for (ssize_t i = 0; i < n; i++)
			if (bytes[i] == '\n')
				end_line(c);
			else if (c->line_bytes + 1 < sizeof c->line && bytes[i] != '\r')
				c->line[c->line_bytes++] = bytes[i];
	}
	if (c->output >= 0)
		close(c->output);
	c->output = -1;
	if (c->line_bytes)
		end_line(c);
}

bool weir_spark_child_ended(struct weir_spark_child *c, int *status)
{
	pid_t pid = c->pid ? waitpid(c->pid, status, WNOHANG) : -1;

	if (!c->pid || pid == 0 || (pid < 0 && errno == EINTR))
		return false;
	weir_spark_child_listen(c);
	(void)kill(-c->pid, SIGKILL); /* what it left behind */
	if (c->output >= 0)
		close(c->output);
	c->output = -1;
	c->pid = 0;
	return true;
}

void weir_spark_child_end(struct weir_spark_child *c, int64_t grace_us)
{
	int status;

	if (!c->pid)
		return;
	(void)kill(-c->pid, SIGTERM);
	for (int64_t waited_us = 0; waited_us < grace_us; waited_us += TICK_US) {
		if (weir_spark_child_ended(c, &status))
			return;
		weir_spark_child_listen(c);
		weir_clock_system.sleep_us(weir_clock_system.ctx, TICK_US);
	}
	(void)kill(-c->pid, SIGKILL);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (c->output >= 0)
		close(c->output);
	*c = (struct weir_spark_child){.output = -1, .log = c->log};
}

void weir_spark_child_let_go(struct weir_spark_child *c)
{
	if (c->output >= 0)
		close(c->output);
	c->output = -1;
	c->pid = 0;
}
