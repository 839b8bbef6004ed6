# shellcheck shell=bash
# Counting for test scripts; source it, make the cases, call finish last.
#
#   check NAME CMD...             passes if CMD succeeds
#   refuses NAME ERE CMD...       passes if CMD fails with a status of 1..123
#                                 and one line of output, which matches ERE
#                                 (what make says of a failed command aside)
#   says NAME ERE CMD...          passes if CMD succeeds and a line matches
#   finish                        prints the totals; non-zero if any failed
#
# The output of a failed case follows its name.  Each script has a directory
# for its files, $scratch, which goes when it ends.

make_says='^make.*: \*\*\* \['
passed=0
failed=0
scratch=$(mktemp -d "${TMPDIR:-/tmp}/drove-test.XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP

verdict()
{
	if [ "$1" = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $2"
		head -n 40 "$scratch/.out" | sed 's/^/    /'
	fi
}

check()
{
	local name=$1 status=0
	shift
	"$@" >"$scratch/.out" 2>&1 || status=$?
	verdict "$status" "$name"
}

says()
{
	local name=$1 pattern=$2 status=0
	shift 2
	"$@" >"$scratch/.out" 2>&1 || status=$?
	if [ "$status" = 0 ]; then
		grep -Eq -- "$pattern" "$scratch/.out" || {
			status=1
			echo "(no line matches $pattern)" >>"$scratch/.out"
		}
	fi
	verdict "$status" "$name"
}

refuses()
{
	local name=$1 pattern=$2 status=0 verdict=0
	shift 2
	"$@" >"$scratch/.out" 2>&1 || status=$?
	[ "$status" -ge 1 ] && [ "$status" -le 123 ] || verdict=1
	[ "$(grep -vc "$make_says" "$scratch/.out")" = 1 ] || verdict=1
	grep -Eq -- "$pattern" "$scratch/.out" || verdict=1
	[ "$verdict" = 0 ] ||
		echo "(status $status; wanted one line with $pattern)" \
			>>"$scratch/.out"
	verdict "$verdict" "$name"
}

finish()
{
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
	exit
}
