# The measured loops.  In assembler, because expect.awk counts instructions:
# for each loop, what one turn executes, and which lines it needs.
#
# A waiting hart executes `pause` in each turn, so that the model lets others
# run.  Lines are named as in jobs.c.

	.macro pause
	.word 0x0100000f
	.endm

	.text
	.option norvc

# own(counter, turns), shared_bytes(byte, turns): 5 instructions, of which a
# load and a store to one line.
	.globl op_own
op_own:
	ld t0, 0(a0)
	addi t0, t0, 1
	sd t0, 0(a0)
	addi a1, a1, -1
	bnez a1, op_own
	ret

	.globl op_byte
op_byte:
	lbu t0, 0(a0)
	addi t0, t0, 1
	sb t0, 0(a0)
	addi a1, a1, -1
	bnez a1, op_byte
	ret

# store(byte, turns): 3 instructions, of which a store.
	.globl op_store
op_store:
	sb a1, 0(a0)
	addi a1, a1, -1
	bnez a1, op_store
	ret

# add(counter, turns): 3 instructions, of which an AMO.
	.globl op_add
op_add:
	li t0, 1
1:
	amoadd.d zero, t0, (a0)
	addi a1, a1, -1
	bnez a1, 1b
	ret

# cas(counter, turns): 6 instructions, of which LR and SC; again from the LR
# when the SC fails.
	.globl op_cas
op_cas:
	lr.d t0, (a0)
	addi t0, t0, 1
	sc.d t1, t0, (a0)
	bnez t1, op_cas
	addi a1, a1, -1
	bnez a1, op_cas
	ret

# read(word, turns): 3 instructions, of which a load.
	.globl op_read
op_read:
	ld t0, 0(a0)
	addi a1, a1, -1
	bnez a1, op_read
	ret

# load_lines(first, lines), store_lines: 4 instructions, of which one access,
# to another line each turn.
	.globl op_load_lines
op_load_lines:
	ld t0, 0(a0)
	addi a0, a0, 64
	addi a1, a1, -1
	bnez a1, op_load_lines
	ret

	.globl op_store_lines
op_store_lines:
	sd a1, 0(a0)
	addi a0, a0, 64
	addi a1, a1, -1
	bnez a1, op_store_lines
	ret

# The locks: lock(limit, lock, counter, node) takes the lock again and again
# and counts, until the count has reached the limit; returns how often it has
# taken the lock.  Inside: a load and a store of the counter, with
#   bgeu/addi/addi between them.
# An acquisition without waiting is 10, 12, 13 or 19 instructions, in the order
# in which they stand here.

# With a lock that is a word and is held: counts, releases it, and goes for it
# again, or returns.
	.macro count_and_release again
	addi t5, t5, 1
	ld t0, 0(a2)
	bgeu t0, a0, 3f
	addi t0, t0, 1
	sd t0, 0(a2)
	fence rw, w
	sw zero, 0(a1)
	j 1b
3:
	fence rw, w
	sw zero, 0(a1)
	mv a0, t5
	ret
	.endm

# Test and set: each attempt is a write.
	.globl op_tas
op_tas:
	li t5, 0
	li t6, 1
1:
	amoswap.w.aq t0, t6, (a1)
	beqz t0, 2f
	pause
	j 1b
2:
	count_and_release 1b

# Test, then test and set: waits on a copy of its own.
	.globl op_ttas
op_ttas:
	li t5, 0
	li t6, 1
1:
	lw t0, 0(a1)
	beqz t0, 2f
	pause
	j 1b
2:
	amoswap.w.aq t0, t6, (a1)
	bnez t0, 1b
	count_and_release 1b

# Tickets: the next one to draw in the lock's first line, the one being served
# in its second.
	.globl op_ticket
op_ticket:
	li t5, 0
	li t6, 1
1:
	amoadd.d t0, t6, (a1)
2:
	ld t1, 64(a1)
	beq t0, t1, 3f
	pause
	j 2b
