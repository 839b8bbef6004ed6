# Checks the RESULT line of a benchmark: that what it claims to have done is
# what the kernel has counted, and that the counters are what the variant must
# do.  Prints what is wrong, or nothing.

# Pages that a process and its child write besides those asked for: stack,
# data, bss, on both sides.
function extra() { return 12 }

function wrong(what) { print "RESULT: " what }

function same(a, b)
{
	if (!(a in v) || !(b in v) || v[a] != v[b])
		wrong(a " is " v[a] ", " b " is " v[b])
}

function between(key, least, most)
{
	if (v[key] == "" || v[key] < least || v[key] > most)
		wrong(key " is " v[key] ", not " least ".." most)
}

function eager() { return v["variant"] == "eager" }

# Copies of n pages that were meant to be copied, by so many processes.
function copies(n, processes)
{
	if (eager())
		between("cow_copies", 0, 0)
	else
		between("cow_copies", n, n + processes * extra())
}

# In steady state no lock of the memory manager is waited for.
function uncontended(ops)
{
	if (v["variant"] == "scalable")
		between("contended", 0, ops / 50)
}

# A commit never waits for a flush of its own: two for each fill of the log, and
# some at quiet moments, which a slow host has more of.  A fill has at least 10
# blocks less than the log, of at least one block each; more processes share
# commits.
function fswrite()
{
	between("flushes_per_change", 0, v["workers"] == 1 ? 0.3 : 0.2)
	between("disk_flushes", 0, v["log_commits"] * 0.6 + 20)
	between("log_commits", 1, v["changes"])
	if (v["workers"] >= 8)
		between("log_commits", 1, v["changes"] / 2)
}

function forkexec()
{
	same("execs_kernel", "forks")
	uncontended(v["forks"])
}

function countbench()
{
	if (eager())
		between("eager_copies", v["forks"] * v["pages"],
		    v["forks"] * (v["pages"] + extra() * 2))
	else if (v["counted"] != 2 * v["pages"] * v["forks"])
		wrong("counted is " v["counted"])
	copies(0, v["forks"])
	uncontended(v["forks"])
}

function pagefault()
{
	between("zero_fills", v["faults"], v["faults"] + v["workers"] * 4)
	copies(0, v["workers"])
	uncontended(v["faults"])
}

function forktree()
{
	if (v["forks"] != v["rounds"] * (2 ^ (v["depth"] + 1) - 2))
		wrong(v["forks"] " forks in " v["rounds"] " trees")
	copies(v["forks"] * v["writes"], v["forks"])
}

function parwrite()
{
	if (v["writes"] != v["rounds"] * v["children"] * v["pages"])
		wrong(v["writes"] " writes in " v["rounds"] " rounds")
	copies(v["writes"], v["rounds"] * v["children"])
	# The survivor's pages, plus the few it has besides.
	if (v["variant"] == "scalable")
		between("sole_upgrades", v["sole_writes"],
		    v["sole_writes"] + v["rounds"] * extra())
	else
		between("sole_upgrades", 0, 0)
	if (v["variant"] == "baseline")
		between("sole_copies", v["sole_writes"],
		    v["sole_writes"] + v["rounds"] * extra())
	else
		between("sole_copies", 0, eager() ? 0 : v["rounds"] * extra())
}

function lockbench(    kinds, i)
{
	split("spin ticket mcs sleep", kinds, " ")
	for (i = 1; i <= 4; i++) {
		if (v["kind"] != 0 && v["kind"] != i)
			continue
		same(kinds[i] "_acquisitions", kinds[i] "_guarded")
		between(kinds[i] "_acquisitions", v["workers"], 1e12)
		between(kinds[i] "_evenness", 1, 1000)
	}
}

# What a hart does alone, no other hart's lock is needed for.  The pipes by
# which the workers are started, and report, are everybody's; a write waits for
# the log.
function alone()
{
	between("contended", 0, 0)
	between("depot_swaps", 0, 2 * v["workers"])
	if (v["name"] != "write")
		between("contended_all", 0, 4 * v["workers"])
}

function forklat(    key)
{
	same("execs_kernel", "execs")
	copies(v["copy_faults"] + \
	    (v["variant"] == "baseline" ? v["upgrade_faults"] : 0),
	    v["forks"] + v["copy_faults"])
	if (v["variant"] == "scalable")
		between("cow_upgrades", v["upgrade_faults"], 1e12)
	between("zero_fills", v["zero_faults"], 1e12)
	for (key in v) {
		if (key ~ /_(ns|us)$|_us_/ && key != "pipe2_ns" && v[key] <= 0)
			wrong(key " is " v[key])
	}
	if (v["harts"] > 1 && v["pipe2_ns"] <= 0)
		wrong("pipe2_ns is " v["pipe2_ns"])
	if (!("fork_us_0" in v) || !("forkwait_us_0" in v) ||
	    !("wandered_cow_copy_ns" in v))
		wrong("a quantity is missing")
}

/ [0-9]+ iterations$/ { iterations = $(NF - 1) }

$1 == "RESULT" {
	lines++
	delete v
	for (i = 2; i <= NF; i++) {
		at = index($i, "=")
		value = substr($i, at + 1)
		# A number must compare as one.
		v[substr($i, 1, at - 1)] = \
		    value ~ /^[0-9.]+$/ ? value + 0 : value
	}
}

END {
	if (lines != 1) {
		wrong(lines + 0 " lines")
		exit
	}
	between("oom_kills", 0, 0)
	if (v["bench"] !~ /^(lockbench|parwrite)$/)
		between("seconds", 0.001, 3600)
	if ("forks" in v) {
		same("forks", "forks_kernel")
		between("forks", 1, 1e9)
	}
	if (iterations && "workers" in v && "forks" in v &&
	    v["forks"] != v["workers"] * iterations)
		wrong(v["forks"] " forks, not " v["workers"] " * " iterations)
	if (v["variant"] != "scalable")
		between("cow_upgrades", 0, 0)
	if (v["bench"] == "forkexec") forkexec()
	else if (v["bench"] == "countbench") countbench()
	else if (v["bench"] == "pagefault") pagefault()
	else if (v["bench"] == "forktree") forktree()
	else if (v["bench"] == "parwrite") parwrite()
	else if (v["bench"] == "lockbench") lockbench()
	else if (v["bench"] == "forklat") forklat()
	else if (v["bench"] == "alone") alone()
	else if (v["bench"] == "fswrite") fswrite()
	else if (v["bench"] != "parfork") wrong("bench is " v["bench"])
}
