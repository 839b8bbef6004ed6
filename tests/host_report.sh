#!/bin/bash
# From a sweep's CSV to plots and report, on a small sweep with canned
# consoles: every plot is drawn and is a picture, the report's numbers are those
# of the CSV, worked out here in another way, and what was not measured does
# no harm.

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
# shellcheck disable=SC2154
export OUT=$scratch/sweep.csv RUNNER=$scratch/runner LIST=$scratch/list
export MACHINE=test-machine
unset BENCH CPUS VARIANTS REPEATS MEM RETRY LINUX FORMATS
unset MODEL MODEL_ARGS JOBS LINES
many=$(($(nproc) * 2)) # more than cores

cat >"$LIST" <<'END'
parfork | * | * | 20 | 128M | time locks | forks_per_s | forks | 512M parfork -i 100 | parfork -t 2
pagefault | * | * | 20 | 128M | time | faults_per_s | faults | - | pagefault -t 2
forklat | * | 1 | 20 | 1G | time | - | - | - | forklat
lockbench | scalable | * | 20 | 128M | time | - | - | - | lockbench
boot | * | * | 20 | 128M | boot | - | - | - | echo booted
END

# Numbers depend on variant, harts and repeat in a way that makes the median
# another one than the first, the last and the mean.
cat >"$RUNNER" <<'END'
#!/bin/bash
kind=$1 name=$2 variant=$3 harts=$4 repeat=$5
declare -A factor=([eager]=3 [baseline]=5 [scalable]=11 [linux-6.1.2]=2)
declare -A shake=([1]=107 [2]=90 [3]=101)
speed=$((factor[$variant] * shake[$repeat] * (10 + harts)))
cost=$((1000000 / factor[$variant] + repeat * repeat * 100))
line="RESULT bench=${7%% *} variant=$variant harts=$harts"
case $name in
parfork)
	line+=" forks=$((speed * 2)) forks_per_s=$speed.5"
	[[ $variant == linux* ]] || line+=" contended=$((harts * 40 /
		factor[$variant])) spins=$((harts * 1000))"
	;;
pagefault) line+=" faults=$speed faults_per_s=$((speed * 7)).0" ;;
forklat)
	line+=" null_ns=$((cost / 100)) zero_fill_ns=$cost"
	line+=" cow_copy_ns=$((cost * 2)) pipe1_ns=$((cost * 3)) pipe2_ns=-"
	for mib in 0 1 16; do
		line+=" fork_us_$mib=$((cost / 100 + mib * 50)).5"
		line+=" forkwait_us_$mib=$((cost / 50 + mib * 70)).5"
	done
	;;
lockbench)
	for lock in spin ticket mcs sleep; do
		line+=" ${lock}_per_s=$speed.0 ${lock}_fair_permille=900"
	done
	;;
boot)
	line="RESULT bench=boot variant=$variant harts=$harts"
	line+=" median_s=0.0$cost"
	;;
esac
echo "$line"
if [ "$kind" = locks ]; then
	echo "class acquisitions contended wait_us"
	echo "pagecount 100 10 $((30000 / factor[$variant]))"
	echo "family 100 1 $((harts * 100))"
fi
END
chmod +x "$RUNNER"

printf 'Linux version 6.1.2-dist (who) #1\n' >"$scratch/image"
check "the sweep" env VARIANTS="eager baseline scalable linux" REPEATS=3 \
	CPUS="1 2 $many" LINUX="$scratch/image" bench/sweep.sh

report=$scratch/out/report.md
check "the report" python3 -m bench.host report "$OUT" "$scratch/out"
check "the CSV stays with it" cmp "$OUT" "$scratch/out/sweep.csv"

# --- plots

is_svg()
{
	[ -s "$1" ] && head -n 1 "$1" | grep -q '^<?xml' &&
		[ "$(grep . "$1" | tail -n 1)" = "</svg>" ] &&
		[ "$(grep -c '<path' "$1")" -ge 5 ] || return 1
	! command -v xmllint >/dev/null || xmllint --noout "$1"
}

