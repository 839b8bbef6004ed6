// One binary for several versions of QEMU's plugin interface.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
#include "qemu_api.h"

// QEMU reads this when it has loaded the plugin, and refuses a version that it
// does not serve: 7.2 serves 0 and 1, QEMU 10 serves 2 and later.
__attribute__((visibility("default"))) int qemu_plugin_version = 1;

static void *insn_data; // differs in version 3

// Each version is known by a function that it brought.
__attribute__((constructor)) static void
choose_version(void)
{
	static const struct {
		int version;
		const char *symbol;
	} brought[] = {
	    {2, "qemu_plugin_scoreboard_new"},
	    {3, "qemu_plugin_request_time_control"},
	    {4, "qemu_plugin_mem_get_value"},
	};

	for (size_t i = 0; i < sizeof(brought) / sizeof(brought[0]); i++) {
		if (dlsym(RTLD_DEFAULT, brought[i].symbol) != NULL)
			qemu_plugin_version = brought[i].version;
	}
	insn_data = dlsym(RTLD_DEFAULT, "qemu_plugin_insn_data");
}

static void
copy_encoding(const struct qemu_plugin_insn *insn, void *to, size_t size)
{
	typedef const void *(*returning)(const struct qemu_plugin_insn *);
	typedef size_t (*copying)(
	    const struct qemu_plugin_insn *, void *, size_t);

	if (qemu_plugin_version < 3)
		memcpy(to, ((returning)insn_data)(insn), size);
	else
		((copying)insn_data)(insn, to, size);
}

uint32_t
insn_encoding(const struct qemu_plugin_insn *insn)
{
	uint16_t half;
	uint32_t whole;

	// The two lowest bits tell the length (RISC-V unprivileged
	// specification, "Base Instruction-Length Encoding").
	copy_encoding(insn, &half, sizeof(half));
	if ((half & 3) != 3)
		return half;
	copy_encoding(insn, &whole, sizeof(whole));
	return whole;
}
