// Parameters and profiles.
//
// A profile file is lines: "[name]" opens a machine, "key=value" words
// follow; "#" starts a comment.

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "params.h"

#define LARGEST 1000000000UL // of any value; a clock never wraps round

struct params params = {
#define X(name, value, least, what) .name = value,
    MODEL_PARAMS(X)
#undef X
    .profile = "default",
};

void
complain(const char *format, ...)
{
	va_list args;

	fputs("model: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

static const struct param {
	const char *name;
	uint64_t *value;
	uint64_t least;
} known[] = {
#define X(name, value, least, what) {#name, &params.name, least},
    MODEL_PARAMS(X)
#undef X
};

bool
params_set(const char *name, const char *value)
{
	char *end;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		unsigned long n;

		if (strcmp(name, known[i].name) != 0)
			continue;
		errno = 0;
		n = strtoul(value, &end, 10);
		if (!isdigit((unsigned char)*value) || *end != 0 || errno ||
		    n < known[i].least || n > LARGEST) {
			complain("%s=%s is not a number from %lu to %lu", name,
			    value, known[i].least, LARGEST);
			return false;
		}
		*known[i].value = n;
		return true;
	}
	complain("no parameter %s", name);
	return false;
}

// One line of the wanted profile: "key=value" words.
static bool
set_words(char *line)
{
	char *save, *word = strtok_r(line, " \t", &save);

	for (; word != NULL; word = strtok_r(NULL, " \t", &save)) {
		char *value = strchr(word, '=');

		if (value == NULL) {
			complain("profile: %s is not key=value", word);
			return false;
		}
		*value++ = 0;
		if (!params_set(word, value))
			return false;
	}
	return true;
}

// Is this line "[name]"?
static bool
opens(const char *line, const char *name)
{
	size_t n = strlen(name);

	return line[0] == '[' && strncmp(line + 1, name, n) == 0 &&
	    line[n + 1] == ']';
}

bool
params_load(const char *path, const char *profile)
{
	FILE *f = fopen(path, "r");
	char line[256];
	bool found = false, inside = false, good = true;

	if (f == NULL) {
		complain("cannot read profiles %s: %s", path, strerror(errno));
		return false;
	}
	while (good && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "#\n")] = 0;
		if (line[0] == '[') {
			inside = opens(line, profile);
			found |= inside;
		} else if (inside) {
			good = set_words(line);
		}
	}
	fclose(f);
	if (good && !found)
		complain("no profile %s in %s", profile, path);
	snprintf(params.profile, sizeof(params.profile), "%s", profile);
	return good && found;
}

// The value of a "name=value" word of that name, or NULL.
static const char *
value_of(const char *word, const char *name)
{
	size_t n = strlen(name);

	return strncmp(word, name, n) == 0 && word[n] == '=' ? word + n + 1
	                                                     : NULL;
}

// Is this word a file's or a profile's name?
static bool
take_name(const char *word, struct params_files *files, const char **profiles,
    const char **profile)
{
	const struct {
		const char *name, **to;
	} names[] = {{"report", &files->report}, {"trace", &files->trace},
	    {"profiles", profiles}, {"profile", profile}};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = value_of(word, names[i].name);

		if (value != NULL) {
			*names[i].to = value;
			return true;
		}
	}
	return false;
}

bool
params_obey(int argc, char **argv, struct params_files *files)
{
	const char *profiles = NULL, *profile = NULL;

	for (int i = 0; i < argc; i++)
		take_name(argv[i], files, &profiles, &profile);
	if (profile != NULL && profiles == NULL) {
		complain("profile=%s without profiles=FILE", profile);
		return false;
	}
	if (profile != NULL && !params_load(profiles, profile))
		return false;
	for (int i = 0; i < argc; i++) {
		char name[32];
		size_t n = strcspn(argv[i], "=");

		if (take_name(argv[i], files, &profiles, &profile))
			continue;
		if (argv[i][n] == 0 || n >= sizeof(name)) {
			complain("%s is not key=value", argv[i]);
			return false;
		}
		memcpy(name, argv[i], n);
		name[n] = 0;
		if (!params_set(name, argv[i] + n + 1))
			return false;
	}
	return true;
}