plots="rate-parfork rate-pagefault contention-parfork waiting-parfork"
plots+=" latency-1 costs-1"
for plot in $plots; do
	check "$plot.svg" is_svg "$scratch/out/$plot.svg"
	check "$plot: in the report" grep -q "($plot.svg)\$" "$report"
done
check "no other plots" \
	[ "$(find "$scratch/out" -name '*.svg' | wc -l)" = 6 ]
says "variants in the legend" 'linux-6\.1\.2' \
	cat "$scratch/out/rate-parfork.svg"
says "the machine in the plot" ' core.*; QEMU ' \
	cat "$scratch/out/rate-parfork.svg"
says "hollow points are explained" 'more harts than the' \
	cat "$scratch/out/rate-parfork.svg"
check "Linux has no contention" bash -c \
	"! grep -q linux-6 '$scratch/out/contention-parfork.svg'"

# --- numbers

# Values of a key, one a line, straight from the rows.
values() # BENCH KIND VARIANT HARTS KEY
{
	grep -E "^[^,]*,$1,$2,$3,$4," "$OUT" | grep -oE "[, ]$5=[0-9.]+" |
		cut -d = -f 2
}

# The middle one of three.
middle()
{
	sort -n | sed -n 2p
}

ratio() # VALUE OF-VALUE
{
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'
}

# Ratio of two variants' medians of one of forklat's keys.
cost_ratio() # KEY VARIANT OF-VARIANT
{
	ratio "$(values forklat time "$2" 1 "$1" | middle)" \
		"$(values forklat time "$3" 1 "$1" | middle)"
}

# A cell of a table: its section begins with a line that matches, its row
# with that text; the first column behind it is 1.
cell() # SECTION ROW COLUMN
{
	awk -F ' *[|] *' -v section="$1" -v row="$2" -v column="$3" '
		/^##/ { inside = $0 ~ section }
		inside && $2 == row { print $(column + 2); exit }' "$report"
}

in_brackets()
{
	sed 's/.*(//; s/)//'
}

is() { [ "$1" = "$2" ] || { echo "'$1', not '$2'"; return 1; }; }

base=$(values parfork time baseline 1 forks_per_s | middle)
column=0
for variant in eager baseline scalable linux-6.1.2; do
	column=$((column + 1))
	own=$(values parfork time $variant 1 forks_per_s | middle)
	want=" ($(ratio "$own" "$base") × baseline)"
	[ $variant != baseline ] || want=
	check "rate of $variant against baseline" is \
		"$(cell '^### parfork' '1 hart' $column)" \
		"$(printf %.0f "$own")$want"
	[ $variant != baseline ] || continue
	check "$variant's copying fault against baseline" is \
		"$(cell '^## Costs' 'copying fault' $column | in_brackets)" \
		"$(cost_ratio cow_copy_ns $variant baseline)"
	check "$variant's fork of 16 MiB against baseline" is "$(cell \
		'^## Latency' 'fork() alone, 16' $column | in_brackets)" \
		"$(cost_ratio fork_us_16 $variant baseline)"
done
check "zero-fill fault against Linux" is "$(cell '^## Beside linux' \
	'zero-fill fault, µs, 1 hart' 4 | in_brackets)" \
	"$(cost_ratio zero_fill_ns scalable linux-6.1.2)"
check "contention at most harts" is \
	"$(cell '^## Contention' "$many *" 2 | cut -d , -f 1)" \
	"$(paste <(values parfork time baseline "$many" contended) \
		<(values parfork time baseline "$many" forks) |
		awk '{ print $1 / $2 }' | middle | awk '{
			printf ($1 >= 0.01 ? "%.2f" : "%.2g"), $1 }')"
check "no rate beyond the cores" is \
	"$(cell '^### parfork' "$many harts" 1)" ""
