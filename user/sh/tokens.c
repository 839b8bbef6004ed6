// From the text of a line to an array of tokens that is known to be well
// formed: quotes are closed, every operator has the commands it needs, and
// parentheses match and are linked.

#include "user/sh/sh.h"

struct token tokens[LINE_SIZE];
int ntokens;

// The words of the line, each with a final 0.  A word is followed by at least
// one other byte of the line or by its end, so they need no more than it.
static char words[LINE_SIZE];

// Longer spellings before their beginnings.
static const struct spelling {
	const char *text;
	ushort kind;
} operators[] = {
    {"&&", T_AND},
    {"||", T_OR},
    {">>", T_APPEND},
    {"&", T_BACK},
    {";", T_SEQ},
    {"|", T_PIPE},
    {"(", T_OPEN},
    {")", T_CLOSE},
    {"<", T_READ},
    {">", T_WRITE},
};

#define NOPERATORS (sizeof(operators) / sizeof(operators[0]))

static const struct spelling *
operator_at(const char *s)
{
	for (uint i = 0; i < NOPERATORS; i++) {
		const char *text = operators[i].text;
		if (strncmp(s, text, strlen(text)) == 0)
			return &operators[i];
	}
	return 0;
}

static int
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Copies the quoted text after s[0], a quote, to *to; returns the first byte
// behind the closing quote, NULL if there is none.
static const char *
unquote(const char *s, char **to)
{
	char quote = *s++;

	for (; *s != quote; s++) {
		if (quote == '"' && *s == '\\' && strchr("\"\\", s[1]))
			s++;
		if (*s == 0)
			return 0;
		*(*to)++ = *s;
	}
	return s + 1;
}

// Copies the word at s to *to; returns what follows it, NULL on an open quote.
static const char *
take_word(const char *s, char **to)
{
	while (s && *s != 0 && !blank(*s) && !operator_at(s)) {
		if (*s == '\'' || *s == '"') {
			s = unquote(s, to);
			continue;
		}
		if (*s == '\\' && s[1] != 0)
			s++;
		*(*to)++ = *s++;
	}
	*(*to)++ = 0;
	return s;
}

static int
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

// Takes one token off s into *t; words go to *to.  NULL on an open quote.
static const char *
take_token(const char *s, struct token *t, char **to)
{
	int fd = is_digit(s[0]) && (s[1] == '<' || s[1] == '>');
	const struct spelling *op = operator_at(s + fd);

	if (op == 0) {
		t->kind = T_WORD;
		t->text = *to;
		return take_word(s, to);
	}
	t->kind = op->kind;
	t->value = fd ? s[0] - '0' : op->kind != T_READ;
	return s + fd + strlen(op->text);
}

static int
split(const char *s)
{
	char *to = words;

	for (ntokens = 0;; ntokens++) {
		while (blank(*s))
			s++;
		if (*s == 0 || *s == '#')
			return 0;
		s = take_token(s, &tokens[ntokens], &to);
		if (s == 0) {
			fprintf(2, "sh: a quote is not closed\n");
			return -1;
		}
	}
}

static int
wrong(int at)
{
	const char *what = "the end of the line";

	if (at < ntokens) {
		what = tokens[at].text;
		for (uint i = 0; i < NOPERATORS; i++) {
			if (operators[i].kind == tokens[at].kind)
				what = operators[i].text;
		}
	}
	fprintf(2, "sh: syntax error at %s\n", what);
	return -1;
}

// What begins a command, and what may follow one.
#define T_STARTS (T_WORD | T_REDIRECTIONS | T_OPEN)
#define T_ENDS   (T_SEQ | T_BACK | T_CONNECTIVES | T_CLOSE)

// What may come after a token, given that it was in place itself.  The file
// name of a redirection does not change what the command before it allowed.
static uint
allowed_after(uint kind, uint before)
{
	switch (kind) {
	case T_SEQ:
	case T_BACK:
		return T_STARTS | T_CLOSE;
	case T_CLOSE:
		return T_ENDS | T_REDIRECTIONS;
	case T_WORD:
		return T_WORD | T_REDIRECTIONS | T_ENDS;
	case T_READ:
	case T_WRITE:
	case T_APPEND:
		if (before & T_OPEN)
			return T_WORD | T_REDIRECTIONS | T_ENDS;
		return before;
	}
	return T_STARTS;
}

static int
check(void)
{
	uint allowed = T_STARTS;
	int open = -1; // innermost open "("; its value is the next outer one

	if (ntokens == 0)
		return 0;
	for (int i = 0; i < ntokens; i++) {
		struct token *t = &tokens[i];
		if (!(t->kind & allowed))
			return wrong(i);
		allowed = allowed_after(t->kind, allowed);
		if (t->kind & T_REDIRECTIONS) {
			if (++i == ntokens || tokens[i].kind != T_WORD)
				return wrong(i);
		} else if (t->kind == T_OPEN) {
			t->value = open;
			open = i;
		} else if (t->kind == T_CLOSE) {
			if (open < 0)
				return wrong(i);
			int outer = tokens[open].value;
			tokens[open].value = i;
			open = outer;
		}
	}
	// The line may end where a list in ( ) may.
	return open < 0 && (allowed & T_CLOSE) ? 0 : wrong(ntokens);
}

int
tokens_parse(const char *line)
{
	return split(line) < 0 ? -1 : check();
}

int
tokens_find(int at, int end, uint kinds)
{
	for (; at < end && !(tokens[at].kind & kinds); at++) {
		if (tokens[at].kind == T_OPEN)
			at = tokens[at].value;
	}
	return at;
}

int
tokens_argument(int at, int end)
{
	while (at < end && tokens[at].kind != T_WORD)
		at += tokens[at].kind & T_REDIRECTIONS ? 2 : 1;
	return at < end ? at : end;
}
