#!/bin/bash
# Runs the tests: first those of the host, then those of guest.list in the
# emulator, and counts.
#
#   tests/run.sh [-j slots] [quick|all] [pattern]
#
# pattern (an extended regular expression) selects tests by name.  A test of
# the host is tests/host_*.sh or a program build/tests/host_*; its last line
# counts its cases.  A test of the guest is one boot.  Whole output of every
# test: build/tests/NAME.log.  The last line counts cases of the host and boots
# together; the exit status is 0 if none failed.
#
# Guest tests take as many slots as they have harts, at most all of them, so
# that what is measured in seconds is not disturbed: with two slots, tests of
# one hart run in pairs and others alone.  Slots: the cores, at most 4.

cd "$(dirname "$0")/.." || exit 1
here=tests
logs=${LOGS:-build/tests}
# Limits are for what hangs.  Those in lists and scripts are what an idle host
# needs, with room to spare; all are multiplied by this, for slow and busy ones.
export SLOW=${SLOW:-10}
HOST_LIMIT=$((300 * SLOW)) # seconds for a test of the host

slots=$(nproc 2>/dev/null || echo 1)
[ "$slots" -le 4 ] || slots=4
while getopts j: option; do
	case $option in
	j) slots=$OPTARG ;;
	*) exit 1 ;;
	esac
done
shift $((OPTIND - 1))
level=${1:-quick}
pattern=${2:-.}
case $level:$slots in
quick:[1-9]* | all:[1-9]*) ;;
*)
	echo "usage: tests/run.sh [-j slots] [quick|all] [pattern]" >&2
	exit 1
	;;
esac

# The tests say themselves what they run; a make above us must not add to it.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL GNUMAKEFLAGS
unset VARIANT CPUS MEM CMD DEBUG FSIMG TIMEOUT
settings=()
for name in WERROR QEMU TOOLPREFIX LLVM HOSTCC; do
	[ -z "${!name+set}" ] || settings+=("$name=${!name}")
done

passed=0
failed=0
declare -A name_of weight_of start_of # of running tests, by process id
used=0
mkdir -p "$logs"

stop()
{
	local pid
	for pid in "${!name_of[@]}"; do
		kill -TERM "$pid" 2>/dev/null
	done
	wait
	echo "$passed passed, $((failed + ${#name_of[@]})) failed"
	exit 130
}
trap stop INT TERM HUP

now()
{
	echo $((${EPOCHREALTIME/[.,]/} / 1000)) # milliseconds
}

since() # MILLISECONDS -> "12.3"
{
	local ms=$(($(now) - $1))
	printf '%d.%d' $((ms / 1000)) $((ms % 1000 / 100))
}

report() # WORD START NAME [REASON]
{
	printf '%-7s %6s s  %s%s\n' "$1" "$(since "$2")" "$3" "${4:+: $4}"
}

# Where a log first speaks of failure, three lines of what led there, and its end.
excerpt() # LOG
{
	tr -d '\r' <"$1" | cut -c 1-200 | awk '
		{ line[NR] = $0 }
		!found && /^FAILED: |FAILED$|FAILED -- lost|panic:|assertion/ { found = NR }
		END {
			from = NR > 20 ? NR - 19 : 1
			if (found && found < from) {
				for (i = found > 3 ? found - 3 : 1; i <= found; i++)
					print line[i]
				if (i < from)
					print "..."
			}
			for (i = from; i <= NR; i++)
				print line[i]
		}' | sed 's/^/        | /'
}

# --- tests of the host ------------------------------------------------------

host_test() # PROGRAM
{
	local name start log status=0 totals p=0 f=0
	name=$(basename "$1" .sh)
	log=$logs/$name.log
	start=$(now)
	$here/bounded.sh $HOST_LIMIT "$1" </dev/null >"$log" 2>&1 || status=$?
	totals=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1)
	read -r p _ f _ <<<"${totals:-0 passed, 0 failed}"
	# Each way of failing counts once, whatever the totals say.
	if [ "$f" = 0 ] && { [ -z "$totals" ] || [ $status != 0 ]; }; then
		f=1
	fi
	passed=$((passed + p))
	failed=$((failed + f))
	if [ "$f" = 0 ]; then
		report ok "$start" "$name" "$totals"
	elif [ $status = 124 ]; then
		report FAILED "$start" "$name" "no end in $HOST_LIMIT s"
		excerpt "$log"
	else
		report FAILED "$start" "$name" "${totals:-status $status}"
		excerpt "$log"
	fi
}

host_tests()
{
	local test start log=$logs/build-host.log
	start=$(now)
	if ! make host-tests "${settings[@]}" >"$log" 2>&1 </dev/null; then
		failed=$((failed + 1))
		report FAILED "$start" "build host-tests"
		excerpt "$log"
	fi
	for test in "$here"/host_*.sh build/tests/host_*; do
		if [ -f "$test" ] && [ -x "$test" ] &&
			[[ $(basename "$test" .sh) =~ $pattern ]]; then
			host_test "$test"
		fi
	done
}

# --- tests of the guest -----------------------------------------------------