# 10 + harts: far from linear.
if [ "$(nproc)" -ge 2 ]; then
	two=$(values parfork time baseline 2 forks_per_s | middle)
	grew=$(ratio "$two" "$base")
	linear=$(awk -v a="$two" -v b="$base" 'BEGIN {
		printf "%.0f", 50 * a / b }')
	says "where baseline stops" "^- .baseline. stops scaling at 2 harts: $grew times its one-hart rate, $linear % of linear\. .* lock class .pagecount.\.$" \
		cat "$report"
fi
share=$(awk -v many="$many" 'BEGIN {
	printf "%.0f", 100 * 6000 / (6000 + many * 100) }')
says "what is waited for" "^- .baseline. with $many harts .more than host cores.: .* $share % of it for the lock class .pagecount.\.$" \
	cat "$report"
says "no failures" '^None\.$' cat "$report"

# --- the page

html=$scratch/out/report.html
check "pictures are inside" [ "$(grep -c '<svg' "$html")" = 6 ]
check "and nothing outside" bash -c \
	"! grep -Eq '(src|href)=.(https?:|[a-z0-9-]+\.(svg|png))' '$html'"
check "tables" grep -q '<td>zero-fill fault</td>' "$html"
check "its end" [ "$(tail -n 1 "$html")" = "</html>" ]

# --- modelled points

# Cycles of a fork: flat for scalable, growing with the harts for baseline; at
# 16 harts scalable has a break.  By name of the variant and harts:
cycles_of() # VARIANT HARTS
{
	case $1 in
	scalable) echo $((10000 + $2 * 20)) ;;
	*) echo $((12000 + ($2 - 1) * 6000)) ;;
	esac
}

cat >"$RUNNER" <<END
#!/bin/bash
$(declare -f cycles_of)
variant=\$3 harts=\$4
cycles=\$((\$(cycles_of \$variant \$harts) * 100))
breaks=0
[ "\$variant" != scalable ] || breaks=\$((harts == 16 ? 3 : 0))
echo "RESULT bench=parfork variant=\$variant harts=\$harts forks=\$((harts *
	100)) forks_per_s=3.5 seconds=9.9 model_cycles=\$cycles \
	model_cycles_per_op=\$((cycles / 100)).0 \
	model_ops_per_s=\$((harts * 100 * 1000000000 / cycles))" | tr -d '\n\t'
echo
{
	echo "model protocol=1 profile=ideal harts=\$harts"
	echo "region n=1 participants=\$harts cycles=\$cycles" \
		"ops=\$((harts * 100)) breaks=\$breaks handovers=5"
	for ((i = 0; i < harts; i++)); do
		echo "hart region=1 id=\$i ops=100 cycles=\$cycles" \
			"instructions=\$((cycles / 4)) miss=0" \
			"transfer=\$((cycles / 4)) queue=\$((cycles / 4))" \
			"device=0 spin=\$((cycles - cycles / 4 * 3)) idle=0"
	done
	echo "lines region=1 n=2 transfers=500 cycles=9000"
} >"\$MODEL_REPORT"
share=\$((cycles / 1000)) # of the \$cycles / 100 of an operation
for rank in 1 2; do
	echo "\$rank,hart[\$rank;3].runq.lock.held,hart[].runq.lock.held,5.5,\$((share /
		rank)),3.25,\$harts,f (k.c:1),g (k.c:2)" | tr -d '\n\t'
	echo
done >"\$MODEL_REPORT.lines"
END
counts="1 2 4 8 16 64"
check "a modelled sweep into the same file" env MODEL=1 CPUS="$counts" \
	VARIANTS="baseline scalable" JOBS=3 bench/sweep.sh
check "the report" python3 -m bench.host report "$OUT" "$scratch/modelled"
report=$scratch/modelled/report.md
for plot in speedup efficiency cycles; do
	plot=model-ideal-$plot-parfork
	check "$plot.svg" is_svg "$scratch/modelled/$plot.svg"
	check "$plot: in the report" grep -q "($plot.svg)\$" "$report"
	says "$plot: says what it is" 'modelled \(profile ideal\)' \
		cat "$scratch/modelled/$plot.svg"
	says "$plot: says whose machine it is" "not the host's time" \
		cat "$scratch/modelled/$plot.svg"
