#!/bin/bash
# Harts that work alone, under the coherence model: N do N times as much as one,
# for they write no line in common (bench/alone.c).  One boot for all.
#
# Lines pass from hart to hart when workers start and end; if one did in the
# loop, it would at every turn of some hart.
#
#   tests/model_alone.sh

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL

HARTS=8
UNITS=8
TURNS=$((16 * UNITS)) # of each hart
LOOPS="getpid sbrk pipe open"

# Each loop on one hart and on all, the others asleep meanwhile.
commands()
{
	local number=0
	for _ in $LOOPS; do
		number=$((number + 1))
		echo -n "alone -l $number -n 1 -i $UNITS;" \
			"alone -l $number -i $UNITS; "
	done
}

measure()
{
	make -s run MODEL=ideal MODEL_REPORT="$scratch/raw" CPUS=$HARTS \
		CMD="$(commands)" </dev/null >"$scratch/console" 2>&1 || {
		cat "$scratch/console"
		return 1
	}
}

rate() # LOOP WORKERS: modelled turns per second
{
	sed -n "s/^RESULT .* workers=$2 .* model_ops_per_s=\([0-9]*\) name=$1 .*/\1/p" \
		"$scratch/console"
}

at_least() # PERMILLE LOOP
{
	local one many
	one=$(rate "$2" 1)
	many=$(rate "$2" $HARTS)
	echo "$2: $one and $many turns per second," \
		"$((1000 * many / (one * HARTS))) permille of ideal, $1 wanted"
	[ $((1000 * many)) -ge $(($1 * one * HARTS)) ]
}

# Regions are numbered from 1: one hart, all harts, and so on.
nothing_shared() # REGION
{
	local transfers
	transfers=$(sed -n "s/^lines region=$1 .*transfers=\([0-9]*\) .*/\1/p" \
		"$scratch/raw")
	echo "${transfers:-unknown} transfers"
	[ -n "$transfers" ] && [ "$transfers" -lt $TURNS ]
}

check "the loops run" measure
region=0
for loop in $LOOPS; do
	region=$((region + 2))
	says "$loop alone" permille at_least 950 "$loop"
	says "$loop shares no line" transfers nothing_shared $region
done
finish
