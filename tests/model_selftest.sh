#!/bin/bash
# Does the coherence model (bench/model) say what it must of programs whose
# cost can be computed by hand?  Of the guest in tests/model: what each job
# costs (expect.awk has the arithmetic), at each number of harts; the same
# figures again and again, also on a busy host; other machines than the
# default; and what happens when there is nothing to model.
#
#   tests/model_selftest.sh [HARTS]...

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
unset MODEL_ARGS MODEL_PLUGIN MODEL_LIMIT
[ $# -gt 0 ] || set -- 1 2 8
QEMU=${QEMU:-qemu-system-riscv64}
CURVES=0x1ffff            # of the table in jobs.c: all whose cost is known
SIMPLE=0x1f               # those whose harts do not meet
LOST=0x20000              # the one that not all harts finish
REPEATS=5                 # of a point
SPREAD=0                  # percent that its cycles may differ
LIMIT=${MODEL_LIMIT:-$((120 * ${SLOW:-10}))} # seconds for a run

settings=()
for name in TOOLPREFIX LLVM HOSTCC WERROR; do
	[ -z "${!name}" ] || settings+=("$name=${!name}")
done
make -s "${settings[@]}" build/model.so model-guest || exit 1
# By this name nobody else's guest is taken for ours.
guest=$scratch/guest.elf
cp build/tests/model/guest.elf "$guest"

# --- running -----------------------------------------------------------------

# Sets the array command: the guest for so many harts of a machine that has as
# many, or those given.
guest_command() # HARTS JOBS [MACHINE-HARTS]
{
	command=("$QEMU" -machine virt -bios none -kernel "$guest" -m 64M
		-smp "${3:-$1}" -nographic
		-device "loader,addr=0x81000000,data=$1,data-len=8"
		-device "loader,addr=0x81000008,data=$2,data-len=8")
}

# The console to $scratch/console, the report to $scratch/report; what else is
# said comes out.
model() # PROFILE HARTS JOBS [MACHINE-HARTS]
{
	local status=0
	guest_command "$2" "$3" "$4"
	tests/bounded.sh "$LIMIT" bench/model/run.sh "$1" "$scratch/report" \
		"${command[@]}" </dev/null >"$scratch/console.raw" || status=$?
	tr -d '\r' <"$scratch/console.raw" >"$scratch/console"
	return $status
}

emulators() # of ours, that still run: their process numbers
{
	local line
	for line in /proc/[0-9]*/cmdline; do
		{ tr '\0' ' ' <"$line"; } 2>/dev/null |
			grep -q -- "-kernel $guest" && echo "${line//[!0-9]/}"
	done
}

# Who is left is told, and ended.
nobody_left()
{
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -n "$(emulators)" ] || return 0
		sleep 0.2
	done
	echo "left behind: $(emulators | xargs)"
	# shellcheck disable=SC2046
	kill -KILL $(emulators)
	return 1
}

# --- curves ------------------------------------------------------------------

# One case for each job, and one for each that does not turn up.
judge_point() # WHAT HARTS JOBS
{
	local line jobs=0 bits=$(($3))
	if ! model ideal "$2" "$3" >"$scratch/.out" 2>&1; then
		verdict 1 "$1: runs"
		return
	fi
	awk -f tests/model/expect.awk "$scratch/report" "$scratch/console" \
		>"$scratch/table"
	while read -r line; do
		echo "$line"
		echo "$line" >"$scratch/.out"
		jobs=$((jobs + 1))
		case $line in
		*' ok') verdict 0 "$1" ;;
		*) verdict 1 "$1: ${line%% *}" ;;
		esac
	done <"$scratch/table"
	for (( ; bits != 0; bits &= bits - 1)); do
		jobs=$((jobs - 1))
	done
	# A single hart has no pair.
	[ "$2" -gt 1 ] || jobs=$((jobs + 1))
	cat "$scratch/console" >"$scratch/.out"
	verdict "$jobs" "$1: all jobs"
}

echo "cycles per operation, and the bounds computed:"
for harts; do
	judge_point "$harts harts" "$harts" $CURVES
done

echo "with other costs:"
export MODEL_ARGS=hit=1,miss=45,transfer=250,far=250,device=70,ipi=600,pause=7
judge_point "other costs" 4 $CURVES
export MODEL_ARGS=slack=0
judge_point "no slack" 4 $CURVES

echo "with clusters of 4 harts, 300 cycles from one to another:"
export MODEL_ARGS=cluster=4,far=300
judge_point "clusters" 8 $SIMPLE
judge_point "clusters" 4 $SIMPLE
unset MODEL_ARGS

# --- the same again ----------------------------------------------------------

# Most processes of a host are not ours: one that never sleeps on each core for
# the last two runs.
burden=()
burden_host()
{
	local core
	for ((core = 0; core < $(nproc); core++)); do
		sh -c 'while :; do :; done' &
		burden+=($!)
	done
}