done
says "the plot of cycles marks the break" 'breaks, not to be trusted' \
	cat "$scratch/modelled/model-ideal-cycles-parfork.svg"

# The numbers, from the formula.
rate_of() # VARIANT HARTS
{
	echo $(($2 * 100 * 1000000000 / ($(cycles_of "$1" "$2") * 100)))
}

efficiency_of() # VARIANT HARTS
{
	awk -v one="$(rate_of "$1" 1)" -v all="$(rate_of "$1" "$2")" \
		-v n="$2" 'BEGIN { printf "%.1f %%", 100 * all / n / one }'
}

for harts in $counts; do
	mark=
	[ "$harts" != 16 ] || mark=" !"
	check "modelled: baseline with $harts harts" is \
		"$(cell '^### parfork.*modelled' "$harts" 1)" \
		"$(rate_of baseline "$harts"), $(efficiency_of baseline "$harts")"
	check "modelled: scalable with $harts harts, and the mark of a break" \
		is "$(cell '^### parfork.*modelled' "$harts" 2)" \
		"$(rate_of scalable "$harts"), $(efficiency_of scalable "$harts")$mark"
	check "modelled: their ratio with $harts harts" is \
		"$(cell '^### parfork.*modelled' "$harts" 3)" \
		"$(ratio "$(rate_of scalable "$harts")" \
			"$(rate_of baseline "$harts")")"
done
check "a target that is met" is "$(cell '^### parfork.*modelled' 8 4)" \
	"95 %, met"
check "modelled: no such target" is "$(cell '^### parfork.*modelled' 4 4)" -
# At 4 harts 12 of 30 thousand cycles; two lines of one class, 30 and 15.
says "modelled: where baseline stops, and on what" '^- .baseline. stops at 4 harts: efficiency 40\.0 %\. .* 25\.0 % are spent spinning and 50\.0 % on lines .* .hart\[\]\.runq\.lock\.held., on 2 of the hottest lines alone 15\.0 % of all cycles\.$' \
	cat "$report"
says "modelled: scalable does not stop" \
	'^- .scalable. does not stop up to 64 harts' cat "$report"
says "modelled: how far ahead" '^- .scalable. is ahead of .baseline. by .* times at 8 harts, .* times at 16 harts and .* times at 64 harts\.$' \
	cat "$report"
says "modelled: the hottest line" \
	'^[|] .hart\[1,3\]\.runq\.lock\.held. [|] 5\.50 [|] .* [|] 3\.25 [|] 64 [|] .f \(k\.c:1\). after .g' \
	cat "$report"
says "modelled: the break is told" \
	'^- parfork, .scalable., 16 harts, profile .ideal.: 3 breaks$' \
	cat "$report"
says "modelled: what is not" '^- Not modelled: out-of-order' cat "$report"
says "modelled: how to reproduce it" \
	'^make sweep MODEL=ideal VARIANTS="baseline scalable" CPUS="1 2 4 8 16 64"$' \
	cat "$report"
check "timed rates have no modelled harts" is \
	"$(cell '^### parfork: forks per second$' "64 harts" 1)" ""
if [ "$(nproc)" -ge 2 ]; then
	check "model and clock: the ratio of 2 harts to 1, modelled" is \
		"$(cell '^### The model beside' '`baseline`' 1)" \
		"$(ratio "$(rate_of baseline 2)" "$(rate_of baseline 1)")"
	check "model and clock: by the clock" is \
		"$(cell '^### The model beside' '`baseline`' 2)" "$grew"
	says "model and clock: the ranking" \
		'^- With 2 harts, .* agree: .scalable., .baseline.\.$' \
		cat "$report"
fi

