# Addresses, as strings of 16 digits: an awk's numbers do not hold 64 bits.

function hex(digits,    i, x)
{
	for (i = 1; i <= length(digits); i++)
		x = x * 16 + index("0123456789abcdef", substr(digits, i, 1)) - 1
	return x
}

function padded(address)
{
	sub(/^0x/, "", address)
	return substr("0000000000000000", 1, 16 - length(address)) address
}

# Within 4 GiB of the address, where the image and its lines are.
function plus(address, n)
{
	return substr(address, 1, 8) sprintf("%08x", hex(substr(address, 9)) + n)
}
