#!/bin/bash
# Machines as their device trees describe them: memory in several ranges, on
# several sockets, with holes and reserved parts; harts that are not to be used.
#
#   tests/devicetree.sh [HARTS]
#
# The emulator's own tree is edited (fdtput, dtc) and given back to it.  Its RAM
# is a file, filled with a pattern before the boot; what the kernel must not
# touch has it still after a guest that wrote to all memory it could get.

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
. tests/qemu.sh
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
export VARIANT=${VARIANT:-scalable}
make -s "VARIANT=$VARIANT" || exit 1

harts=${1:-4}
tree=$scratch/tree.dtb
ram=$scratch/ram
BASE=$((0x80000000))
MIB=$((1 << 20))
export MEM=128M

usual='memstat && usertests -q preempt sleeptime killsleep pipe1 forkfork lazy_limit && echo audit > /dev/memstat && echo all is well'

boot() # HARTS CMD QEMU-ARGUMENT...
{
	local command=$2 qemu
	CPUS=$1 qemu_command "-- $command"
	shift 2
	tests/bounded.sh 120 "${qemu[@]}" "$@" </dev/null 2>&1 | tr -d '\r'
}

# The tree of the emulator's machine with so many harts, for edit and boot.
new_tree() # HARTS
{
	"${QEMU:-qemu-system-riscv64}" -machine "virt,dumpdtb=$tree.full" \
		-m "$MEM" -smp "$1" -nographic >/dev/null 2>&1
	dtc -q -I dtb -O dtb -o "$tree" "$tree.full"
}

edit() # [-t TYPE] NODE PROPERTY VALUE...
{
	fdtput -p "${@:1:$(($# > 2 && ${#1} == 2 ? 2 : 0))}" "$tree" \
		"${@:$(($# > 2 && ${#1} == 2 ? 3 : 1))}"
}

# A machine whose memory is a file with a pattern from one end to the other.
boot_patterned() # HARTS CMD
{
	yes 'nobody may write here' | head -c $((128 * MIB)) >"$ram"
	cp "$ram" "$ram.before"
	boot "$1" "$2" -dtb "$tree" -machine memory-backend=ram \
		-object "memory-backend-file,id=ram,size=$MEM,mem-path=$ram,share=on"
}

untouched() # ADDRESS BYTES
{
	cmp -i $(($1 - BASE)) -n $(($2)) "$ram" "$ram.before"
}

touched() # ADDRESS BYTES
{
	! untouched "$@" >/dev/null
}

figure() # NAME: of the last boot's memstat
{
	sed -n "s/^$1 //p" "$scratch/console" | head -n 1
}

# --- harts ------------------------------------------------------------------

