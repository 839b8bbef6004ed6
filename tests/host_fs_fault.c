void fault_tests(void);
void crash_tests(void);
void
fault_tests(void)
{
}
void
crash_tests(void)
{
}
