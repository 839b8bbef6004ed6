#!/bin/bash
# Soaks the kernel: boot after boot of tests, fuzzers, stress, power cuts, on
# machines of all kinds, for hours.
#
#   tests/soak.sh [-t hours] [-s seed] [-j jobs] [-n boots] [-b boot] [-p]
#
#   -t  starts no boot after so long (1; may be a fraction)
#   -s  decides all that is chosen: boot n of a seed is the same always
#   -j  boots at a time
#   -n  ends after so many boots
#   -b  only that one
#   -p  prints what the boots would be, and runs none (with -n or -b)
#
# VARIANT, CPUS and MEM (lists), and JOB, narrow what is chosen from; DEBUG=1
# leaves debug kernels alone, DEBUG= release kernels.  What a boot does, and
# when it fails: tests/soak_jobs.sh.  SLOW=n multiplies all patience.
#
# A failed boot leaves all that it was made of in build/soak/SEED-BOOT: log,
# disks, and in the file `what` the command that runs it again.  At the end, or
# when interrupted, a table says what was done; the last line is
# `N boots, M failed`, and the exit status 0 if M is.

cd "$(dirname "$0")/.." || exit 1
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL GNUMAKEFLAGS
PROGRESS=180 # seconds between two lines that say how far it is

usage()
{
	echo "usage: tests/soak.sh [-t hours] [-s seed] [-j jobs]" \
		"[-n boots] [-b boot] [-p]" >&2
	exit 1
}

hours=1 base=$(($(date +%s) % 1000000000)) slots=1 most=0 only=0 dry=no
while getopts t:s:j:n:b:p option; do
	case $option in
	t) hours=$OPTARG ;;
	s) base=$OPTARG ;;
	j) slots=$OPTARG ;;
	n) most=$OPTARG ;;
	b) only=$OPTARG ;;
	p) dry=yes ;;
	*) usage ;;
	esac
done
[[ $hours =~ ^[0-9]*\.?[0-9]+$ && $base =~ ^[0-9]{1,10}$ &&
	$slots =~ ^[1-9][0-9]*$ && $most$only =~ ^[0-9]+$ ]] || usage
[ $dry = no ] || [ "$most$only" != 00 ] || usage
seconds=$(awk "BEGIN { printf \"%d\", $hours * 3600 }")

# The order is part of what a seed means.
read -r -a variants <<<"${VARIANT:-eager baseline scalable}"
read -r -a harts_of <<<"${CPUS:-1 2 8 32}"
read -r -a mems <<<"$MEM"
kinds=(release debug)
[ -z "${DEBUG+set}" ] || kinds=("$([ "$DEBUG" ] && echo debug || echo release)")

# The settings that -b needs to choose the same.
narrowed=
for name in VARIANT CPUS MEM DEBUG JOB; do
	[ -z "${!name+set}" ] || narrowed+="$name='${!name}' "
done
only_job=$JOB
unset VARIANT CPUS MEM DEBUG FSIMG CMD JOB

. tests/qemu.sh
. tests/soak_jobs.sh

# --- what a boot is -----------------------------------------------------------

# SplitMix64 (Steele, Lea and Flood, 2014), for which the shell's shifts need
# their upper bits masked.  Boots next to each other have nothing in common.
state=0
draw() # N: a number below N, in $drawn
{
	local z
	state=$((state - 7046029254386353131))
	z=$(((state ^ (state >> 30 & 0x3ffffffff)) * -4658895280553007687))
	z=$(((z ^ (z >> 27 & 0x1fffffffff)) * -7723592293110705685))
	drawn=$((((z ^ (z >> 31 & 0x1ffffffff)) >> 33 & 0x7fffffff) % $1))
}

