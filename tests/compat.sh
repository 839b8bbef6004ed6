#!/bin/bash
# Course programs compile with our headers and library and run, those linked
# with another library run, and a program dropped into user/ is built, also in
# place of one of ours.  (What is compiled how: compat/rules.mk.)

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
# Course programs may call printf in ways that a compiler warns of.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL WERROR
settings=("VARIANT=${VARIANT:-scalable}" "CPUS=${CPUS:-2}")
dir=build/compat
for name in DEBUG MEM QEMU TOOLPREFIX LLVM HOSTCC; do
	[ -z "${!name}" ] || settings+=("$name=${!name}")
done

guest() # CMD, in the directory $tree
{
	tests/bounded.sh $((60 * ${SLOW:-10})) make -s -C "${tree:-.}" run "${settings[@]}" \
		"FSIMG=${img:-$dir/fs.img}" CMD="$1" </dev/null 2>&1 |
		tr -d '\r'
	return "${PIPESTATUS[0]}"
}

check "build" make -s "${settings[@]}" all compat-images
[ $failed = 0 ] || finish

# --- source ------------------------------------------------------------------

says "every name" '^names: ([0-9]+) of \1 right$' guest names
says "older generation" '^old: 3 arguments, last b, 42$' guest 'old a b'
says "its formats" '^old: -7 BEEF str c % 0x0123456789ABCDEF 5$' guest 'old a'
says "newer generation" '^new: 3 arguments, last b$' \
	guest 'new a b || echo status'
says "its formats" \
	'^new: -1 7 -2 3 -4 5 BEEF 123456789ABCDEF 6 0x0123456789ABCDEF s c %$' \
	guest 'new a || echo status'
says "heap larger than memory" '^lazy: all well$' guest lazy
says "names of its own" '^own: ([0-9]+) of \1$' \
	guest 'own 17 </dev/null'
says "main's result is the status" '^other$' guest 'new a || echo other'

# Free memory counted as course tests count it: not a page less afterwards.
for program in 'echo x' forktest cowtest 'old a' lazy \
	'usertests -q copyin pipe1 mem forkfork createdelete openiput'; do
	says "pages after $program" '^pages: ([0-9]+) before, \1 after$' \
		guest "pages $program && echo kept"
done

# --- binary ------------------------------------------------------------------

for layout in omagic shared split; do
	says "$layout: stack and arguments" '^start: ok$' \
		guest "start-$layout"
	says "$layout: memory" '^memory: ok$' \
		guest "memory-$layout $layout"
	says "$layout: system calls" '^calls: ok$' guest "calls-$layout"
done
says "main as the entry point" '^direct: ok$' guest 'direct entry'

# --- dropped in --------------------------------------------------------------

# A tree of its own, with what they would put there.
tree=$scratch/tree img=
mkdir -p "$tree/build"
cp -a Makefile README.md kernel user bench mkfs tests "$tree"
cp -a build/user build/mkfs "build/${VARIANT:-scalable}${DEBUG:+-debug}" \
	"$tree/build"
cp tests/compat/source/old.c "$tree/user/theirs.c"
cp tests/compat/dropin/*.c "$tree/user"
says_tree()
{
	img=build/fs.img
	says "$@"
}
check "dropped in: build" make -s -C "$tree" "${settings[@]}"
says_tree "dropped in: a program" '^old: 2 arguments, last x, 42$' \
	guest 'theirs x'
says_tree "dropped in: another shell" '^their sh: -c$' guest 'theirs y'
says_tree "dropped in: other tests" '^THEIR TESTS PASSED$' guest usertests
says_tree "dropped in: by the names of graders" '^[0-9]+$' \
	make -s -C "$tree" print-gdbport
check "dropped in: fs.img" make -s -C "$tree" fs.img

finish
