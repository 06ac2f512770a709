/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * action - everything a key can do.
 *
 * The keys are those that less, vim, htop, tig and sngrep agree on.  '/' searches and
 * '&' filters, as in less; no single key destroys anything.  A key may mean two
 * things in different views, never in the same one (tests/unit/test_keys.c).
 */
#include <string.h>

#include "tui/action.h"

/* clang-format off */
static const struct action_row rows[] = {
	{ ACT_DOWN, "down", "j Down ^N ^E", VIEW_ANY, NULL, "next line" },
	{ ACT_UP, "up", "k Up ^P ^Y", VIEW_ANY, NULL, "line before" },
	{ ACT_PAGE_DOWN, "page-down", "PgDn ^F", VIEW_ANY, NULL, "next page" },
	{ ACT_PAGE_UP, "page-up", "PgUp ^B", VIEW_ANY, NULL, "page before" },
	{ ACT_HALF_DOWN, "half-down", "^D", VIEW_ANY, NULL, "half a page down" },
	{ ACT_HALF_UP, "half-up", "^U", VIEW_ANY, NULL, "half a page up" },
	{ ACT_FIRST, "first", "g Home", VIEW_ANY, NULL, "first line; with a number that line" },
	{ ACT_LAST, "last", "G End", VIEW_ANY, NULL, "last line; with a number that line" },
	{ ACT_LEFT, "left", "h Left", VIEW_ANY, NULL, "move the text to the right" },
	{ ACT_RIGHT, "right", "l Right", VIEW_TEXT, NULL, "move the text to the left" },
	{ ACT_RIGHT, "right", "Right", VIEW_LIST, NULL, "move the text to the left" },

	{ ACT_OPEN, "open", "Enter", VIEW_ANY, "open", "open what the cursor is on" },
	{ ACT_FRAMES, "frames", "f", VIEW_SESSION, "frames", "frames of the session" },
	{ ACT_LADDER, "ladder", "l F7", VIEW_LIST, "ladder", "ladder of the session" },
	{ ACT_LADDER, "ladder", "L F7", VIEW_SESSION, "ladder", "ladder of the session" },
	{ ACT_TRANSCRIPT, "transcript", "t F6", VIEW_LIST | VIEW_SESSION, "transcript",
	  "transcript of the session" },
	{ ACT_FINDINGS, "findings", "f F9", VIEW_LIST, "findings", "findings of the session" },
	{ ACT_FINDINGS, "findings", "o F9", VIEW_SESSION & ~(unsigned)VIEW_FINDING, "findings", "findings of the session" },
	{ ACT_FINDINGS, "findings", "F9", VIEW_FINDING, "findings", "findings of the session" },
	{ ACT_ELSEWHERE, "elsewhere", "o", VIEW_FINDING, "elsewhere",
	  "list all sessions with this finding" },
	{ ACT_ACKNOWLEDGE, "acknowledge", "a", VIEW_FINDING | VIEW_FINDINGS, "acknowledge",
	  "note that the finding is known, now and whenever this is read again" },
	{ ACT_RENEW, "renew", "u", VIEW_FINDING | VIEW_FINDINGS, NULL,
	  "take back that it was acknowledged" },
	{ ACT_SUPPRESS, "suppress", "S", VIEW_FINDING, NULL,
	  "leave this check out for this peer, by a line in the file of --suppress-file" },
	{ ACT_DASHBOARD, "dashboard", "i", VIEW_LIST | VIEW_SESSION, "incidents",
	  "what the whole capture shows" },
	{ ACT_SESSION_NEXT, "next-session", "]", VIEW_SESSION & ~(unsigned)VIEW_OCTETS, "next",
	  "the same of the next session" },
	{ ACT_SESSION_BACK, "previous-session", "[", VIEW_SESSION & ~(unsigned)VIEW_OCTETS, NULL,
	  "the same of the session before" },
	{ ACT_TABLE_NEXT, "next-table", "Tab", VIEW_DASHBOARD, "table", "next table" },
	{ ACT_TABLE_BACK, "previous-table", "BackTab", VIEW_DASHBOARD, NULL, "table before" },
	{ ACT_WINDOW, "window", "w", VIEW_DASHBOARD, "window",
	  "sessions of the last hour, 15, 5 minutes or 1, or all" },
	{ ACT_BACK, "back", "q Esc", VIEW_TEXT, "back", "leave the view" },
	{ ACT_BACK, "back", "q", VIEW_LIST, "leave", "leave the program" },

	{ ACT_SEARCH, "search", "/ F3", VIEW_ANY, "search", "search for a text" },
	{ ACT_SEARCH_NEXT, "search-next", "n", VIEW_ANY, NULL,
	  "next place that was searched for; none: next finding" },
	{ ACT_SEARCH_BACK, "search-previous", "N", VIEW_ANY, NULL, "the same backwards" },
	{ ACT_FINDING_NEXT, "next-finding", "e", VIEW_ANY, "finding",
	  "next finding; in the list: next session with one" },
	{ ACT_FINDING_BACK, "previous-finding", "E", VIEW_ANY, NULL, "the same backwards" },
	{ ACT_FILTER, "filter", "& F4", VIEW_ANY, "filter", "show only sessions that match" },
	{ ACT_FILTER_OFF, "filter-off", "", VIEW_ANY, NULL, "show all sessions" },
	{ ACT_COMMAND, "command", ":", VIEW_ANY, NULL, "type a command; Tab completes" },
	{ ACT_MARK, "mark", "m", VIEW_LIST | VIEW_SESSION, NULL,
	  "m and a letter: mark the place" },
	{ ACT_RETURN, "return", "'", VIEW_LIST | VIEW_SESSION, NULL,
	  "' and a letter: return to the mark; '': to where one was before the last jump" },

	{ ACT_TAG, "tag", "Space", VIEW_LIST, "tag", "tag the session, or no longer" },
	{ ACT_TAG_ALL, "tag-all", "T", VIEW_LIST, NULL, "tag all that are shown" },
	{ ACT_UNTAG_ALL, "untag-all", "U", VIEW_LIST, NULL, "tag none" },
	{ ACT_SORT_LEFT, "sort-left", "<", VIEW_LIST, "sort", "sort by the column to the left" },
	{ ACT_SORT_RIGHT, "sort-right", ">", VIEW_LIST, NULL, "sort by the column to the right" },
	{ ACT_REVERSE, "reverse", "z", VIEW_LIST, NULL, "sort the other way round" },
	{ ACT_COLUMNS, "columns", "A F10", VIEW_LIST, "columns", "choose the columns" },
	{ ACT_FOLLOW, "follow", "F", VIEW_LIST, NULL, "stay at the newest session" },
	{ ACT_PAUSE, "pause", "p", VIEW_LIST, NULL, "hold the list; capturing goes on" },
	{ ACT_CLEAR, "clear", "F5", VIEW_LIST, "clear",
	  "take the sessions that have ended off the list, after a question" },

	{ ACT_FOLD, "fold", "z", VIEW_SESSION | VIEW_DASHBOARD, "fold", "fold what repeats, or show all of it" },
	{ ACT_TIME, "time", "w", VIEW_LIST | VIEW_SESSION, "time", "how times are shown" },
	{ ACT_TCP, "tcp", "v", VIEW_FRAMES, "tcp", "the TCP line of every frame" },
	{ ACT_REDACT, "redact", "r", VIEW_TRANSCRIPT, "redact",
	  "hide addresses and text, as for a public place" },
	{ ACT_PANE, "pane", "\\", VIEW_LIST, NULL, "the lower pane, or more sessions" },
	{ ACT_PANE, "pane", "\\", VIEW_LADDER, "pane", "the frame under the cursor beside it" },
	{ ACT_PANE_MORE, "pane-more", "+", VIEW_LIST, NULL, "a larger lower pane" },
	{ ACT_PANE_LESS, "pane-less", "-", VIEW_LIST, NULL, "a smaller one" },

	{ ACT_CHOOSE, "choose", "Space", VIEW_LADDER, "measure",
	  "choose a frame; a second one measures between the two" },
	{ ACT_WIDER, "wider", "+", VIEW_LADDER, NULL, "a wider ladder, and a narrower pane" },
	{ ACT_NARROWER, "narrower", "-", VIEW_LADDER, NULL, "a narrower ladder" },

	{ ACT_OCTETS, "octets", "x", VIEW_SESSION & ~(unsigned)VIEW_OCTETS, "octets",
	  "the octets of the frame under the cursor" },
	{ ACT_FRAME_NEXT, "next-frame", "]", VIEW_OCTETS, "next", "the octets of the next frame" },
	{ ACT_FRAME_BACK, "previous-frame", "[", VIEW_OCTETS, NULL, "the octets of the frame before" },
	{ ACT_SELECT, "select", "v", VIEW_TEXT & ~(unsigned)VIEW_FRAMES, NULL,
	  "select lines: moving extends, y copies them, Esc ends" },
	{ ACT_BODY, "body", "b", VIEW_TRANSCRIPT, "text", "text of messages: none, ten lines, all that is kept" },
	{ ACT_TIMES, "times", "T", VIEW_TRANSCRIPT, "times", "the times, or none" },
	{ ACT_NUMBERS, "numbers", "#", VIEW_TRANSCRIPT, "frames", "the numbers of the frames, or none" },

	{ ACT_SAVE, "save", "s F2", VIEW_LIST | VIEW_SESSION, "save",
	  "save the session, the tagged ones, or all shown" },
	{ ACT_REPORT, "report", "R", VIEW_DASHBOARD, "report", "write a report of incidents" },
	{ ACT_PIPE, "pipe", "|", VIEW_LIST | VIEW_SESSION, NULL,
	  "give the session, or the tagged ones, to a command" },
	{ ACT_COPY, "copy", "y", VIEW_ANY, "copy",
	  "copy to the clipboard of the terminal: the row, the text, the finding as Markdown" },
	{ ACT_COPY_LINE, "copy-line", "Y", VIEW_TEXT, NULL, "copy the line" },
	{ ACT_COPY_LINE, "copy-line", "Y", VIEW_LIST, NULL, "copy what the lower pane tells" },

	{ ACT_HELP, "help", "? F1", VIEW_ANY, "help", "the keys of this view" },
	{ ACT_SETTINGS, "settings", "F8", VIEW_ANY, "settings", "what can be set" },
	{ ACT_REDRAW, "redraw", "^L", VIEW_ANY, NULL, "draw the screen anew, and read what is new" },
	{ ACT_STOP, "stop", "^C", VIEW_ANY, NULL, "stop reading, and keep what is there" },
	{ ACT_SUSPEND, "suspend", "^Z", VIEW_ANY, NULL, "back to the shell; fg returns" },
	{ ACT_LEAVE, "leave", "Q", VIEW_ANY, "leave", "leave the program" },
	{ 0 },
};

