// Every name that course programs may expect of the headers, with the value or
// the type it must have.
//
// What is missing or of another type stops the compiler; a wrong value stops
// the program.
#include "kernel/types.h"
#include "kernel/param.h"
#include "kernel/spinlock.h"
#include "kernel/sleeplock.h"
#include "kernel/fs.h"
#include "kernel/file.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "kernel/syscall.h"
#include "kernel/memlayout.h"
#include "kernel/riscv.h"
#include "kernel/vm.h"
#include "user/user.h"

struct name {
	const char *name;
	uint64 is, wanted;
};

// Names with a value, and names whose value is up to the kernel.
#define IS(n, v)                             \
	{                                    \
#n, (uint64)(n), (uint64)(v) \
	}
#define ANY(n)                               \
	{                                    \
#n, (uint64)(n), (uint64)(n) \
	}

// clang-format off
static const struct name names[] = {
    // riscv.h
    IS(PGSIZE, 4096), IS(PGSHIFT, 12), IS(PGROUNDUP(1), 4096),
    IS(PGROUNDUP(8192), 8192), IS(PGROUNDDOWN(8191), 4096),
    IS(PGROUNDUP(0xffffffff1L), 0x1000000000), IS(MAXVA, 1L << 38),
    IS(PTE_V, 1), IS(PTE_R, 2), IS(PTE_W, 4), IS(PTE_X, 8), IS(PTE_U, 16),
    IS(PTE2PA(0x21fdc0ffUL), 0x87f70000), IS(PA2PTE(0x87f70000), 0x21fdc000),
    IS(PTE_FLAGS(0x21fdc4dfUL), 0xdf), IS(PX(0, 0x12345678), 0x145),
    IS(PX(1, 0x12345678), 0x91), IS(PX(2, 0x3fffffffff), 0xff),
    IS(PXMASK, 0x1ff), IS(PXSHIFT(2), 30),
    // memlayout.h
    IS(KERNBASE, 0x80000000), IS(PHYSTOP, 0x88000000),
    IS(TRAMPOLINE, 0x3ffffff000), IS(TRAPFRAME, 0x3fffffe000),
    IS(UART0, 0x10000000), IS(UART0_IRQ, 10), IS(VIRTIO0, 0x10001000),
    IS(VIRTIO0_IRQ, 1), IS(PLIC, 0x0c000000), IS(CLINT, 0x02000000),
    IS(CLINT_MTIMECMP(1), 0x02004008), IS(CLINT_MTIME, 0x0200bff8),
    IS(PLIC_PRIORITY, 0x0c000000), IS(PLIC_PENDING, 0x0c001000),
    IS(PLIC_MENABLE(1), 0x0c002100), IS(PLIC_SENABLE(1), 0x0c002180),
    IS(PLIC_MPRIORITY(1), 0x0c202000), IS(PLIC_SPRIORITY(1), 0x0c203000),
    IS(PLIC_MCLAIM(1), 0x0c202004), IS(PLIC_SCLAIM(1), 0x0c203004),
    // param.h
    ANY(NPROC), ANY(NCPU), IS(NOFILE, 16), ANY(NFILE), ANY(NINODE), ANY(NDEV),
    IS(ROOTDEV, 1), IS(MAXARG, 32), IS(MAXOPBLOCKS, 10), IS(LOGSIZE, 30),
    IS(LOGBLOCKS, 30), ANY(NBUF), ANY(FSSIZE), IS(MAXPATH, 128),
    IS(USERSTACK, 1),
    // fs.h
    IS(ROOTINO, 1), IS(BSIZE, 1024), IS(FSMAGIC, 0x10203040), IS(NDIRECT, 12),
    IS(NINDIRECT, 256), IS(MAXFILE, 268), IS(IPB, 16), IS(BPB, 8192),
    IS(DIRSIZ, 14), IS(sizeof(struct superblock), 32),
    IS(sizeof(struct dinode), 64), IS(sizeof(struct dirent), 16),
    // file.h
    IS(CONSOLE, 1), IS(STATS, 2), IS(major(mkdev(3, 4)), 3),
    IS(minor(mkdev(3, 4)), 4),
    // stat.h, fcntl.h
    IS(T_DIR, 1), IS(T_FILE, 2), IS(T_DEVICE, 3),
    IS(sizeof(struct stat), 24), IS(O_RDONLY, 0), IS(O_WRONLY, 1),
    IS(O_RDWR, 2), IS(O_CREATE, 0x200), IS(O_TRUNC, 0x400),
    // syscall.h
    IS(SYS_fork, 1), IS(SYS_exit, 2), IS(SYS_wait, 3), IS(SYS_pipe, 4),
    IS(SYS_read, 5), IS(SYS_kill, 6), IS(SYS_exec, 7), IS(SYS_fstat, 8),
    IS(SYS_chdir, 9), IS(SYS_dup, 10), IS(SYS_getpid, 11), IS(SYS_sbrk, 12),
    IS(SYS_sleep, 13), IS(SYS_pause, 13), IS(SYS_uptime, 14),
    IS(SYS_open, 15), IS(SYS_write, 16), IS(SYS_mknod, 17),
    IS(SYS_unlink, 18), IS(SYS_link, 19), IS(SYS_mkdir, 20),
    IS(SYS_close, 21),
    // user.h, vm.h
    IS(SBRK_ERROR, -1), IS(SBRK_EAGER, 1), IS(SBRK_LAZY, 2),
    // types.h
    IS(sizeof(uint), 4), IS(sizeof(ushort), 2), IS(sizeof(uchar), 1),
    IS(sizeof(uint8), 1), IS(sizeof(uint16), 2), IS(sizeof(uint32), 4),
    IS(sizeof(uint64), 8), IS(sizeof(pde_t), 8), IS(sizeof(pte_t), 8),
    IS(sizeof(pagetable_t), 8), IS((uint8)-1, 255), IS((uint32)-1, ~0u),
};
// clang-format on

