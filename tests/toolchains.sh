#!/bin/bash
# Builds everything, with warnings as errors, with each compiler for the guest
# that this machine has, in a copy of the tree, and boots what it built.  Those
# that are not there are named in one line.
#
#   tests/toolchains.sh [PATTERN]     only compilers whose name matches

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL TOOLPREFIX LLVM
VARIANT=${VARIANT:-scalable} CPUS=${CPUS:-2}
pattern=${1:-.}
skipped=
none=1

# The tree without what was built in it.
tree=$scratch/tree
mkdir "$tree"
tar cf - --exclude=./build --exclude=./.git --exclude=./results . |
	tar xf - -C "$tree"

make_there() # ARGUMENT...
{
	make -s -C "$tree" "VARIANT=$VARIANT" "CPUS=$CPUS" WERROR=1 "$@"
}

boot_there() # SETTING...
{
	tests/bounded.sh 60 make -s -C "$tree" "VARIANT=$VARIANT" \
		"CPUS=$CPUS" WERROR=1 "$@" run \
		CMD='cowtest && usertests -q forkfork copyin exectest' \
		</dev/null 2>&1 | tr -d '\r'
}

have()
{
	command -v "$1" >/dev/null
}

try() # NAME TOOL SETTING...
{
	local name=$1 tool=$2
	shift 2
	[[ $name =~ $pattern ]] || return
	if ! have "$tool"; then
		skipped+=" $name"
		return
	fi
	none=0
	rm -rf "$tree/build"
	check "$name: builds without a warning" \
		make_there "$@" all compat-images
	says "$name: boots, copies on write" '^ALL COW TESTS PASSED$' \
		boot_there "$@"
	says "$name: system calls" '^ALL TESTS PASSED$' boot_there "$@"
}

# Of a release that the machine has under its own name, next to the default.
try_gcc() # PREFIX
{
	local release
	try "${1}gcc" "${1}gcc" "TOOLPREFIX=$1"
	for release in 12 13 14 15; do
		try "${1}gcc-$release" "${1}gcc-$release" "TOOLPREFIX=$1" \
			"CC=${1}gcc-$release"
	done
}

try_gcc riscv64-unknown-elf-
try_gcc riscv64-linux-gnu-
if have ld.lld; then
	try clang clang LLVM=1
fi
for release in 14 15 16 17 18 19 20 21; do
	have "ld.lld-$release" || continue
	try "clang-$release" "clang-$release" LLVM=1 "LD=ld.lld-$release" \
		"CC=clang-$release --target=riscv64-unknown-elf"
done
have ld.lld || skipped+=" clang (no ld.lld)"

[ -z "$skipped" ] || echo "skipped, not on this machine:$skipped"
[ $none = 0 ] || check "some compiler" false
finish
