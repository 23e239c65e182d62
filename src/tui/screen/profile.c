/* What the columns hold (weir/query/profile.h): asked for while somebody looks at columns, and again when rows have come
 * since or the filter changed, but so seldom that it takes a fortieth of the time at most. */
#include "tui/screen/screen.h"

#include <stdlib.h>

enum { AGAIN_US = 2000000, PART_OF_TIME = 40 };

static bool is_looked_at(const struct weir_screen *s)
{
	for (int i = 0; weir_panels[i]; i++)
		if (weir_panels[i]->profile && s->picture.layout.panels[i].rows > 0)
			return true;
	return weir_prompt_lists_columns(&s->state.prompt);
}

static uint64_t records_of(const struct weir_screen *s)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < s->info.n_streams; i++)
		n += s->info.streams[i].records;
	return n;
}

/* True: there is a newer one. */
static bool take(struct weir_screen *s)
{
	struct weir_screen_profile *p = &s->profile;
	struct weir_studied studied;
	weir_session_studied(s->session, &weir_study_profile, &studied);
	if (p->running && !studied.running) {
		int64_t now = weir_clock_mono_us(s->config->clock), wait = (now - studied.since_us) * PART_OF_TIME;
		p->running = false;
		p->next_us = now + (wait > AGAIN_US ? wait : AGAIN_US);
	}
	if (!studied.answer || studied.answer == (struct weir_study_answer *)p->newest) {
		weir_study_answer_unref(studied.answer);
		return false;
	}
	weir_screen_drop_profile(s);
	p->newest = (struct weir_profile *)studied.answer;
	return true;
}

/* Another one is due: the filter has changed, or, for who goes on looking, rows have come. */
static bool is_due(const struct weir_screen *s, struct weir_str where)
{
	const struct weir_screen_profile *p = &s->profile;
	bool looked_at = is_looked_at(s);
	if (!s->result || !s->result->n_fields || !(looked_at || weir_next_group_is_due(s->result)))
		return false;
	if (!p->asked || !weir_str_equal(weir_str_of(p->where), where))
		return true;
	return looked_at && !p->running && records_of(s) != p->records &&
	       weir_clock_mono_us(s->config->clock) >= p->next_us;
}

static void ask(struct weir_screen *s, struct weir_str where)
{
	struct weir_screen_profile *p = &s->profile;
	struct weir_error ignored = {0};
	struct weir_study *study = weir_study_profile_new(where.size == 0);
	char *copy = weir_str_dup(where);
	if (study && copy && weir_session_study(s->session, study, &ignored)) {
		free(p->where);
		p->where = copy;
		p->records = records_of(s);
		p->asked = p->running = true;
		return;
	}
	free(copy);
}

void weir_screen_take_profile(struct weir_screen *s)
{
	if (s->profile.asked && take(s) && s->state.prompt.menu_of)
		weir_screen_complete(s, true);
}

/* Who types a value of a condition chooses among all values, not only among those that the present filter leaves. */
void weir_screen_ask_profile(struct weir_screen *s)
{
	bool all = weir_prompt_lists_values(&s->state.prompt);
	struct weir_str where = all ? (struct weir_str){0} : weir_str_of(s->info.view.text[WEIR_VIEW_WHERE]);
	if (is_due(s, where))
		ask(s, where);
}

void weir_screen_offer_group(struct weir_screen *s)
{
	struct weir_screen_profile *p = &s->profile;
	const struct weir_view *view = &s->info.view;
	bool fits = p->newest && p->newest->answer.whole &&
		    weir_str_equal(weir_str_of(p->where), weir_str_of(view->text[WEIR_VIEW_WHERE]));
	if (s->result && s->result->view_generation < s->asked)
		return; /* it is about to change */
	uint64_t of = fits && weir_next_group_is_due(s->result) ? p->newest->answer.number : 0;
	if (p->offered_of == of && (!of || p->offered_for == s->result->view_generation))
		return;
	p->offered_of = of;
	p->offered_for = s->result ? s->result->view_generation : 0;
	weir_next_group_find(s->result, fits ? p->newest : NULL, view, &s->state.next_group);
}

void weir_screen_drop_profile(struct weir_screen *s)
{
	if (s->profile.newest)
		weir_study_answer_unref(&s->profile.newest->answer);
	s->profile.newest = NULL;
}