static const struct {
	const char *name;
	unsigned views;
} views[] = {
	{ "list", VIEW_LIST },
	{ "frames", VIEW_FRAMES },
	{ "ladder", VIEW_LADDER },
	{ "transcript", VIEW_TRANSCRIPT },
	{ "findings", VIEW_FINDINGS },
	{ "finding", VIEW_FINDING },
	{ "octets", VIEW_OCTETS },
	{ "dashboard", VIEW_DASHBOARD },
	{ "help", VIEW_HELP },
	{ "settings", VIEW_SETTINGS },
	{ "session", VIEW_SESSION },
	{ "any", VIEW_ANY },
};
/* clang-format on */

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

const struct action_row *
action_rows(size_t *n)
{
	*n = COUNT(rows) - 1;
	return rows;
}

const struct action_row *
action_find(const char *name)
{
	const struct action_row *row = rows;

	while (row->name && strcmp(row->name, name) != 0)
		row++;
	return row->name ? row : NULL;
}

const struct action_row *
action_row(enum action id)
{
	const struct action_row *row = rows;

	while (row->name && row->id != id)
		row++;
	return row->name ? row : NULL;
}

unsigned
view_parse(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(views); i++)
		if (strcmp(views[i].name, name) == 0)
			return views[i].views;
	return 0;
}

const char *
view_name(enum view_id id)
{
	size_t i;

	for (i = 0; i < COUNT(views); i++)
		if (views[i].views == (unsigned)id)
			return views[i].name;
	return "";
}
