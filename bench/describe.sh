#!/bin/bash
# Says on what and of what a measurement was made: lines "# key: value", as
# they stand in a sweep's CSV above the rows they hold for.
#
#   bench/describe.sh COMMIT
#
# MACHINE=NAME overrides the machine's name, which is made of its CPU's and
# the number of cores: a host's own name tells readers nothing.

cpu_name()
{
	local name
	name=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null |
		head -n 1)
	[ -n "$name" ] || name=$(sysctl -n machdep.cpu.brand_string 2>/dev/null)
	echo "${name:-$(uname -m)}"
}

machine_name() # CPU CORES -> intel-xeon-processor-2-cores
{
	local slug
	slug=$(sed -e 's/([A-Za-z]*)//g' -e 's/@.*//' <<<"$1" |
		tr '[:upper:]' '[:lower:]' | tr -cs 'a-z0-9.\n' '-')
	echo "${slug%-}-$2-cores"
}

# The same choice as the Makefile's, unless it was told otherwise.
compiler()
{
	local cc
	for cc in ${LLVM:+clang} ${TOOLPREFIX:+"${TOOLPREFIX}gcc"} \
		riscv64-unknown-elf-gcc riscv64-elf-gcc riscv64-none-elf-gcc \
		riscv64-linux-gnu-gcc riscv64-unknown-linux-gnu-gcc clang; do
		"$cc" --version 2>/dev/null | head -n 1 | grep . && return
	done
	echo none
}

cores=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
cpu=$(cpu_name)
echo "# date: $(date -u +%Y-%m-%dT%H:%M:%SZ)"
echo "# machine: ${MACHINE:-$(machine_name "$cpu" "$cores")}"
echo "# cpu: $cpu"
echo "# cores: $cores"
echo "# system: $(uname -sr)"
echo "# qemu: $("${QEMU:-qemu-system-riscv64}" --version 2>/dev/null |
	head -n 1)"
echo "# compiler: $(compiler)"
echo "# commit: $1"
if [ -n "$LINUX" ]; then
	echo "# linux: $(grep -a -o -m 1 'Linux version [ -~]*' "$LINUX" |
		head -n 1)"
fi
