#!/bin/bash
# Builds the benchmarks for Linux, and an initramfs of them.
#
#   bench/linux/build.sh        build/linux/initramfs.cpio
#
# Sources are the same as Drove's; only what touches the kernel differs: the
# files here stand for user/lib's system calls and counters.  LINUXCC, by
# default riscv64-linux-gnu-gcc, may be any RISC-V GCC: no C library is used.

cd "$(dirname "$0")/../.." || exit 1
cc=${LINUXCC:-riscv64-linux-gnu-gcc}
out=build/linux
command -v "$cc" >/dev/null || {
	echo "bench-linux: no $cc: on Debian: apt-get install" \
		"gcc-riscv64-linux-gnu" >&2
	exit 1
}
# shellcheck disable=SC2054
flags=(-std=gnu11 -O2 -g -march=rv64gc -mabi=lp64d -mno-relax -Wall -Wextra
	-ffreestanding -fno-builtin -fno-common -fno-pie -no-pie -static
	-nostdlib -fno-stack-protector -fno-asynchronous-unwind-tables
	-ffunction-sections -fdata-sections -Wl,--gc-sections
	-Wl,--build-id=none -I.)

# Drove's library without what calls or reads its kernel.
library=(bench/linux/start.S bench/linux/compat.c bench/linux/counters.c)
for file in user/lib/*.c; do
	case ${file##*/} in
	bench_counters.c | stats.c | statistics.c | lockrows.c) ;;
	*) library+=("$file") ;;
	esac
done

# What has to be there and newer than all sources.
fresh()
{
	[ -e $out/initramfs.cpio ] &&
		[ -z "$(find bench user/lib user/*.h kernel/*.h \
			-newer $out/initramfs.cpio -name '*.[chS]')" ] &&
		[ bench/linux/build.sh -ot $out/initramfs.cpio ]
}

fresh && exit
mkdir -p $out/bin
programs=()
for file in bench/*.c bench/linux/init.c; do
	name=$(basename "$file" .c)
	[ "$name" != lockbench ] || continue # its locks are Drove's
	"$cc" "${flags[@]}" -o "$out/bin/$name" "$file" "${library[@]}" ||
		exit 1
	programs+=("$out/bin/$name")
done
bench/linux/mkcpio.sh "${programs[@]}" >$out/initramfs.new &&
	mv $out/initramfs.new $out/initramfs.cpio