3:
	fence r, rw
	addi t5, t5, 1
	addi t0, t0, 1
	ld t1, 0(a2)
	bgeu t1, a0, 4f
	addi t1, t1, 1
	sd t1, 0(a2)
	fence rw, w
	sd t0, 64(a1)
	j 1b
4:
	fence rw, w
	sd t0, 64(a1)
	mv a0, t5
	ret

# A queue of nodes (Mellor-Crummey and Scott): the lock is its last node, 0 if
# free; a node holds its successor at 0, and at 8 whether its owner must wait.
	.globl op_mcs
op_mcs:
	li t5, 0
	li t6, 1
1:
	sd zero, 0(a3)
	sd t6, 8(a3)
	amoswap.d.aqrl t0, a3, (a1)
	beqz t0, 3f
	sd a3, 0(t0)
2:
	ld t1, 8(a3)
	beqz t1, 3f
	pause
	j 2b
3:
	fence r, rw
	addi t5, t5, 1
	ld t1, 0(a2)
	sltu t4, t1, a0		# 0: the last time
	beqz t4, 4f
	addi t1, t1, 1
	sd t1, 0(a2)
4:
	ld t1, 0(a3)
	bnez t1, 7f
5:
	lr.d t2, (a1)
	bne t2, a3, 6f
	sc.d.rl t3, zero, (a1)
	bnez t3, 5b
	j 8f
6:
	ld t1, 0(a3)		# on its way: the queue has it already
	bnez t1, 7f
	pause
	j 6b
7:
	fence rw, w
	sd zero, 8(t1)
8:
	bnez t4, 1b
	mv a0, t5
	ret

# A ring of 16 slots, each a line: at 0 whether it is full, at 8 the item.
# put(ring, items), take(ring, items): the items are items..1; take returns
# their sum.
	.globl op_put
op_put:
	li t6, 1
	li t5, 0
1:
	add t0, a0, t5
2:
	ld t1, 0(t0)
	beqz t1, 3f
	pause
	j 2b
3:
	sd a1, 8(t0)
	fence w, w
	sd t6, 0(t0)
	addi t5, t5, 64
	andi t5, t5, 1023
	addi a1, a1, -1
	bnez a1, 1b
	ret

	.globl op_take
op_take:
	li t6, 0
	li t5, 0
1:
	add t0, a0, t5
2:
	ld t1, 0(t0)
	bnez t1, 3f
	pause
	j 2b
3:
	fence r, rw
	ld t1, 8(t0)
	add t6, t6, t1
	fence rw, w
	sd zero, 0(t0)
	addi t5, t5, 64
	andi t5, t5, 1023
	addi a1, a1, -1
	bnez a1, 1b
	mv a0, t6
	ret

# A token goes round.  token(from, to, mine, next, first): rounds from..to; a
# round's number in a hart's word gives it the token.  The first sends, then
# waits; the others wait, then send.
	.globl op_token
op_token:
	bnez a4, 4f
1:
	ld t0, 0(a2)
	beq t0, a0, 2f
	pause
	j 1b
2:
	sd a0, 0(a3)
	addi a0, a0, 1
	bleu a0, a1, 1b
	ret
4:
	sd a0, 0(a3)
5:
	ld t0, 0(a2)
	beq t0, a0, 6f
	pause
	j 5b
6:
	addi a0, a0, 1
	bleu a0, a1, 4b
	ret

# The same with software interrupts, asleep in between: ipi(from, to, mine,
# next, first), mine and next in the CLINT.  wait_ipi(mine) is one of them.
#define MIP_MSIP 0x8
	.macro receive word
1001:
	wfi
	csrr t0, mip
	andi t0, t0, MIP_MSIP
	beqz t0, 1001b
	sw zero, 0(\word)
	.endm

	.globl op_ipi
op_ipi:
	li t1, 1
	bnez a4, 4f
1:
	receive a2
	sw t1, 0(a3)
	addi a0, a0, 1
	bleu a0, a1, 1b
	ret
4:
	sw t1, 0(a3)
	receive a2
	addi a0, a0, 1
	bleu a0, a1, 4b
	ret

	.globl wait_ipi
wait_ipi:
	receive a0
	ret
