noinst_LIBRARIES += libtui.a
libtui_a_SOURCES = \
	src/tui/cell.c src/tui/cell.h src/tui/width.c src/tui/width_table.h \
	src/tui/theme.c src/tui/theme.h \
	src/tui/format.c src/tui/format.h \
	src/tui/widget.c src/tui/widget.h src/tui/plot.c \
	src/tui/layout.c src/tui/layout.h \
	src/tui/ui.c src/tui/ui.h src/tui/prompt.c src/tui/prompt.h \
	src/tui/frame.h src/tui/panel.c src/tui/panel_table.c src/tui/table_fit.c src/tui/table_fit.h src/tui/panel_chart.c src/tui/panel_volume.c src/tui/chart.c src/tui/chart.h src/tui/times.c src/tui/times.h src/tui/panel_histogram.c \
	src/tui/panel_records.c src/tui/panel_streams.c src/tui/panel_schema.c \
	src/tui/header.c src/tui/question.c src/tui/kpi.c src/tui/foot.c src/tui/notice.c src/tui/help.c src/tui/prompt_draw.c \
	src/tui/expression.c src/tui/expression.h src/tui/input.c src/tui/input.h src/tui/pace.c src/tui/pace.h \
	src/tui/term.h src/tui/term.c src/tui/curses.c src/tui/curses.h src/tui/brush.c src/tui/brush.h src/tui/wire.c src/tui/wire.h src/tui/guard.c src/tui/guard.h \
	src/tui/screen.c src/tui/screen.h src/tui/act.c src/tui/act_line.c src/tui/act_view.c src/tui/act_time.c \
	src/tui/act_file.c src/tui/act_prompt.c src/tui/complete.c src/tui/mouse.c src/tui/run.c
EXTRA_DIST += src/tui/themes/dark.def src/tui/themes/light.def src/tui/themes/contrast.def src/tui/themes/basic.def
