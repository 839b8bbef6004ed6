#!/bin/bash
# Measures one point of a sweep; its console goes to the standard output.
#
#   bench/point.sh KIND NAME VARIANT HARTS REPEAT MEM COMMAND
#
# KIND time:  boots the variant, runs the command, powers off.  A variant
#             linux-VERSION boots the image $LINUX instead.
#      locks: the same under the guest's lockstat, whose table of lock classes
#             ends the console.  It measures hold times, which costs; so rates
#             of such a run do not count as rates.
#      model-PROFILE: the same under the coherence model, in the machine of
#             that profile, on the host's core $MODEL_CORE.  The raw report goes
#             to $MODEL_REPORT, the hottest lines in it to $MODEL_REPORT.lines.
#      boot:  what the host sees of booting, running the command and powering
#             off, in RUNS=5 runs timed by hyperfine; ends with a RESULT line
#             made of its figures.

cd "$(dirname "$0")/.." || exit 1
kind=$1 name=$2 variant=$3 harts=$4 mem=$6 command=$7
runs=${RUNS:-5}

run() # COMMAND
{
	case $variant in
	linux-*) exec bench/linux/boot.sh "$harts" "$mem" "$1" ;;
	esac
	exec make -s run "VARIANT=$variant" "CPUS=$harts" "MEM=$mem" "CMD=$1"
}

modelled() # PROFILE
{
	: "${MODEL_REPORT:?}"
	make -s run "MODEL=$1" "MODEL_REPORT=$MODEL_REPORT" "VARIANT=$variant" \
		"CPUS=$harts" "MEM=$mem" "CMD=$command" || exit
	# What is missing for names is no reason to lose the figures.
	bench/model/report.sh --csv "$MODEL_REPORT" \
		"build/$variant/kernel.elf" "build/user/bin/${command%% *}" \
		>"$MODEL_REPORT.lines" || rm -f "$MODEL_REPORT.lines"
}

# Without a make in between: its time is not the guest's.
boots()
{
	local csv
	# shellcheck source=tests/qemu.sh
	. tests/qemu.sh
	csv=$(mktemp) || exit 1
	# shellcheck disable=SC2034
	VARIANT=$variant CPUS=$harts MEM=$mem
	qemu_command "-- $command"
	# shellcheck disable=SC2154
	hyperfine --shell none --warmup 1 --runs "$runs" --style basic \
		--export-csv "$csv" "$(printf '%q ' "${qemu[@]}")" || {
		rm -f "$csv"
		exit 1
	}
	# The command column has commas: count fields from the right.
	awk -F , -v name="$name" -v variant="$variant" -v harts="$harts" \
		-v runs="$runs" '
		NR == 1 { n = NF; for (i = 1; i <= NF; i++) at[$i] = NF - i }
		NR == 2 {
			printf "RESULT bench=%s variant=%s harts=%d runs=%d",
			    name, variant, harts, runs
			for (key in at)
				if (key != "command")
					printf " %s_s=%s", key, $(NF - at[key])
			print ""
		}' "$csv"
	rm -f "$csv"
}

case $kind in
time) run "$command" ;;
locks) run "lockstat $command" ;;
boot) boots ;;
model-*) modelled "${kind#model-}" ;;
*)
	echo "point: kinds are time, locks, boot and model-PROFILE," \
		"not $kind" >&2
	exit 1
	;;
esac
