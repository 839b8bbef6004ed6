#!/bin/bash
# The benchmarks under the coherence model: every variant has modelled figures,
# they repeat to the digit on a busy host and with its threads delayed at random,
# and scalable's fork path shares (almost) nothing: its efficiency is what it is
# meant to be.
#
#   tests/model_parfork.sh

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL

# Cycles of the region and modelled operations per second; nothing if harts ran out
# of order.
point() # VARIANT HARTS COMMAND
{
	make -s run MODEL=ideal MODEL_REPORT="$scratch/raw" VARIANT="$1" \
		CPUS="$2" CMD="$3" </dev/null >"$scratch/console" 2>&1 || {
		cat "$scratch/console"
		return 1
	}
	grep -q '^region .* breaks=0 ' "$scratch/raw" || return
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

burden=()
burden_host()
{
	for _ in 1 2 3 4; do
		timeout 600 sh -c 'while :; do :; done' &
		burden+=($!)
	done
}

unburden_host()
{
	[ ${#burden[@]} = 0 ] || kill "${burden[@]}" 2>/dev/null
	burden=()
}
trap 'unburden_host; rm -rf "$scratch"' EXIT

# The same cycles, whatever else the host does (bench/model/trace.h: shake).
repeats() # VARIANT HARTS COMMAND
{
	local once again seed=$RANDOM
	read -r once _ < <(point "$@")
	burden_host
	read -r again _ < <(MODEL_ARGS=shake=$seed point "$@")
	unburden_host
	echo "$once, and with shake=$seed $again cycles"
	[ "${once:-0}" -gt 0 ] && [ "$again" = "$once" ]
}

for variant in eager baseline scalable; do
	says "$variant: repeats" 'cycles' \
		repeats $variant 2 'parfork -p 32 -w 4 -i 16'
done
says "baseline, 8 harts: repeats" 'cycles' \
	repeats baseline 8 'parfork -p 16 -w 2 -i 2'
says "scalable, 8 harts: repeats" 'cycles' repeats scalable 8 'parfork -i 4'
says "scalable, 16 harts: repeats" 'cycles' \
	repeats scalable 16 'forkexec -i 4'
says "parfork scales" permille at_least 950 scalable 8 'parfork -i 10'
says "pagefault scales" permille at_least 950 scalable 8 'pagefault -i 4'
says "forkexec scales" permille at_least 800 scalable 16 'forkexec -i 20'
finish
