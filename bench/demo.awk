# Compares consoles of `lockstat parfork`, each behind a line "VARIANT name":
# rates, and per lock class the contended acquisitions in 1000 forks.  The
# lock statistics are of the whole command, start and end of the workers
# included; the forks those of its measured part.
#
#   awk -v cores=N -f bench/sort.awk -f bench/demo.awk

$1 == "VARIANT" {
	variant = $2
	order[++n] = variant
	in_table = 0
	next
}

$1 == "RESULT" {
	for (i = 2; i <= NF; i++) {
		at = index($i, "=")
		result[variant, substr($i, 1, at - 1)] = substr($i, at + 1)
	}
	next
}

# The header of the lock statistics names the columns.
$1 == "class" {
	in_table = 1
	for (i = 1; i <= NF; i++)
		column[$i] = i
	next
}

in_table && NF >= column["spins"] && $column["contended"] ~ /^[0-9]+$/ {
	if (!($1 in seen)) {
		seen[$1] = 1
		classes[++nclasses] = $1
	}
	contended[variant, $1] = $column["contended"]
	if ($column["contended"] > most[$1])
		most[$1] = $column["contended"] + 0
	next
}

{ in_table = 0 }

function value(v, key) { return result[v, key] + 0 }

function per_1000(v, events)
{
	return sprintf("%.1f", events * 1000 / value(v, "forks"))
}

function line(label, cells) { printf "%-44s%s\n", label, cells }

function last_over_first(key)
{
	if (n < 2 || value(order[1], key) == 0)
		return ""
	return sprintf("  x %.2f", value(order[n], key) / value(order[1], key))
}

END {
	for (k = 1; k <= n; k++) {
		v = order[k]
		if (value(v, "forks") == 0) {
			print "no forks on " v > "/dev/stderr"
			exit 1
		}
		names = names sprintf("%12s", v)
		rates = rates sprintf("%12.1f", value(v, "forks_per_s"))
		copies = copies sprintf("%12s",
		    per_1000(v, value(v, "cow_copies")))
		upgrades = upgrades sprintf("%12s",
		    per_1000(v, value(v, "cow_upgrades")))
		mm = mm sprintf("%12s", per_1000(v, value(v, "contended")))
		all = all sprintf("%12s",
		    per_1000(v, value(v, "contended_all")))
	}
	v = order[n]
	h = value(v, "harts")
	printf "%d workers on %d harts: fork, the child writes %d of %d " \
	    "pages and exits\n\n", value(v, "workers"), h,
	    value(v, "writes"), value(v, "pages")
	line("", names)
	line("forks per second", rates last_over_first("forks_per_s"))
	line("in 1000 forks: pages copied on write", copies)
	line("  pages reused by their only owner", upgrades)
	line("  contended acquisitions of any lock", all)
	line("  of the memory manager's locks", mm)
	sort_down(classes, nclasses, most) # those that hurt most first
	for (i = 1; i <= nclasses && most[classes[i]] > 0; i++) {
		cells = ""
		for (k = 1; k <= n; k++)
			cells = cells sprintf("%12s", per_1000(order[k],
			    contended[order[k], classes[i]] + 0))
		line("  whole run: lock class " classes[i], cells)
	}
	print ""
	if (h > cores) {
		printf "This host has %d cores for %d harts, so the rate is " \
		    "not scaling: harts take turns.\n", cores, h
		print "Contention per fork is: it counts what the harts do " \
		    "to each other, however fast they run."
	} else {
		printf "This host has a core for each of the %d harts: the " \
		    "rates are of harts that run side by side.\n", h
	}
}