// The types of the library's functions: an assignment that the compiler must
// accept.  Those of which generations differ (exec's first, exit's result) are
// called below instead.
static struct {
	int (*fork)(void);
	int (*wait)(int *);
	int (*pipe)(int *);
	int (*read)(int, void *, int);
	int (*write)(int, const void *, int);
	int (*by_number)(int);        // close, kill, dup, sleep, pause
	int (*by_path)(const char *); // unlink, mkdir, chdir
	int (*open)(const char *, int);
	int (*mknod)(const char *, short, short);
	int (*fstat)(int, struct stat *);
	int (*link)(const char *, const char *);
	int (*plain)(void); // getpid, uptime
	char *(*sbrk)(int);
	char *(*sys_sbrk)(int, int);
	int (*stat)(const char *, struct stat *);
	char *(*strcpy)(char *, const char *);
	void *(*memmove)(void *, const void *, int);
	char *(*strchr)(const char *, char);
	int (*strcmp)(const char *, const char *);
	char *(*gets)(char *, int);
	uint (*strlen)(const char *);
	void *(*memset)(void *, int, uint);
	void *(*malloc)(uint);
	void (*free)(void *);
	int (*atoi)(const char *);
	int (*memcmp)(const void *, const void *, uint);
	void *(*memcpy)(void *, const void *, uint);
	void (*printf)(const char *, ...);
	void (*fprintf)(int, const char *, ...);
	int (*statistics)(void *, int);
	uint64 (*reg)(void);
} f;

static void
take_functions(void)
{
	f.fork = fork, f.wait = wait, f.pipe = pipe, f.read = read;
	f.write = write, f.open = open, f.mknod = mknod, f.fstat = fstat;
	f.by_number = close, f.by_number = kill, f.by_number = dup;
	f.by_number = sleep, f.by_number = pause;
	f.by_path = unlink, f.by_path = mkdir, f.by_path = chdir;
	f.link = link, f.plain = getpid, f.plain = uptime;
	f.sbrk = sbrk, f.sbrk = sbrklazy, f.sys_sbrk = sys_sbrk;
	f.stat = stat, f.strcpy = strcpy, f.memmove = memmove;
	f.strchr = strchr, f.strcmp = strcmp, f.gets = gets;
	f.strlen = strlen, f.memset = memset, f.malloc = malloc;
	f.free = free, f.atoi = atoi, f.memcmp = memcmp, f.memcpy = memcpy;
	f.printf = printf, f.fprintf = fprintf, f.statistics = statistics;
	f.reg = r_sp, f.reg = r_time, f.reg = r_tp, f.reg = r_fp;
	f.reg = r_ra;
}

// The members of the structures, with the types they are used as.
static void
take_members(void)
{
	struct superblock sb = {.magic = FSMAGIC,
	    .size = 100,
	    .nblocks = 50,
	    .ninodes = 32,
	    .nlog = 30,
	    .logstart = 2,
	    .inodestart = 32,
	    .bmapstart = 35};
	struct dinode d = {
	    .type = T_FILE, .major = 1, .minor = 2, .nlink = 1, .size = 9};
	struct dirent de = {.inum = 1};
	struct stat st = {
	    .dev = 1, .ino = 2, .type = T_DIR, .nlink = 1, .size = 1UL << 40};
	pte_t pte = PA2PTE(0x1000) | PTE_V;
	pagetable_t table = &pte;
	char *argv[] = {"nothing", 0}, name[] = "nothing";

	d.addrs[NDIRECT] = IBLOCK(17, sb) + BBLOCK(1, sb);
	if (d.addrs[NDIRECT] != 33 + 35 || sizeof(de.name) != DIRSIZ ||
	    st.size >> 40 != 1 || PTE2PA(table[0]) != 0x1000) {
		printf("names: structures are not right\n");
		exit(1);
	}
	if (exec(name, argv) != -1 || exec("nothing", argv) != -1)
		exit(1);
}

int
main(int argc, char *argv[])
{
	int n = sizeof(names) / sizeof(names[0]), wrong = 0;

	take_functions();
	take_members();
	for (int i = 0; i < n; i++) {
		if (argc > 1 && strcmp(argv[1], "-l") == 0)
			printf("%s %lx\n", names[i].name, names[i].is);
		if (names[i].is != names[i].wanted) {
			printf("names: %s is 0x%lx, not 0x%lx\n",
			    names[i].name, names[i].is, names[i].wanted);
			wrong++;
		}
	}
	printf("names: %d of %d right\n", n - wrong, n);
	exit(wrong != 0);
}