# The same without names for lines, without timed points, with a clock that
# ranks the other way round, and repeated.
grep -E '^#|^date|,model-ideal,' "$OUT" >"$scratch/only.csv"
check "only modelled points" python3 -m bench.host report "$scratch/only.csv" \
	"$scratch/only"
check "only their plots" [ "$(cd "$scratch/only" && echo ./*.svg)" = \
	"./model-ideal-cycles-parfork.svg ./model-ideal-efficiency-parfork.svg ./model-ideal-speedup-parfork.svg" ]
says "nothing to compare with" 'model and clock agree is unknown\.$' \
	cat "$scratch/only/report.md"
check "no lines without their file" bash -c \
	"! grep -q '^Hottest' '$scratch/only/report.md'"
sed -e '/,model-ideal,baseline,2,/s/model_ops_per_s=[0-9]*/model_ops_per_s=999999/' \
	"$OUT" >"$scratch/other.csv"
sed -n '/,model-ideal,scalable,8,1,/{
	s/,8,1,ok/,8,2,ok/
	s/model_ops_per_s=[0-9]*/model_ops_per_s=787000/p
}' "$OUT" >>"$scratch/other.csv"
check "another ranking" python3 -m bench.host report "$scratch/other.csv" "$scratch/other"
if [ "$(nproc)" -ge 2 ]; then
	says "the disagreement is told" '^- With 2 harts, .* disagree: modelled .baseline., .scalable.; by the clock .scalable., .baseline.\.$' \
		cat "$scratch/other/report.md"
fi
says "repeatability" '^- Repeated points differ by at most 0\.05 % .*.scalable. at 8 harts, 2 times\)\.$' \
	cat "$scratch/other/report.md"

# --- what is missing

# Only one benchmark, variant and hart count, and a point that failed.
grep -E '^#|^date|,parfork,time,scalable,1,' "$OUT" >"$scratch/little.csv"
echo "d,parfork,time,scalable,2,1,hung,0,2,0,c,128M,parfork -t 2," \
	>>"$scratch/little.csv"
sed -i '/^[0-9d][^a]/s/^\(\([^,]*,\)\{10\}\)[^,]*,/\1c,/' "$scratch/little.csv"
check "little data" python3 -m bench.host report "$scratch/little.csv" "$scratch/little"
check "only the plots with data" is \
	"$(cd "$scratch/little" && echo ./*.svg)" \
	"./contention-parfork.svg ./rate-parfork.svg"
for what in forklat lockbench pagefault Booting; do
	says "$what is said to be missing" "^$what was not measured\.$" \
		cat "$scratch/little/report.md"
done
says "scaling is unknown" \
	'^- Whether .baseline. scales was not measured\.$' \
	cat "$scratch/little/report.md"
says "the failure is told" '^- parfork, .scalable., 2 harts: 1 time$' \
	cat "$scratch/little/report.md"

sed 's/,ok,/,failed,/' "$OUT" >"$scratch/failed.csv"
refuses "no good point" 'no point' python3 -m bench.host report "$scratch/failed.csv" \
	"$scratch/none"
refuses "no file" 'make sweep' python3 -m bench.host report "$scratch/nothing"
refuses "no file to plot" 'make sweep' python3 -m bench.host plots "$scratch/nothing"

# --- Linux

refuses "bench-linux wants an image" 'LINUX=' make bench-linux
refuses "bench-linux wants a compiler" 'gcc-riscv64-linux-gnu' \
	env LINUXCC=no-such-gcc bench/linux/build.sh

# The initramfs: what is put into it comes out again.
if command -v cpio >/dev/null; then
	mkdir "$scratch/unpacked"
	check "initramfs" bash -c "bench/linux/mkcpio.sh '$RUNNER' '$LIST' |
		(cd '$scratch/unpacked' && cpio -i --quiet runner list proc)"
	check "a program in it" cmp "$RUNNER" "$scratch/unpacked/runner"
	check "another" cmp "$LIST" "$scratch/unpacked/list"
fi

finish