split() # LINE: sets the array fields, at bars between blanks
{
	local rest="$1 | "
	fields=()
	while [ -n "$rest" ]; do
		fields+=("$(trim "${rest%% | *}")")
		rest=${rest#* | }
	done
}

trim()
{
	local text=$1
	text=${text#"${text%%[![:space:]]*}"}
	echo "${text%"${text##*[![:space:]]}"}"
}

# Says what is wrong with what a finished test printed (lines of the build, as
# "  CC   kernel/boot/panic.c", are not the guest's); nothing if all is
# well.  The fields are those of the list, from the command on.
judge() # STATUS LIMIT LOG COMMAND EXPECTED...
{
	local status=$1 limit=$2 log=$3 command=$4 expected
	shift 4
	tr -d '\r' <"$log" >"$log.text"
	if [ "$status" = 124 ]; then
		echo "hung, killed after $limit s"
	elif [ "${command:0:1}" != '!' ] &&
		grep -v '^  [A-Z]' "$log.text" | grep -q panic; then
		echo "the kernel panicked"
	elif [ "$status" != 0 ]; then
		echo "exit status $status"
	fi
	for expected; do
		case $expected in
		@*)
			awk -f "$here/${expected#@}.awk" "$log.text" ||
				echo "${expected#@}.awk failed"
			;;
		*)
			grep -Eq -- "$expected" "$log.text" ||
				echo "no line matches $expected"
			;;
		esac
	done
	rm -f "$log.text"
}

# One boot, in a process of its own.  Leaves the verdict in a file, empty if
# the test passed.
guest_test() # NAME VARIANT HARTS LIMIT OPTIONS COMMAND EXPECTED...
{
	local name=$1 variant=$2 harts=$3 limit=$(($4 * SLOW)) options command=$6 status=0
	local log=$logs/$name.log
	read -r -a options <<<"$5"
	shift 6
	options+=("VARIANT=$variant" "CPUS=$harts" "${settings[@]}")
	trap 'kill -TERM $boot 2>/dev/null; wait; exit 143' TERM
	if [ "${command:0:1}" = '!' ]; then
		env "${options[@]}" "$here/bounded.sh" "$limit" \
			bash -c "${command:1}" </dev/null >"$log" 2>&1 &
	else
		"$here/bounded.sh" "$limit" make -s run "${options[@]}" \
			CMD="$command" </dev/null >"$log" 2>&1 &
	fi
	boot=$!
	wait $boot || status=$?
	judge "$status" "$limit" "$log" "$command" "$@" >"$logs/$name.verdict"
}

# Waits for tests to end, until so many slots are free.
make_room() # SLOTS
{
	local pid
	while [ $((slots - used)) -lt "$1" ]; do
		wait -n "${!name_of[@]}"
		for pid in "${!name_of[@]}"; do
			kill -0 "$pid" 2>/dev/null || settle "$pid"
		done
	done
}

settle() # PID of a guest test that has ended
{
	local name=${name_of[$1]} start=${start_of[$1]} verdict
	used=$((used - weight_of[$1]))
	unset "name_of[$1]" "weight_of[$1]" "start_of[$1]"
	verdict=$(cat "$logs/$name.verdict" 2>&1)
	if [ -z "$verdict" ] && [ -e "$logs/$name.verdict" ]; then
		passed=$((passed + 1))
		report ok "$start" "$name"
	else
		failed=$((failed + 1))
		report FAILED "$start" "$name" "${verdict//$'\n'/; }"
		excerpt "$logs/$name.log"
	fi
	rm -f "$logs/$name.verdict"
}

start_guest_test() # NAME VARIANT HARTS ...
{
	local weight=$3
	[ "$weight" -le "$slots" ] || weight=$slots
	make_room "$weight"
	rm -f "$logs/$1.verdict"
	guest_test "$@" &
	name_of[$!]=$1
	weight_of[$!]=$weight
	start_of[$!]=$(now)
	used=$((used + weight))
}

# Builds first what tests boot: the boots may then run side by side, and a
# test's time is its own.
declare -A built

build() # VARIANT OPTIONS
{
	local what="VARIANT=$1" log=$logs/build-$1.log start options
	[[ $2 != *DEBUG=1* ]] || what+=" DEBUG=1"
	[ -z "${built[$what]}" ] || return
	built[$what]=yes
	read -r -a options <<<"$what"
	start=$(now)
	if ! make "${options[@]}" "${settings[@]}" >"$log" 2>&1 </dev/null
	then
		failed=$((failed + 1))
		report FAILED "$start" "build $what"
		excerpt "$log"
	fi
}

# Calls ACTION with the arguments of guest_test for each boot selected.
each_boot() # ACTION
{
	local action=$1 line variant harts name
	while read -r line; do
		case $line in
		'' | '#'*) continue ;;
		esac
		split "$line"
		[ "${fields[5]}" != - ] || fields[5]=
		if [ ${#fields[@]} -lt 7 ]; then
			echo "guest.list: not 7 fields: $line" >&2
			exit 1
		fi
		[ "$level" = all ] || [ "${fields[4]}" = quick ] || continue
		for variant in ${fields[1]}; do
			for harts in ${fields[2]}; do
				name=${fields[0]}-$variant-$harts
				[[ $name =~ $pattern ]] || continue
				$action "$name" "$variant" "$harts" \
					"${fields[3]}" "${fields[@]:5}"
			done
		done
	done <"${GUEST_LIST:-$here/guest.list}"
}

build_for() # NAME VARIANT HARTS LIMIT OPTIONS...
{
	build "$2" "$5"
}

[ "${GUEST_ONLY:-0}" = 1 ] || host_tests
each_boot build_for
each_boot start_guest_test
make_room "$slots"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
