#!/bin/bash
# What harts share, by name: a raw report of the coherence model made by hand
# for a program made for the purpose, whose types and addresses are known.

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
unset LINES GDB CMD VARIANT CPUS MEM MODEL
# shellcheck disable=SC2154
raw=$scratch/raw elf=$scratch/kernel.elf

# The names of the first toolchain, as for make.
for prefix in $TOOLPREFIX riscv64-unknown-elf- riscv64-elf- riscv64-none-elf- \
	riscv64-linux-gnu- riscv64-unknown-linux-gnu-; do
	[ -z "$LLVM" ] && command -v "${prefix}gcc" >/dev/null || continue
	cc=("${prefix}gcc")
	nm=${prefix}nm
	break
done
if [ -z "$nm" ]; then
	cc=(clang --target=riscv64-unknown-elf -fuse-ld=lld)
	nm=$(command -v llvm-nm || echo nm)
fi

# A kernel of four functions, one of them inlined from a header, and objects.
mkdir -p "$scratch/kernel/mm"
cat >"$scratch/kernel/inline.h" <<'END'
static inline __attribute__((always_inline)) void
inlined(unsigned *p)
{
	__atomic_fetch_add(p, 1, 5);
}
END
cat >"$scratch/kernel/mm/small.c" <<'END'
#include "../inline.h"
struct lock { unsigned held; unsigned short class, holder; };
struct list { void *head; long pad; struct { int n; union { int a; short b; }; } in[2]; };
struct hart { long id; char pad[40]; struct lock lock; struct list list; char end[32]; };
struct page { unsigned count; unsigned short sharers; unsigned char kind; };
struct { struct lock a; char gap[60]; struct lock b[4]; } depot = {{1}, "x"};
struct hart harts[2]; struct page pages[2];
void take(void) { inlined(&depot.a.held); }
void give(void) { depot.a.held = 0; }
void both(void) { take(); give(); harts[0].lock.held = 1; pages[0].count = 1; }
END
check "the program" "${cc[@]}" -g -O1 -fno-inline-functions -ffreestanding \
	-nostdlib -mcmodel=medany -mno-relax -fno-pie -static \
	-Wl,-Ttext=0xffffffc080000000 -Wl,-Tdata=0xffffffc080010000 \
	-Wl,-e,both -o "$elf" "$scratch/kernel/mm/small.c"

address() # SYMBOL [PLUS]
{
	printf '0x%x' $((0x$("$nm" "$elf" | sed -n "s/ [A-Za-z] $1\$//p") +
		${2:-0}))
}

# The instruction in a function that its source's line stands for.
take=$(address take)
give=$(address give)
depot=$(address depot)

# RAW of N harts, 100 operations and these lines.
raw_of() # BREAKS
{
	echo "model protocol=1 profile=ideal harts=2 miss=30"
	echo "region n=1 participants=2 cycles=1000 ops=100 breaks=$1 handovers=9"
	echo "hart region=1 id=0 ops=50 cycles=1000 instructions=600 miss=30" \
		"transfer=200 queue=70 device=0 spin=100 idle=0"
	echo "hart region=1 id=1 ops=50 cycles=900 instructions=600 miss=30" \
		"transfer=200 queue=70 device=0 spin=0 idle=0"
	echo "lines region=1 n=4 transfers=40 cycles=540"
	cat
}

raw_of 0 >"$raw" <<END
line region=1 rank=1 pa=0x80010000 object=image type=- va=$depot transfers=10 cycles=90 queue=20 harts=2
pair region=1 rank=1 pc=$take from=$give count=10 cycles=90 lo=0 hi=3 from_lo=4 from_hi=5
line region=1 rank=2 pa=0x80010040 object=image type=- va=$(address depot 64) transfers=1 cycles=20 queue=0 harts=2
pair region=1 rank=2 pc=0x400a from=$give count=1 cycles=20 lo=12 hi=13 from_lo=12 from_hi=13
line region=1 rank=3 pa=0x80200000 object=page type=page index=312 offset=0 also=7 transfers=20 cycles=300 queue=0 harts=2
pair region=1 rank=3 pc=$take from=$give count=9 cycles=200 lo=16 hi=19 from_lo=16 from_hi=19
pair region=1 rank=3 pc=$give from=$take count=9 cycles=60 lo=16 hi=19 from_lo=48 from_hi=51
pair region=1 rank=3 pc=0x0 from=0x0 count=2 cycles=40 lo=0 hi=0 from_lo=0 from_hi=0
line region=1 rank=4 pa=0x80300000 object=hart type=hart index=3 offset=-16 also=1 transfers=9 cycles=130 queue=0 harts=2
pair region=1 rank=4 pc=$give from=$take count=9 cycles=100 lo=63 hi=63 from_lo=63 from_hi=63
pair region=1 rank=4 pc=$give from=0x0 count=1 cycles=30 lo=0 hi=0 from_lo=0 from_hi=0
END
# The object begins 16 bytes into the line: the last byte is at 47, of what is
# before its lock; byte 0 is in the hart before it, whose end that is.

