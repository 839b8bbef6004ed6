# What the coherence model must say of the self-test guest, computed from its
# parameters, and what its report must agree with.
#
#	awk -f expect.awk REPORT CONSOLE
#
# Prints a line for each job: cycles per operation, the bounds, `ok` or `BAD`
# and why.  Exit status 1 if any is bad.
#
# Names: n harts; ops, all harts' operations together; turns = ops / n.
#   T  a line from another hart       M  a line from memory or a shared cache
#   h  a line one has, on top of the instruction      P  the pause
#   D  a device   I  an interrupt's way   S  how far a hart may run ahead
# An instruction is 1.  One line does one thing at a time; a hart waits for
# each of its accesses.

FNR == NR && $1 == "model" {
	words(2)
	T = v["transfer"] + 0
	far = v["far"] + 0
	cluster = v["cluster"] + 0
	M = v["miss"] + 0
	h = v["hit"] + 0
	P = v["pause"] + 0
	D = v["device"] + 0
	I = v["ipi"] + 0
	S = v["slack"] + 0
}

FNR == NR && $1 == "region" {
	words(2)
	region = v["n"]
	r_harts[region] = v["participants"] + 0
	r_cycles[region] = v["cycles"] + 0
	r_ops[region] = v["ops"] + 0
	r_breaks[region] = v["breaks"] + 0
}

FNR == NR && $1 == "hart" {
	words(2)
	region = v["region"]
	if (v["id"] + 0 < r_harts[region])
		r_sum[region] += v["cycles"]
	parts = v["instructions"] + v["miss"] + v["transfer"] + v["queue"] + \
	    v["device"] + v["spin"] + v["idle"]
	if (parts != v["cycles"])
		r_odd[region] = v["id"]
	r_taking[region] += v["transfer"]
	r_spinning[region] += v["spin"]
	r_idle[region] += v["idle"]
	r_working[region] += v["instructions"]
}

FNR == NR && $1 == "line" {
	words(2)
	if (v["rank"] == 1) {
		top_transfers[v["region"]] = v["transfers"]
		top_harts[v["region"]] = v["harts"]
	}
}

FNR != NR && $1 == "SELF" {
	words(2)
	jobs++
	judge(jobs, v["test"], v["harts"] + 0, v["ops"] + 0, v["cycles"] + 0)
}

FNR != NR && $1 == "WRONG" {
	print "BAD " $0
	bad = 1
	jobs += /test=/
}

FNR != NR && $1 == "END" {
	ended = 1
}

END {
	if (!ended || !jobs || region != jobs) {
		printf "BAD %d regions for %d jobs, guest %s\n", region, jobs,
		    ended ? "ended" : "did not end"
		bad = 1
	}
	exit bad
}

function words(from,    i, at)
{
	split("", v)
	for (i = from; i <= NF; i++) {
		at = index($i, "=")
		v[substr($i, 1, at - 1)] = substr($i, at + 1)
	}
}

function max(a, b)
{
	return a > b ? a : b
}

# --- curves ------------------------------------------------------------------

# Sets low and high: cycles of the whole job, without what it takes to begin
# and to end.
function expect(test, n, ops,    turns, queued, alone)
{
	turns = ops / n
	# Until harts have met at a line, one may run ahead of the others, and
	# do S cycles' worth of turns with the line to itself.
	if (test == "own" || test == "clock")
		# Load, store, 3 others; nobody else has the line.
		exactly(turns * (5 + 2 * h))
	else if (test == "read")
		# Everybody has a copy, and nobody writes.
		exactly(turns * (3 + h))
	else if (test == "cold")
		exactly(turns * (4 + M))
	else if (test == "take")
		# Each line has one taker: nobody waits.  The takers of the last
		# hart in each cluster are of the next one; the slowest counts.
		exactly(turns * (4 + (n == 1 ? h : n > cluster ? far : T)))
	else if (n == 1)
		alone_at(test, ops)
	else if (test == "store" || test == "amoadd" || test == "lrsc") {
		# Each turn takes the line from another hart; n turns, one of
		# each hart, are n transfers one after the other.  (An LR keeps
		# the line for its SC.)
		alone = 1 + S / (test == "lrsc" ? 6 : 3)
		between((turns - alone) * n * T, turns * n * T)
	} else if (test == "false")
		# A store always finds the line with others too: T.  A load
		# behind somebody's store: T; behind somebody's load: M; of the
		# hart that has stored last: nothing.  So in a turn of each
		# hart the line moves n times for stores, at least once for
		# loads, and to n-2 more harts at least as a copy.
		between((turns - S / 5) * ((n + 1) * T + (n - 2) * M),
		    turns * 2 * n * T)
	else if (test == "tas")
		# From one acquisition to the next: the holder takes the counter
		# for its load and again for its store (the load leaves a copy
		# where it was), 2 T.  Then its unlocking store wants the
		# lock's line, for which each of the n-1 others has an attempt
		# queued, but for the one that is being served and perhaps one
		# in its pause: n-3 to n-1.  That store: T.  The next attempt
		# in the queue succeeds: T.
		handing(n, ops, (n + 1) * T, (n + 3) * T + P + 12)
	else if (test == "ttas")
		# All n-1 see the lock free before the first has taken it, so
		# that all try; with the unlocking store n transfers.  At most
		# each of them also reads the line twice, before its attempt
		# and after, and the holder takes the counter.
		handing(n, ops, n * T, (2 * n + 4) * T + P + 12)
	else if (test == "ticket") {
		# The unlocking store: T.  All n-1 waiters read what it wrote:
		# T for the first, M each for the others' copies; it is chance
		# where in that queue the next holder is.  It takes the counter
		# for load and store, 2 T, and can unlock when the copies are
		# made.
		queued = 2 * T + (n - 2) * M
		handing(n, ops, max(4 * T, queued), 2 * T + queued + P + 16)
	} else if (test == "mcs")
		# The store into the next one's node: T.  Its load: T.  The
		# counter: 2 T.  If the queue is short, the last holder is
		# back in it meanwhile, its store into this one's node just
		# done, and the load of the successor costs T too.  Nothing
		# grows with n.
		handing(n, ops, 4 * T, (n <= 3 ? 5 : 4) * T + P + 24)
	else if (test == "pipe")
		# Each side takes the slot for its load and again for its
		# store: 2 T at the same time on both sides, at slots far
		# apart; 4 T if both are at one slot.  Pairs do not meet.
		between(ops / (n / 2) * 2 * T, ops / (n / 2) * (4 * T + P + 16))
	else if (test == "token")
		# One at a time, from hart to hart: the store into the next
		# one's word, and its load.
		between(ops * (2 * T + 2), ops * (2 * T + P + 8))
	else if (test == "ipi")
		# The interrupt's store, its way, and the store that clears it;
		# 8 instructions or so.
		between(ops * (2 * D + I + 6), ops * (2 * D + I + 12))
	else if (test == "stamp")
		# What counts is that nobody has read the future; roughly: 40 to
		# 200 instructions, and one visit to the line or one hit.
		between(turns * 40, turns * (250 + (n + 1) * T))
	else
		between(1, 0)
	high += 60 + 2 * T
}

