#!/bin/bash
# What the disk's flushes cost: a benchmark on a file-backed disk, as it is and
# with flushes left out (cache=unsafe: QEMU says that they are done), in turns.
# One line a run, then the median rates, and the median of what is lost from one
# run of a pair to the other: a busy host changes more from pair to pair.
#
#   bench/barriers.sh [REPEATS [DIRECTORY [COMMAND]]]
#
# DIRECTORY is on the disk to be measured; on a tmpfs a flush costs nothing.
# VARIANT, CPUS and MEM are as for make; FSIMG is copied there.

cd "$(dirname "$0")/.." || exit 1
repeats=${1:-5} dir=${2:-build} command=${3:-fswrite -n 8 -t 3}
img=$dir/barriers.$$.img out=$dir/barriers.$$.out
trap 'rm -f "$img" "$out"' EXIT

rate() # CACHE
{
	cp "${FSIMG:-build/fs.img}" "$img" && sync -f "$img" || exit 1
	"${QEMU:-qemu-system-riscv64}" -machine virt -bios none \
		-kernel "build/${VARIANT:-scalable}/kernel.elf" \
		-m "${MEM:-128M}" -smp "${CPUS:-8}" -nographic \
		-global virtio-mmio.force-legacy=false \
		-drive "file=$img,if=none,format=raw,id=x0,cache=$1" \
		-device virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0 \
		-append "-- $command" </dev/null 2>&1 | tr -d '\r' |
		sed -n "s/^RESULT/cache=$1/p" | tee -a "$out" |
		tr ' ' '\n' | grep -E \
		'^(cache|workers|[a-z]*_per_s|[a-z]*_per_change)=' |
		tr '\n' ' '
	echo
}

for ((i = 0; i < repeats; i++)); do
	rate writeback
	rate unsafe
done
awk '
	{
		for (i = 1; i <= NF; i++)
			if ($i ~ /^[a-z]*_per_s=/)
				rate[$1, ++n[$1]] = substr($i, index($i, "=") + 1) + 0
	}
	function median(key,    i, j, t)
	{
		for (i = 2; i <= n[key]; i++)
			for (j = i; j > 1 && rate[key, j] < rate[key, j - 1]; j--) {
				t = rate[key, j]
				rate[key, j] = rate[key, j - 1]
				rate[key, j - 1] = t
			}
		i = int((n[key] + 1) / 2)
		j = int((n[key] + 2) / 2)
		return (rate[key, i] + rate[key, j]) / 2
	}
	END {
		with = "cache=writeback"
		without = "cache=unsafe"
		if (n[with] == 0 || n[with] != n[without])
			exit 1
		for (i = 1; i <= n[with]; i++)
			rate["lost", ++n["lost"]] = \
			    100 * (1 - rate[with, i] / rate[without, i])
		printf "median: %.0f with flushes, %.0f without; ",
		    median(with), median(without)
		printf "%.0f %% lost in a pair (%.0f to %.0f)\n",
		    median("lost"), rate["lost", 1], rate["lost", n["lost"]]
	}' "$out"
