// Parses /dev/lockstat: a header line, then for each lock class its name and
// LOCK_COLUMNS decimal numbers, in the order of struct lock_row.

#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "user/drove.h"
#include "user/lib/lines.h"
#include "user/lib/lockrows.h"

static int
parse_row(char *line, struct lock_row *row)
{
	uint64 *columns[LOCK_COLUMNS] = {
	    &row->acquisitions,
	    &row->contended,
	    &row->spins,
	    &row->wait_us,
	    &row->wait_max_us,
	    &row->hold_us,
	    &row->hold_max_us,
	};

	row->class = next_word(&line);
	if (row->class == 0)
		return -1;
	for (int i = 0; i < LOCK_COLUMNS; i++) {
		char *word = next_word(&line);
		if (word == 0 || parse_number(word, columns[i]) < 0)
			return -1;
	}
	return 0;
}

int
lock_rows(void (*take)(void *to, const struct lock_row *row), void *to)
{
	struct lines text;
	struct lock_row row;
	char line[200];
	int rows = 0, fd = open("/dev/lockstat", O_RDONLY);

	if (fd < 0)
		return -1;
	lines_start(&text, fd, 0);
	lines_next(&text, line, sizeof(line)); // the header
	while (lines_next(&text, line, sizeof(line)) >= 0) {
		if (parse_row(line, &row) < 0) {
			rows = -1;
			break;
		}
		take(to, &row);
		rows++;
	}
	close(fd);
	return rows;
}
