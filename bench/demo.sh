#!/bin/bash
# From a fresh clone to the comparison that this kernel is about: sets up,
# builds, boots the course's usual copy-on-write (baseline) and ours
# (scalable), lets all harts fork at once, and prints both side by side.
#
# Settings from the environment: CPUS=8, SECONDS_EACH=3, VARIANTS.

cd "$(dirname "$0")/.." || exit 1
harts=${CPUS:-8}
seconds=${SECONDS_EACH:-3}
read -r -a variants <<<"${VARIANTS:-baseline scalable}"
limit=$((seconds * 5 + 60)) # much more than a boot and a run need
cores=$(nproc 2>/dev/null || echo 1)
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL GNUMAKEFLAGS
unset VARIANT CMD DEBUG FSIMG TIMEOUT CPUS

.ci/setup || exit 1
mkdir -p build

running=
trap '[ -z "$running" ] || kill -TERM "$running"; exit 130' INT TERM HUP

run() # VARIANT: its console goes to a file
{
	local log=build/demo-$1.log status=0
	echo "building $1 ..."
	make -s "VARIANT=$1" >"$log" 2>&1 || {
		cat "$log"
		echo "demo: $1 does not build" >&2
		exit 1
	}
	echo "booting $1 with $harts harts, forking for $seconds s ..."
	tests/bounded.sh "$limit" make -s run "VARIANT=$1" "CPUS=$harts" \
		CMD="lockstat parfork -t $seconds" \
		</dev/null >"$log" 2>&1 &
	running=$!
	wait $running || status=$?
	running=
	[ $status = 0 ] || {
		tail -n 20 "$log"
		echo "demo: the run of $1 ended with status $status" \
			"(124: no end in $limit s); all of it is in $log" >&2
		exit 1
	}
}

for variant in "${variants[@]}"; do
	run "$variant"
done
echo
for variant in "${variants[@]}"; do
	echo "VARIANT $variant"
	tr -d '\r' <"build/demo-$variant.log"
done | awk -v cores="$cores" -f bench/sort.awk -f bench/demo.awk
