// The shell's parts: tokens of a line (tokens.c), redirections (redirect.c),
// built-in commands (builtins.c), and running (run.c).
#ifndef SH_SH_H
#define SH_SH_H

#include "kernel/types.h"
#include "user/drove.h"
#include "user/lib/lines.h"

// Bytes of a line, its final 0 included: less than the page that exec has for
// the arguments of `sh -c`.
#define LINE_SIZE 3072
#define STAGES    32 // commands of a pipeline

// Exit statuses of the shell itself; those of programs that cannot be run are
// in user/lib/run.h.
#define ST_FAILED 1
#define ST_SYNTAX 2

// Kinds of tokens are bits, so that a set of them is a mask.
enum {
	T_WORD = 1 << 0,
	T_SEQ = 1 << 1,     // ;
	T_BACK = 1 << 2,    // &
	T_AND = 1 << 3,     // &&
	T_OR = 1 << 4,      // ||
	T_PIPE = 1 << 5,    // |
	T_OPEN = 1 << 6,    // (
	T_CLOSE = 1 << 7,   // )
	T_READ = 1 << 8,    // <
	T_WRITE = 1 << 9,   // >
	T_APPEND = 1 << 10, // >>
};

#define T_REDIRECTIONS (T_READ | T_WRITE | T_APPEND)
#define T_CONNECTIVES  (T_AND | T_OR | T_PIPE)

struct token {
	ushort kind;
	// T_OPEN: the token of its ")".  A redirection: the descriptor; the
	// next token is the file.
	short value;
	char *text; // T_WORD
};

extern struct token tokens[LINE_SIZE]; // of the line; each has a byte at least
extern int ntokens;

// Makes tokens of a line and checks that they are well formed.  0, or -1 after
// a message.
int tokens_parse(const char *line);

// The first token of a kind in the mask that is in [at, end) and in no ( ), or
// end.
int tokens_find(int at, int end, uint kinds);

// The first word in [at, end) that is not a redirection's file, or end.
int tokens_argument(int at, int end);

// What a process of the shell still has to do.
extern struct work {
	int at, end; // tokens left to run
	int final;   // exit, with status, at the end of them
	int status;  // of the command that ended last
} work;

// Where the lines come from; a descriptor of -1 in processes that read none.
extern struct lines input;

// Runs the tokens of work; returns the last status unless work is final.
int run(void);

// Makes descriptor to refer to what fd does, and closes fd.  0, or -1.
int move_descriptor(int fd, int to);

// Opens the targets of the redirections in [at, end).  With use set they
// become the process's descriptors; without, they are only opened (so that
// "> file" makes the file) and closed again.  0, or -1 after a message.
int redirect(int at, int end, int use);

// A command that the shell runs itself; returns its status.
typedef int builtin(int argc, char **argv);

// NULL if there is none of that name.
builtin *find_builtin(const char *name);

#endif