report() # [ARGUMENT...]: to $scratch/said
{
	bench/model/report.sh "$@" >"$scratch/said" 2>"$scratch/error"
}

shows() # ERE
{
	grep -Eq -- "$1" "$scratch/said" || { cat "$scratch/said"; return 1; }
}

hides() { ! shows "$1" >/dev/null || { cat "$scratch/said"; return 1; }; }

check "the report" report "$raw" "$elf"
check "its head" shows '^2 harts, 100 operations, modelled .profile ideal.: 20\.00 cycles an operation$'
check "cycles by kind" shows '^ +instructions +12\.00 +60\.0 %$'
check "and the wait for the last hart" \
	shows '^ +waiting for the last hart +1\.00 +5\.0 %$'
check "what passes" shows '^Lines that pass from hart to hart: 4, 0\.4 transfers and 5\.40 cycles'
check "by cycles, not by the model's rank" shows '^  1\. (struct )?page\['
check "functions, the header's seen through" \
	shows 'take \(kernel/mm/small\.c:8\)'
check "what the model did not keep apart" shows '13\.3 %  others$'
check "no breaks" hides 'TRUSTED'
check "user code without its program is an address" shows '0x400a'
check "and that is said" shows '^\(no program given'
if command -v gdb-multiarch >/dev/null; then
	check "page counts, with their frames" shows \
		'^  1\. page\[314,318\]\.count \(frames 0x8013a000, 0x8013e000\)$'
	check "two fields of a symbol" \
		shows '\. depot\.a\.held, depot\.a\.class$'
	check "an element of an array" shows '\. depot\.b\[1\]\.holder$|\. depot\.b\[1\]'
	check "which bytes, where there are several" \
		shows 'on depot\.a\.held,$'
	check "objects of one kind are summed up" \
		shows '^ +3\.00 +0\.2  page\[\]\.count$'
	check "an object that begins in the line, and the one before it" \
		shows '\. hart\[3\]\.pad\[39\], hart\[2\]\.end\['
fi
LINES=1 report "$raw" "$elf"
check "fewer lines" hides '^  2\. '
check "the rest is told" shows '^All other lines: 2\.40 cycles'

# Without a debugger, without the kernel.
GDB=no-such-gdb report "$raw" "$elf"
check "no debugger: offsets" shows '\. struct page\[312\] \+ 0x10, '
check "no debugger: a symbol's" shows '\. depot \+ 0x0, depot \+ 0x4$'
check "no debugger: a line says so" shows '^\(no gdb-multiarch .*--debug'
check "no debugger: functions stay" shows 'take \(kernel/mm/small\.c:8\)'
report "$raw" "$scratch/nothing"
check "no kernel: addresses" shows "$take"
check "no kernel: a line says so" shows '^\(no .*/nothing: its code'

# Rows of a sweep.
report --csv "$raw" "$elf"
check "as many rows as lines" [ "$(wc -l <"$scratch/said")" = 4 ]
columns=$(bench/model/report.sh --header | tr ',' '\n' | wc -l)
check "as many columns as the header has behind the point's" \
	[ "$(($(head -n 1 "$scratch/said" | tr ',' '\n' | wc -l) + 6))" = "$columns" ]
check "no notes among them" hides '^\('
check "per operation" shows '^1,[^,]*,[^,]*,0\.2,3,0,2,take '

raw_of 2 <"/dev/null" >"$scratch/broken"
report "$scratch/broken" "$elf"
check "breaks" shows '^NOT TO BE TRUSTED: 2 breaks'
echo "model protocol=1 profile=ideal harts=2" >"$scratch/none"
refuses "no region" 'no region' bench/model/report.sh "$scratch/none" "$elf"
refuses "no report" 'no report' bench/model/report.sh "$scratch/nothing" "$elf"
refuses "no arguments" 'usage' bench/model/report.sh
refuses "no number" 'LINES' env LINES=0 bench/model/report.sh "$raw" "$elf"
refuses "an unknown profile" 'no profile fast' \
	env MODEL=fast bench/model/report.sh --boot
finish