# The tree disables harts, which the emulator starts all the same.  Where each
# stands at the end its monitor tells: those disabled in the shim's first page.
disabled_harts() # HARTS DISABLED...
{
	local n=$1 id
	shift
	new_tree "$n"
	for id; do
		edit -t s "/cpus/cpu@$id" status disabled
	done
	boot "$n" "$usual" -dtb "$tree" >"$scratch/console"
	cat "$scratch/console"
	[ "$(figure harts)" = $((n - $#)) ]
}

says "first hart disabled" '^all is well$' disabled_harts "$harts" 0
says "a hart in the middle disabled" '^all is well$' disabled_harts "$harts" 1
says "last hart disabled" '^all is well$' \
	disabled_harts "$harts" $((harts - 1))
says "all but the last disabled" '^all is well$' \
	disabled_harts 3 0 1
says "all but the first disabled" '^all is well$' \
	disabled_harts 3 1 2

# Where each hart stands while the shell waits for input: one in use sleeps in
# the kernel, at a high address; one disabled in the shim, which is at the
# beginning of RAM.
where_harts_stand()
{
	local qemu
	new_tree 3
	edit -t s /cpus/cpu@1 status disabled
	CPUS=3 qemu_command
	: >"$scratch/serial"
	{
		tests/bounded.sh 60 bash -c \
			"until grep -q '\\$ \$' '$scratch/serial'; do sleep 0.1; done"
		echo 'info registers -a'
		echo quit
	} | tests/bounded.sh 100 "${qemu[@]/-nographic/-no-reboot}" \
		-display none -serial "file:$scratch/serial" -monitor stdio \
		-dtb "$tree" | tr -d '\r' | sed -n 's/^ pc  *//p' | tr '\n' ' '
}
says "who is disabled never leaves the shim" \
	'^ffffffc[0-9a-f]{9} 0000000080000[0-9a-f]{3} ffffffc[0-9a-f]{9} $' \
	where_harts_stand

no_harts()
{
	new_tree 2
	edit -t s /cpus/cpu@0 status disabled
	edit -t s /cpus/cpu@1 status fail
	boot 2 'echo hello' -dtb "$tree"
}
says "no hart to run on is said in words" 'panic: .*no cpu' no_harts

more_harts_than_numbers()
{
	boot 70 "$usual" >"$scratch/console"
	cat "$scratch/console"
	[ "$(figure harts)" = 64 ]
}
says "of 70 harts 64 run" '^all is well$' more_harts_than_numbers

# --- memory -----------------------------------------------------------------

# Two ranges; reserved: one part that may be mapped, not of whole pages, one
# that may not, one by the older way; and a dynamic one, which is nobody's.
in_pieces()
{
	new_tree 2
	edit -t x /memory@80000000 reg 0 80000000 0 2000000 0 83000000 0 5000000
	edit -t x /reserved-memory '#address-cells' 2
	edit -t x /reserved-memory '#size-cells' 2
	edit -t x /reserved-memory/a@84000800 reg 0 84000800 0 1000
	edit -t x /reserved-memory/b@85000000 reg 0 85000000 0 100000
	edit /reserved-memory/b@85000000 no-map
	edit -t x /reserved-memory/c size 0 100000
	dtc -q -I dtb -O dts "$tree" |
		sed 's:^/dts-v1/;:&\n/memreserve/ 0x86000000 0x10000;:' |
		dtc -q -I dts -O dtb -o "$tree.new" && mv "$tree.new" "$tree"
	boot_patterned 2 "$usual" >"$scratch/console"
	cat "$scratch/console"
}

boot 2 memstat >"$scratch/console"
whole=$(figure total_pages)
says "memory in pieces" '^all is well$' in_pieces
check "all of it is given out, and no more" \
	test $((whole - $(figure total_pages) - 4096 - 2 - 256 - 16)) -ge -16 -a \
	$((whole - $(figure total_pages) - 4096 - 2 - 256 - 16)) -le 16
check "the hole is not touched" untouched 0x82000000 $((16 * MIB))
check "nor is reserved memory" untouched 0x84000800 0x1000
check "nor what must not be mapped" untouched 0x85000000 0x100000
check "nor a reservation of the older kind" untouched 0x86000000 0x10000
check "memory before the hole is used" touched 0x81fff000 0x1000
check "memory behind it is used" touched 0x83000000 0x1000
check "memory between reservations is used" touched 0x86010000 0x1000
check "the last page is used" touched 0x87fff000 0x1000

# The emulator has put the tree where a machine of 128 MiB keeps it.
blob_survives()
{
	dd if="$ram" of="$scratch/blob" bs=$MIB skip=126 count=2 status=none
	dtc -q -I dtb -O dts "$scratch/blob" >"$scratch/after.dts" &&
		grep -q 'memstat && usertests' "$scratch/after.dts"
}
check "the tree itself is not touched" blob_survives

early_is_reserved()
{
	new_tree 2
	edit -t x /reserved-memory '#address-cells' 2
	edit -t x /reserved-memory '#size-cells' 2
	edit -t x /reserved-memory/early@80090000 reg 0 80090000 0 400000
	boot_patterned 2 "$usual"
}
says "what is reserved close to the kernel" '^all is well$' early_is_reserved
check "is not touched either" untouched 0x80090000 0x400000

# --- sockets ----------------------------------------------------------------

sockets() # HARTS QEMU-ARGUMENT...
{
	MEM=256M boot "$1" "$usual" "${@:2}"
}
says "two sockets" '^all is well$' sockets 4 \
	-numa node,mem=160M,cpus=0-1 -numa node,mem=96M,cpus=2-3
says "three sockets" '^all is well$' sockets 4 \
	-numa node,mem=128M,cpus=0 -numa node,mem=64M,cpus=1 \
	-numa node,mem=64M,cpus=2-3
says "two sockets, ACLINT, no Sstc" '^all is well$' sockets 4 \
	-machine aclint=on -cpu rv64,sstc=off \
	-numa node,mem=160M,cpus=0-1 -numa node,mem=96M,cpus=2-3

finish
