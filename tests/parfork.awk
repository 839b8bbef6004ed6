# Checks the counters of a RESULT line of parfork against what its variant
# must do.  Prints what is wrong, or nothing.
#
# Of W written pages each child copies W; on top come a few pages of stack and
# data, of parent and child, that both write.  The parent's pages are alone
# again when the child is gone, so what it writes then is upgraded in scalable
# (if the child wrote last, the child upgrades), and copied in baseline.

# Pages that parent and child write besides the W: stack, data, bss, twice.
function extra() { return 12 }

function wrong(what) { print "RESULT: " what }

/ [0-9]+ iterations$/ { iterations = $(NF - 1) }

$1 == "RESULT" && $2 == "bench=parfork" {
	lines++
	delete v
	for (i = 2; i <= NF; i++) {
		at = index($i, "=")
		value = substr($i, at + 1)
		# A number must compare as one.
		v[substr($i, 1, at - 1)] = value ~ /^[0-9.]+$/ ? value + 0 : value
	}
}

END {
	if (lines != 1) {
		wrong(lines + 0 " lines")
		exit
	}
	forks = v["forks"] + 0
	if (forks == 0)
		wrong("no forks")
	if (iterations && forks != v["workers"] * iterations)
		wrong(forks " forks, not " v["workers"] " * " iterations)
	if (v["seconds"] + 0 <= 0 || v["forks_per_s"] + 0 <= 0)
		wrong("no rate")
	least = forks * v["writes"]
	most = forks * (v["writes"] + extra())
	if (v["variant"] == "eager") {
		if (v["cow_copies"] + v["cow_upgrades"] != 0)
			wrong("eager copied " v["cow_copies"] \
			    " and upgraded " v["cow_upgrades"] " on write")
		exit
	}
	if (v["cow_copies"] < least || v["cow_copies"] > most)
		wrong(v["cow_copies"] " copies, not " least ".." most)
	if (v["variant"] == "baseline" && v["cow_upgrades"] != 0)
		wrong("baseline upgraded " v["cow_upgrades"] " pages")
	if (v["variant"] == "scalable" && v["cow_upgrades"] < forks / 2)
		wrong("only " v["cow_upgrades"] " upgrades in " forks " forks")
	if (v["variant"] == "scalable" && v["contended"] > forks / 50)
		wrong(v["contended"] " contended acquisitions of the memory" \
		    " manager's locks in " forks " forks")
}