unburden_host()
{
	[ ${#burden[@]} = 0 ] || kill "${burden[@]}" 2>/dev/null
	burden=()
}

# By job, the difference between least and most cycles, in percent.
spread_of() # CONSOLE...
{
	awk -v limit=$SPREAD '
	/^SELF/ {
		split($2, test, "=")
		split($5, cycles, "=")
		split($6, sum, "=")
		see(test[2] ".cycles", cycles[2] + 0)
		see(test[2] ".sum", sum[2] + 0)
	}
	function see(what, value) {
		if (!seen[what]++)
			least[what] = most[what] = value
		if (value < least[what])
			least[what] = value
		if (value > most[what])
			most[what] = value
	}
	END {
		worst = -1
		for (what in seen) {
			s = 100 * (most[what] / least[what] - 1)
			if (s > worst) {
				worst = s
				name = what
			}
			if (seen[what] != ARGC - 1)
				missing = what
		}
		printf "spread %.3f %%%s\n", worst,
			(worst > 0 ? ": " name : "")
		if (missing)
			print missing " is not in every run"
		exit missing || worst < 0 || worst > limit
	}' "$@"
}

repeat_point() # HARTS
{
	local run status=0
	trap 'unburden_host; rm -rf "$scratch"' EXIT
	for ((run = 1; run <= REPEATS; run++)); do
		[ $run != $((REPEATS - 1)) ] || burden_host
		model ideal "$1" $CURVES >>"$scratch/.out" 2>&1 || status=1
		cp "$scratch/console" "$scratch/console.$run"
	done
	unburden_host
	spread_of "$scratch"/console.[0-9]* >"$scratch/.out" || status=1
	echo "$1 harts, $REPEATS times: $(head -n 1 "$scratch/.out")"
	verdict $status "$1 harts, repeated"
}

for harts; do
	[ "$harts" -lt 8 ] || repeat_point "$harts"
done

# --- nothing to model --------------------------------------------------------

quietly() # COMMAND...
{
	"$@" >/dev/null
}

with() # SETTING COMMAND...
{
	local "$1"
	# shellcheck disable=SC2163
	export "${1%%=*}"
	shift
	"$@"
}

refuses "unknown profile" 'nonesuch' model nonesuch 2 $SIMPLE
refuses "unknown parameter" 'colour' \
	with MODEL_ARGS=colour=3 model ideal 2 $SIMPLE
refuses "no value" 'miss' with MODEL_ARGS=miss model ideal 2 $SIMPLE
refuses "no number" 'miss=many' \
	with MODEL_ARGS=miss=many model ideal 2 $SIMPLE
refuses "a negative one" 'miss=-1' \
	with MODEL_ARGS=miss=-1 model ideal 2 $SIMPLE
refuses "clusters of nobody" 'cluster=0' \
	with MODEL_ARGS=cluster=0 model ideal 2 $SIMPLE
refuses "guest without markers" 'no (region|marker)' model ideal 2 0
check "which then ran undisturbed" grep -qx END "$scratch/console"
refuses "no plugin" "$scratch/none.so.*make" \
	with "MODEL_PLUGIN=$scratch/none.so" model ideal 2 $SIMPLE
echo "no library" >"$scratch/bad.so"
refuses "a plugin that is none" 'bad.so' \
	with "MODEL_PLUGIN=$scratch/bad.so" model ideal 2 $SIMPLE
refuses "a report that cannot be written" 'none/report' \
	quietly bench/model/run.sh ideal "$scratch/none/report" "$QEMU" \
	-machine virt -m 64M -smp 1 -nographic -bios none -kernel "$guest"
refuses "too many harts" '65|64' model ideal 65 $SIMPLE
refuses "a region for more harts than there are" '4 participants.*2 harts' \
	model ideal 4 $SIMPLE 2
refuses "a guest that does not end" 'after 2 s' \
	with MODEL_LIMIT=2 model ideal 2 $SIMPLE 1
check "no emulator left" nobody_left

# An emulator of a distribution that has no plugins: its help does not have
# the option; or it has, and refuses it.
real=$(command -v "$QEMU")
cat >"$scratch/qemu-without" <<END
#!/bin/sh
case " \$* " in
*' -help '*) "$real" -help | grep -v plugin; exit ;;
*' -plugin '*) echo "qemu: -plugin: invalid option" >&2; exit 1 ;;
esac
exec "$real" "\$@"
END
sed '/-help/d' "$scratch/qemu-without" >"$scratch/qemu-refusing"
chmod +x "$scratch"/qemu-*
refuses "an emulator without plugins" 'plugin' \
	with "QEMU=$scratch/qemu-without" model ideal 2 $SIMPLE
refuses "one that refuses them" 'plugin' \
	with "QEMU=$scratch/qemu-refusing" model ideal 2 $SIMPLE
refuses "no emulator" 'qemu-none' \
	with "QEMU=$scratch/qemu-none" model ideal 2 $SIMPLE
check "no emulator left" nobody_left

# A region that one hart never ends is ended for it, and marked.
says "a hart that does not come" 'gate|participants' model ideal 2 $LOST
check "its region is marked" \
	grep -Eq '^region .* breaks=[1-9]' "$scratch/report"
check "and the guest ends" grep -qx END "$scratch/console"

# Told to stop, while the guest waits for a hart that the machine does not
# have, nothing stays.
stopped()
{
	local pid
	guest_command 2 $SIMPLE 1
	bench/model/run.sh ideal "$scratch/report" "${command[@]}" \
		</dev/null >/dev/null 2>&1 &
	pid=$!
	sleep 1
	[ -n "$(emulators)" ] || return 1
	kill -TERM $pid
	! wait $pid && nobody_left
}
check "told to stop" stopped

finish