# One hart, which has all lines: instructions and, among them, accesses.
function alone_at(test, ops)
{
	if (test == "store" || test == "amoadd")
		exactly(ops * (3 + h))
	else if (test == "false")
		exactly(ops * (5 + 2 * h))
	else if (test == "lrsc")
		exactly(ops * (6 + 2 * h))
	else if (test == "tas")
		exactly(ops * (10 + 4 * h))
	else if (test == "ttas")
		exactly(ops * (12 + 5 * h))
	else if (test == "ticket")
		exactly(ops * (13 + 5 * h))
	else if (test == "mcs")
		exactly(ops * (19 + 8 * h))
	else if (test == "token")
		exactly(ops * (5 + 2 * h))
	else if (test == "stamp")
		between(ops * 40, ops * 250)
	else if (test == "ipi")
		# Nothing to wait for: the two stores.
		between(ops * (2 * D + 8), ops * (2 * D + 10))
	else
		between(1, 0)
}

function between(a, b)
{
	low = a
	high = b
}

function exactly(cycles)
{
	between(cycles, cycles * 1.005)
}

# A lock's acquisitions, one after the other.  The last of each hart are with
# fewer and fewer others, and count for nothing below.
function handing(n, ops, a, b)
{
	between((ops - n) * a, ops * b)
}

# --- verdict -----------------------------------------------------------------

# Operations of which each waits for the last; of the others each hart does
# its own.
function serial(test)
{
	return test ~ /^(tas|ttas|ticket|mcs|token|ipi)$/
}

function judge(i, test, n, ops, cycles,    per, why)
{
	expect(test, n, ops)
	if (cycles < low || cycles > high)
		why = why " out-of-bounds"
	why = why report_of(i, test, n, ops, cycles)
	# Both hand over in the order of arrival.
	if ((test == "ticket" || test == "mcs") && \
	    v["max_ops"] - v["min_ops"] > 1)
		why = why " unfair"
	per = serial(test) ? ops : ops / (test == "pipe" ? n / 2 : n)
	printf "%-7s %2d harts %10.1f cycles %10.1f to %10.1f  %s\n", test, n,
	    cycles / per, low / per, high / per, why ? "BAD:" why : "ok"
	if (why)
		bad = 1
}

# The report's figures of this region.
function report_of(i, test, n, ops, cycles,    why)
{
	if (r_breaks[i] != 0)
		why = why " " r_breaks[i] " breaks"
	if (r_harts[i] != n || r_ops[i] != ops)
		why = why " reported-for-" r_harts[i] "-harts-" r_ops[i] "-ops"
	if (i in r_odd)
		why = why " parts-of-hart-" r_odd[i] "-do-not-add-up"
	if (test == "clock")
		return why (r_cycles[i] < cycles ? " clock-too-long" : "")
	if (r_cycles[i] != cycles)
		why = why " reported-cycles-" r_cycles[i]
	if (r_sum[i] != v["sum"])
		why = why " reported-sum-" r_sum[i]
	if (test == "own" && r_working[i] < 0.99 * v["sum"])
		why = why " not-instructions"
	# Who has not got the token waits for it: all the time but for a hop
	# of its own, and the rounds in which the first and the last do not.
	if (test == "token" && r_spinning[i] < 0.9 * (n - 2) / n * v["sum"])
		why = why " spin-" r_spinning[i]
	if (test == "ipi" && r_idle[i] < 0.9 * (n - 2) / n * v["sum"])
		why = why " idle-" r_idle[i]
	# The one contended line, by name: all transfers are of it.
	if (n > 1 && test == "amoadd") {
		if (top_harts[i] != n || top_transfers[i] > ops || \
		    top_transfers[i] < ops - n * (S / 3 + 2))
			why = why " transfers-of-the-line-" top_transfers[i]
		if (r_taking[i] < top_transfers[i] * T)
			why = why " cost-of-transfers-" r_taking[i]
	}
	return why
}
