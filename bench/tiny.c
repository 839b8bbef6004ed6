// tiny: the smallest program, for benchmarks that exec.

int
main(void)
{
	return 0;
}
