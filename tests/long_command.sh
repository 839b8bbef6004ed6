#!/bin/bash
# A command line of any length that `make run` takes is run whole; a longer one
# is refused, by make, by the shell and by the kernel.

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
. tests/qemu.sh
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
most=3071 # bytes

run() # CMD
{
	tests/bounded.sh 60 make -s run "VARIANT=${VARIANT:-scalable}" \
		"CPUS=${CPUS:-2}" CMD="$1" </dev/null | tr -d '\r'
	return "${PIPESTATUS[0]}"
}

# A word of so many bytes, of which each has its place.
word()
{
	seq -s . 10000 | head -c "$1"
}

whole() # BYTES
{
	local text
	text=$(word $(($1 - 5)))
	run "echo $text" | grep -qx -- "$text"
}

check "build" make -s "VARIANT=${VARIANT:-scalable}" all
for n in 255 256 2048 $most; do
	check "$n bytes: all of them" whole $n
done
commands=$(for n in {1..1000}; do printf 'cd;'; done)
says "a thousand commands" '^the end$' run "${commands}echo the end"
says "quotes" "^it's here$" run "echo 'it'\\''s here'"

refuses "make: a byte more" "$((most + 1)) bytes.*$most" \
	run "echo $(word $((most - 4)))"

boot() # BYTES of options and command
{
	local status=0
	qemu_command "slice_ms=10 -- echo $(word $(($1 - 20)))"
	tests/bounded.sh 60 "${qemu[@]}" </dev/null >"$scratch/console" 2>&1 ||
		status=$?
	tr -d '\r' <"$scratch/console"
	return $((status == 0))
}
says "shell: a line that is too long" '^sh: line of more than 3071 bytes' \
	boot 3500
says "kernel: arguments that are too long" \
	'panic.* 4000 bytes of boot arguments; 3583 is the most' boot 4000
check "kernel: runs nothing of it" \
	bash -c "! grep -q '^1[.]2[.]3' '$scratch/console'"
finish
