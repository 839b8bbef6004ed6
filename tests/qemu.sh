# shellcheck shell=bash
# For tests that talk to a running guest; source it.  VARIANT, CPUS and MEM
# come from the environment as for make.

# Sets the array qemu to a command that boots without a make in between, so
# that starting times are the guest's own.  The image is FSIMG; what the guest
# writes to it stays only with KEEP=yes.
qemu_command() # [KERNEL-COMMAND-LINE]
{
	local kernel=build/${VARIANT:-scalable}${DEBUG:+-debug}/kernel.elf
	local drive="file=${FSIMG:-build/fs.img},if=none,format=raw,id=x0"
	[ "$KEEP" = yes ] || drive+=,snapshot=on
	# shellcheck disable=SC2034
	qemu=("${QEMU:-qemu-system-riscv64}" -machine virt -bios none
		-kernel "$kernel" -m "${MEM:-128M}" -smp "${CPUS:-8}"
		-nographic -global virtio-mmio.force-legacy=false
		-drive "$drive"
		-device virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0
		${1:+-append "$1"})
}
