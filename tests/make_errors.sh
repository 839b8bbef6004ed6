#!/bin/bash
# What make says about settings that cannot be and tools that are missing: one
# line that names what is allowed or how to install it, and a failure.

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL VARIANT CPUS MEM DEBUG

# An environment that lacks some tools: links to all others.
without() # ERE-OF-NAMES CMD...
{
	local names=$1 bin=$scratch/bin dir
	shift
	rm -rf "$bin"
	mkdir "$bin"
	for dir in /usr/local/bin /usr/bin /bin; do
		find -L "$dir" -maxdepth 1 -type f 2>/dev/null
	done | grep -Ev "/($names)\$" | while read -r tool; do
		ln -s "$tool" "$bin" 2>/dev/null
	done
	PATH=$bin "$@"
}

# What make says about a build in progress is not the question.
check "build" make -s all

variants='eager.*baseline.*scalable|scalable.*baseline.*eager|baseline.*scalable'
refuses "unknown VARIANT" "nonsense.*($variants)" make -s VARIANT=nonsense
refuses "unknown VARIANT for run" "nonsense.*($variants)" \
	make -s run VARIANT=nonsense CMD=true
refuses "two VARIANTs" "($variants)" make -s "VARIANT=eager baseline"
refuses "CPUS=0" 'CPUS.*1.*64' make -s run CPUS=0 CMD=echo
refuses "CPUS=65" 'CPUS.*1.*64' make -s run CPUS=65 CMD=echo
refuses "CPUS=x" 'CPUS.*1.*64' make -s run CPUS=x CMD=echo
refuses "CPUS=-1" 'CPUS.*1.*64' make -s run CPUS=-1 CMD=echo
refuses "MEM=1M" 'MEM.*64' make -s run MEM=1M CMD=echo
refuses "MEM=lots" 'MEM.*64' make -s run MEM=lots CMD=echo
refuses "run without CMD" 'CMD' make -s run CPUS=1
refuses "missing image" 'nonesuch.img' \
	make -s run CPUS=1 CMD=echo FSIMG=nonesuch.img

install='apt-get install|\.ci/setup'
refuses "no compiler for the guest" "riscv64.*($install)" \
	without 'riscv.*|clang.*' make -s
refuses "no emulator" "qemu-system-riscv64.*($install)" \
	without 'qemu-system-riscv64' make -s run CPUS=1 CMD=echo
refuses "no compiler for the host" "(gcc|cc).*($install)" \
	without 'gcc.*|cc|c99|c89|clang.*|.*-linux-gnu-gcc.*' \
	make -s -B build/mkfs

finish
