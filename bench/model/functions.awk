# Turns what `addr2line -a -f -i` says into lines "address function place",
# tab-separated.  Of functions inlined into each other that is the innermost one
# that is in a source file, not in a header (an atomic or the lock's own code
# tells nothing), and the outermost if it is another.
#
#   addr2line -a -f -i -e ELF ADDRESS... | awk -f bench/model/functions.awk

function flush(    i, name)
{
	if (address == "" || n == 0)
		return
	for (i = 1; i < n; i++)
		if (place[i] ~ /\.[cS]:[0-9]/)
			break
	if (place[i] !~ /\.[cS]:[0-9]/)
		i = 1
	name = func_[i]
	if (i < n && func_[n] != name)
		name = name " in " func_[n]
	if (name != "??")
		print address "\t" name "\t" short(place[i])
}

# Of a path the part below the tree's root, wherever the tree was.
function short(where,    at)
{
	sub(/ \(discriminator.*/, "", where)
	while ((at = match(where, /\/(kernel|user|bench)\//)) > 0)
		where = substr(where, at + 1)
	return where
}

/^0x[0-9a-f]+$/ {
	flush()
	# Padded with zeros to 16 digits; ours are not.
	address = $0
	sub(/^0x0+/, "0x", address)
	n = odd = 0
	next
}

{
	odd = !odd
	if (odd)
		func_[++n] = $0
	else
		place[n] = $0
}

END { flush() }
