# Says what has to be looked up to name the bytes on the hottest lines: for
# each byte that somebody touched
#
#   type NAME OFFSET            in an object of a known type
#   symbol NAME OFFSET ADDRESS  in the kernel's image, by the nearest symbol
#                               before it
#
#   awk -f bench/model/address.awk -f bench/model/queries.awk SYMBOLS HOT
#
# SYMBOLS is the output of `nm -n`, HOT that of hottest.awk.

# The last symbol at or before an address, as "name offset".
function symbol(address,    low, high, middle)
{
	low = 0
	high = n
	while (low < high) {
		middle = int((low + high + 1) / 2)
		if (at[middle] "" <= address "")
			low = middle
		else
			high = middle - 1
	}
	return low == 0 ? "? 0" : name[low] " " \
	    hex(substr(address, 9)) - hex(substr(at[low], 9))
}

function ask(byte,    address)
{
	if (object == "image") {
		address = plus(va, byte)
		print "symbol", symbol(address), address
	} else if (type != "-") {
		print "type", type, offset + byte
	}
}

FNR == NR {
	if (NF == 3 && $2 ~ /^[BbDdRrSs]$/) {
		at[++n] = padded($1)
		name[n] = $3
	}
	next
}

$1 == "line" {
	object = $4
	type = $5
	offset = $7
	va = padded($8)
}

$1 == "pair" && $3 != "0x0" {
	ask($5)
	if ($4 != "0x0")
		ask($7)
}
