# Copies that may touch user memory.  Leaf routines without a stack frame, so
# that a fault can leave them at any instruction.

	.section .text.hot, "ax"
	.align 2
	.globl ucopy_begin
ucopy_begin:

# long ucopy_bytes(void *dst, const void *src, unsigned long n): by words where
# both sides can be aligned together, else by bytes.
	.globl ucopy_bytes
ucopy_bytes:
	xor t0, a0, a1
	andi t0, t0, 7
	add a3, a0, a2
	bnez t0, tail_bytes
head_bytes:
	beq a0, a3, copied
	andi t0, a0, 7
	beqz t0, words
	lb t1, 0(a1)
	sb t1, 0(a0)
	addi a0, a0, 1
	addi a1, a1, 1
	j head_bytes
words:
	sub t2, a3, a0
	li t3, 32
	bltu t2, t3, last_words
	ld t4, 0(a1)
	ld t5, 8(a1)
	ld t6, 16(a1)
	ld a4, 24(a1)
	sd t4, 0(a0)
	sd t5, 8(a0)
	sd t6, 16(a0)
	sd a4, 24(a0)
	addi a0, a0, 32
	addi a1, a1, 32
	j words
last_words:
	li t3, 8
	bltu t2, t3, tail_bytes
	ld t4, 0(a1)
	sd t4, 0(a0)
	addi a0, a0, 8
	addi a1, a1, 8
	addi t2, t2, -8
	j last_words
tail_bytes:
	beq a0, a3, copied
	lb t1, 0(a1)
	sb t1, 0(a0)
	addi a0, a0, 1
	addi a1, a1, 1
	j tail_bytes
copied:
	li a0, 0
	ret

# long ucopy_string(char *dst, const char *usrc, unsigned long size)
	.globl ucopy_string
ucopy_string:
	mv t0, a0
	add a3, a0, a2
1:
	beq a0, a3, 2f
	lb t1, 0(a1)
	sb t1, 0(a0)
	beqz t1, 2f
	addi a0, a0, 1
	addi a1, a1, 1
	j 1b
2:
	sub a0, a0, t0
	ret

	.globl ucopy_end
ucopy_end:
	.globl ucopy_failed
ucopy_failed:
	li a0, -1
	ret
