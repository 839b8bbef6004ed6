#!/bin/bash
# Boots the Linux image $LINUX in the same QEMU as Drove, with the same harts
# and memory, runs one command and powers off; ends with the command's status.
#
#   LINUX=IMAGE bench/linux/boot.sh HARTS MEM COMMAND

cd "$(dirname "$0")/../.." || exit 1
harts=$1 mem=$2 command=$3
console=$(mktemp) || exit 1
trap 'rm -f "$console"' EXIT

if [ ! -r "$LINUX" ]; then
	echo "bench-linux: LINUX=<kernel image> is missing" >&2
	exit 1
fi
# quiet: the console is slow.  A panic ends the machine at once.
"${QEMU:-qemu-system-riscv64}" -machine virt -bios default -kernel "$LINUX" \
	-initrd build/linux/initramfs.cpio -smp "$harts" -m "$mem" -nographic \
	-no-reboot -append "console=ttyS0 quiet panic=-1 rdinit=/init -- $command" \
	</dev/null | tee "$console"
status=$(tr -d '\r' <"$console" | sed -n 's/^init: status //p' | tail -n 1)
case $status in
0) exit 0 ;;
'') echo "bench-linux: the kernel did not get to the end" >&2 ;;
esac
exit 1
