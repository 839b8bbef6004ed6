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
many=$(($(nproc) * 2)) # more than cores

cat >"$LIST" <<'END'
parfork | * | * | 20 | 128M | time locks | forks_per_s | forks | parfork -t 2
pagefault | * | * | 20 | 128M | time | faults_per_s | faults | pagefault -t 2
forklat | * | 1 | 20 | 1G | time | - | - | forklat
lockbench | scalable | * | 20 | 128M | time | - | - | lockbench
boot | * | * | 20 | 128M | boot | - | - | echo booted
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
check "the report" bench/report.sh "$OUT" "$scratch/out"
check "the CSV stays with it" cmp "$OUT" "$scratch/out/sweep.csv"

# --- plots

is_svg()
{
	[ -s "$1" ] && head -n 1 "$1" | grep -q '^<?xml' &&
		[ "$(grep . "$1" | tail -n 1)" = "</svg>" ] &&
		[ "$(grep -c '<path' "$1")" -ge 5 ] || return 1
	! command -v xmllint >/dev/null || xmllint --noout "$1"
}

# Signature, and at 16 and 20 width and height: 1720 by 1040.
is_png()
{
	[ "$(head -c 8 "$1" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ] &&
		[ "$(tail -c +17 "$1" | head -c 8 | od -An -tx1 |
			tr -d ' \n')" = 000006b800000410 ] &&
		[ "$(wc -c <"$1")" -gt 10000 ]
}

plots="rate-parfork rate-pagefault contention-parfork waiting-parfork"
plots+=" latency-1 costs-1"
for plot in $plots; do
	check "$plot.svg" is_svg "$scratch/out/$plot.svg"
	check "$plot.png" is_png "$scratch/out/$plot.png"
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

# --- what is missing

# Only one benchmark, variant and hart count, and a point that failed.
grep -E '^#|^date|,parfork,time,scalable,1,' "$OUT" >"$scratch/little.csv"
echo "d,parfork,time,scalable,2,1,hung,0,2,0,c,128M,parfork -t 2," \
	>>"$scratch/little.csv"
sed -i '/^[0-9d][^a]/s/^\(\([^,]*,\)\{10\}\)[^,]*,/\1c,/' "$scratch/little.csv"
check "little data" bench/report.sh "$scratch/little.csv" "$scratch/little"
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
refuses "no good point" 'no point' bench/report.sh "$scratch/failed.csv" \
	"$scratch/none"
refuses "no file" 'make sweep' bench/report.sh "$scratch/nothing"
refuses "no file to plot" 'make sweep' bench/plots.sh "$scratch/nothing"
refuses "no such format" 'FORMATS' env FORMATS=bmp bench/plots.sh "$OUT"

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