# Sets seed, job, variant, harts, kind and mem.
plan() # BOOT
{
	state=$base
	draw 0x7fffffff
	state=$((drawn << 32 ^ $1))
	draw 0x7fffffff
	state=$((drawn << 32 ^ drawn ^ $1))
	draw 1000000000
	seed=$drawn
	draw ${#jobs[@]}
	job=${only_job:-${jobs[drawn]}}
	draw ${#variants[@]}
	variant=${variants[drawn]}
	draw ${#harts_of[@]}
	harts=${harts_of[drawn]}
	draw ${#kinds[@]}
	kind=${kinds[drawn]}
	# As many small machines as large ones: 64 to 1023 MiB.
	draw 4
	mem=$((64 << drawn))
	draw $mem
	mem=$((mem + drawn))M
	draw 1000
	[ ${#mems[@]} = 0 ] || mem=${mems[drawn % ${#mems[@]}]}
}

describe() # BOOT
{
	echo "$1: $job seed $seed, $variant, $harts harts, $kind, $mem"
}

# --- running it ---------------------------------------------------------------

out=build/soak
results=$out/results-$base
declare -A running # boots by process id
boots=0 failed=0 started=$SECONDS

# One boot, in a process of its own.  Its verdict is a line of the
# file `verdict`: seconds, ok or what is wrong, counts, between tabs.
run_boot() # BOOT
{
	local begun=$SECONDS wrong work log qemu_pid
	work=$out/$base-$1
	log=$work/log
	rm -rf "$work"
	mkdir -p "$work"
	: >"$log"
	: >"$work/counts"
	{
		describe "$1"
		echo "again: ${narrowed}tests/soak.sh -s $base -b $1"
		echo "commit: $(git rev-parse --short HEAD 2>&1)"
	} >"$work/what"
	export VARIANT=$variant CPUS=$harts MEM=$mem DEBUG=
	[ "$kind" = release ] || DEBUG=1
	qemu_pid=
	trap '[ -z "$qemu_pid" ] || kill -KILL $qemu_pid; exit 143' TERM
	"job_$job" >"$work/wrong" 2>>"$log"
	wrong=$(tr '\t\n' '  ' <"$work/wrong")
	[ -z "$wrong" ] || echo "$wrong" >>"$work/what"
	printf '%d\t%s\t%s\n' $((SECONDS - begun)) "${wrong:-ok}" \
		"$(tr '\n' ' ' <"$work/counts")" >"$work/verdict"
}

start_boot() # BOOT
{
	plan "$1"
	run_boot "$1" &
	running[$!]=$1
}

# Counts a boot that has ended.
settle() # PID
{
	local boot=${running[$1]} took what counts
	unset "running[$1]"
	plan "$boot"
	IFS=$'\t' read -r took what counts <"$out/$base-$boot/verdict" ||
		[ -n "$what" ] || what="it left no verdict"
	boots=$((boots + 1))
	printf '%s\t' "$boot" "$job" "$variant" "$harts" "$kind" "$mem" \
		"${took:-0}" "$what" "$counts" >>"$results"
	echo >>"$results"
	if [ "$what" = ok ]; then
		rm -rf "$out/$base-$boot"
		return
	fi
	failed=$((failed + 1))
	echo "FAILED $(describe "$boot"): $what (kept in $out/$base-$boot)"
}

# Waits until fewer boots than that run.
await() # BOOTS
{
	local pid
	while [ ${#running[@]} -ge "$1" ]; do
		wait -n "${!running[@]}"
		for pid in "${!running[@]}"; do
			kill -0 "$pid" 2>/dev/null || settle "$pid"
		done
	done
}

table()
{
	awk -f tests/soak.awk "$results"
	echo "seed $base, $((SECONDS - started)) s"
	echo "$boots boots, $failed failed"
}

stop()
{
	local pid
	trap '' INT TERM HUP
	for pid in "${!running[@]}"; do
		kill -TERM "$pid" 2>/dev/null
	done
	wait
	for pid in "${!running[@]}"; do
		rm -rf "$out/$base-${running[$pid]}"
	done
	echo "interrupted; ${#running[@]} boots do not count"
	table
	exit 130
}

build()
{
	local v k
	for v in "${variants[@]}"; do
		for k in "${kinds[@]}"; do
			make -s "VARIANT=$v" \
				${DEBUG_OF[$k]:+"${DEBUG_OF[$k]}"} all || return
		done
	done >"$out/build.log" 2>&1
	make -s fuzz-tools >>"$out/build.log" 2>&1
}
declare -A DEBUG_OF=([debug]=DEBUG=1)

if [ $dry = yes ]; then
	for ((n = only ? only : 1; n <= (only ? only : most); n++)); do
		plan $n
		describe $n
	done
	exit
fi

mkdir -p $out
: >"$results"
build || {
	tail -n 20 "$out/build.log"
	exit 1
}
trap stop INT TERM HUP
echo "soak: seed $base"
started=$SECONDS said=$SECONDS
for ((n = only ? only : 1; ; n++)); do
	[ "$only" = 0 ] || [ $n = "$only" ] || break
	[ "$most" = 0 ] || [ $n -le "$most" ] || break
	[ $((SECONDS - started)) -lt "$seconds" ] || break
	start_boot $n
	await "$slots"
	if [ $((SECONDS - said)) -ge $PROGRESS ]; then
		said=$SECONDS
		echo "$((SECONDS - started)) s: $boots boots, $failed failed"
	fi
done
await 1
table
[ $failed = 0 ]
