# src/tui: the screen. Rooms, from the ground up: the terminal, what is drawn, the prompt, the panels, the whole picture, and
# the screen that runs them.
noinst_LIBRARIES += libtui.a
libtui_a_SOURCES = \
	src/tui/picture/list.h src/tui/picture/list.c src/tui/picture/views.c src/tui/screen/views.c src/tui/prompt/files.c \
	src/tui/terminal/terminal.h \
	src/tui/terminal/device.c src/tui/terminal/input.c src/tui/terminal/pace.c src/tui/terminal/paint.c \
	src/tui/terminal/restore.c src/tui/terminal/terminfo.c src/tui/terminal/write.c \
	src/tui/draw/draw.h src/tui/draw/theme.h \
	src/tui/draw/bars.c src/tui/draw/cell.c src/tui/draw/format.c src/tui/draw/plot.c src/tui/draw/spots.c \
	src/tui/draw/theme.c src/tui/draw/ticks.c \
	src/tui/prompt/prompt.h src/tui/prompt/menu.h src/tui/prompt/entries.h src/tui/prompt/columns.h \
	src/tui/prompt/chip.c src/tui/prompt/columns.c src/tui/prompt/commands.c src/tui/prompt/complete.c \
	src/tui/prompt/draw.c src/tui/prompt/groups.c src/tui/prompt/line.c src/tui/prompt/menu.c src/tui/prompt/menu_draw.c src/tui/prompt/mend.c \
	src/tui/prompt/match.c src/tui/prompt/measures.c src/tui/prompt/times.c src/tui/prompt/values.c src/tui/prompt/words.c \
	src/tui/panels/panels.h src/tui/panels/acts.h src/tui/panels/acts.c src/tui/panels/chart_acts.c \
	src/tui/prompt/match.c src/tui/prompt/measures.c src/tui/prompt/times.c src/tui/prompt/words.c \
	src/tui/panels/panels.h src/tui/panels/acts.h src/tui/panels/acts.c src/tui/panels/added.h src/tui/panels/added.c src/tui/panels/chart_acts.c \
	src/tui/panels/help_lines.c src/tui/panels/table_acts.c \
	src/tui/panels/axes.c src/tui/panels/compared.c src/tui/panels/compared.h src/tui/panels/chart.c src/tui/panels/chart.h src/tui/panels/chart_form.h src/tui/panels/chart_form.c src/tui/panels/chart_names.c src/tui/panels/chart_lines.c src/tui/panels/chart_multiples.c src/tui/panels/chart_series.c src/tui/panels/chart_stack.c \
	src/tui/panels/histogram.c src/tui/panels/panels.c \
	src/tui/panels/next_group.c src/tui/panels/parts.c src/tui/panels/heads.c src/tui/panels/schema.c src/tui/panels/span.c src/tui/panels/state.c \
	src/tui/panels/left_out.h src/tui/panels/left_out.c src/tui/panels/record.h src/tui/panels/record.c src/tui/panels/record_json.c src/tui/panels/record_lines.c \
	src/tui/panels/record_make.c \
	src/tui/panels/records.h src/tui/panels/records.c src/tui/panels/records_cell.c src/tui/panels/records_columns.c \
	src/tui/panels/records_cursor.c src/tui/panels/records_draw.c src/tui/panels/records_rows.c src/tui/panels/records_title.c src/tui/panels/records_widths.c \
	src/tui/panels/streams.h src/tui/panels/streams.c src/tui/panels/streams_remarks.c src/tui/panels/table.c src/tui/panels/table_columns.c src/tui/panels/times.c \
	src/tui/panels/volume.c src/tui/panels/heat.c src/tui/panels/pivot.h src/tui/panels/pivot.c src/tui/panels/pivot_cell.c src/tui/screen/turn.c src/tui/screen/uncompared.c src/tui/screen/alert.c \
	src/tui/trail/trail.h src/tui/trail/trail.c src/tui/trail/words.c \
	src/tui/picture/trail.c src/tui/screen/trail.c \
	src/tui/panels/histogram_range.c src/tui/panels/histogram_range.h \
	src/tui/panels/why.c \
	src/tui/panels/why.h \
	src/tui/panels/why_lines.c \
	src/tui/panels/why_lines.h \
	src/tui/picture/picture.h src/tui/picture/page.h src/tui/picture/page_text.c src/tui/picture/help.c \
	src/tui/picture/foot.c src/tui/picture/header.c src/tui/picture/kpi.c src/tui/picture/layout.c \
	src/tui/picture/notice.c src/tui/picture/page.c src/tui/picture/picture.c src/tui/picture/question.c \
	src/tui/picture/strip.c \
	src/tui/screen/screen.h \
	src/tui/screen/ask.c src/tui/screen/copy.c src/tui/screen/clock.c src/tui/screen/command_line.c src/tui/screen/commands.c src/tui/screen/compare.c src/tui/screen/files.c src/tui/screen/focus.c \
	src/tui/screen/looks.c src/tui/screen/mouse.c src/tui/screen/prompt.c src/tui/screen/preview.c src/tui/screen/profile.c src/tui/screen/prompt_open.c \
	src/tui/screen/question.c src/tui/screen/records.c src/tui/screen/run.c src/tui/screen/say.c src/tui/screen/screen.c \
	src/tui/screen/span.c src/tui/screen/time.c src/tui/screen/want.c src/tui/screen/why.c src/tui/screen/wish.c \
	src/tui/screen/why_question.c src/tui/screen/bookmarks.c src/tui/screen/replay.c
