#!/bin/bash
# The smallest real sweep: one benchmark on two variants, timed and under
# lockstat, from booting to the report; then the same under the coherence model.
# CPUS comes from the list.

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
# shellcheck disable=SC2154
export OUT=$scratch/sweep.csv LIST=$scratch/list
unset BENCH RETRY LINUX RUNNER MEM MODEL MODEL_ARGS JOBS LINES

cat >"$LIST" <<'END'
parfork | * | * | 40 | 128M | time | forks_per_s | forks | 256M parfork -i 8:6/harts | parfork -t 0.2
parfork-locks | scalable | * | 40 | 128M | locks | - | forks | - | parfork -t 0.2
boot | scalable | * | 40 | 128M | boot | - | - | - | echo booted
END

# Of one point; the header names the columns.
value() # BENCH VARIANT KEY
{
	grep -E "^[^,]*,$1,[a-z]*,$2," "$OUT" | grep -oE "[, ]$3=[^ ]*" |
		cut -d = -f 2
}

whole() { [[ $1 =~ ^[1-9][0-9]*$ ]] || { echo "'$1'"; return 1; }; }
real() { [[ $1 =~ ^[0-9]+\.[0-9]+$ ]] || { echo "'$1'"; return 1; }; }

check "sweep" env VARIANTS="baseline scalable" REPEATS=1 RUNS=2 \
	python3 -m bench.host sweep
check "all points" [ "$(grep -c ',ok,' "$OUT")" = 4 ]
for variant in baseline scalable; do
	check "$variant: forks" whole "$(value parfork $variant forks)"
	check "$variant: the kernel counted as many" \
		[ "$(value parfork $variant forks)" = \
		"$(value parfork $variant forks_kernel)" ]
	check "$variant: rate" real "$(value parfork $variant forks_per_s)"
done
check "lock classes" whole \
	"$(value parfork-locks scalable lock.pagelist.acquisitions)"
check "boot time" real "$(value boot scalable median_s)"
check "report" python3 -m bench.host report "$OUT" "$scratch/out"
says "its ratio" '^- With .*, .scalable. does .* × baseline\)\.$' \
	cat "$scratch/out/report.md"
check "its plot" [ -s "$scratch/out/rate-parfork.svg" ]

check "modelled sweep" env VARIANTS="baseline scalable" CPUS="1 2" MODEL=1 \
	python3 -m bench.host sweep
check "modelled points" [ "$(grep -c ',model-ideal,.*,ok,' "$OUT")" = 4 ]
modelled=$scratch/modelled.csv
grep -E '^[^,]*,parfork,model-ideal,[a-z]*,2,' "$OUT" >"$modelled"
check "their cycles" [ "$(grep -c ' model_cycles=[1-9]' "$modelled")" = 2 ]
check "without host time" bash -c "! grep -q '[ ,]seconds=' '$modelled'"
check "no breaks" [ "$(grep -c ' model_breaks=0 ' "$modelled")" = 2 ]
lines=${OUT%.csv}-lines.csv
check "baseline's hottest line, by its function" grep -Eq \
	',parfork,model-ideal,baseline,2,1,1,.*kernel/sync/spinlock\.c:' "$lines"
if command -v gdb-multiarch >/dev/null; then
	check "and by its field" grep -Eq \
		',baseline,2,1,1,[^,]*lock\.[a-z]' "$lines"
fi
check "report with both" python3 -m bench.host report "$OUT" "$scratch/both"
says "its sentence" '^- Modelled \(profile .ideal.\), .scalable. has ' \
	cat "$scratch/both/report.md"
check "its plots" [ -s "$scratch/both/model-ideal-speedup-parfork.svg" ]
finish
