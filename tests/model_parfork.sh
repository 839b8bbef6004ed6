#!/bin/bash
# The benchmarks under the coherence model: every variant's parfork has modelled
# figures, they repeat, and scalable's fork path shares (almost) nothing: its
# efficiency is what it is meant to be.
#
#   tests/model_parfork.sh

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL

# Cycles of the region and modelled operations per second.
point() # VARIANT HARTS COMMAND
{
	make -s run MODEL=ideal MODEL_REPORT="$scratch/raw" VARIANT="$1" \
		CPUS="$2" CMD="$3" </dev/null >"$scratch/console" 2>&1 || {
		cat "$scratch/console"
		return 1
	}
	sed -n 's/.* model_cycles=\([0-9]*\) .* model_ops_per_s=\([0-9]*\).*/\1 \2/p' \
		"$scratch/console"
}

# Rate at N harts in permille of N times the rate at 1.
efficiency() # VARIANT HARTS COMMAND
{
	local one many
	read -r _ one < <(point "$1" 1 "$3")
	read -r _ many < <(point "$1" "$2" "$3")
	echo $((1000 * many / (one * $2)))
}

at_least() # PERMILLE VARIANT HARTS COMMAND
{
	local got
	got=$(efficiency "$2" "$3" "$4") || return
	echo "$4 at $3 harts: $got permille of ideal, $1 wanted"
	[ "$got" -ge "$1" ]
}

# Cycles that differ by less than two per mille, whatever else the host does.
repeats() # VARIANT HARTS COMMAND
{
	local once again apart busy
	read -r once _ < <(point "$@")
	for _ in 1 2 3 4; do
		timeout 60 sh -c 'while :; do :; done' &
		busy+=($!)
	done
	read -r again _ < <(point "$@")
	kill "${busy[@]}"
	echo "$once and $again cycles"
	apart=$((once - again))
	[ "$once" -gt 0 ] && [ $((500 * ${apart#-})) -lt "$once" ]
}

for variant in eager baseline scalable; do
	says "$variant: repeats" 'cycles' \
		repeats $variant 2 'parfork -p 32 -w 4 -i 16'
done
says "no break of the order" '^region n=1 participants=2 .* breaks=0 ' \
	grep '^region' "$scratch/raw"
says "parfork scales" permille at_least 950 scalable 8 'parfork -i 10'
says "pagefault scales" permille at_least 950 scalable 8 'pagefault -i 4'
says "forkexec scales" permille at_least 800 scalable 16 'forkexec -i 20'
finish
