/* CRC-32C: by the instruction of SSE 4.2 or of ARMv8 where there is one, else half a byte at a time from a small table. */
#include "weir/base/crc32c.h"

#include <string.h>

/* The remainder of each half byte by the reflected polynomial 0x82f63b78. */
static const uint32_t nibbles[16] = {0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
				     0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
				     0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75};

uint32_t weir_crc32c_portable(uint32_t before, const void *bytes, size_t size)
{
	const unsigned char *p = bytes;
	uint32_t crc = ~before;

	for (; size; size--) {
		crc ^= *p++;
		crc = crc >> 4 ^ nibbles[crc & 15];
		crc = crc >> 4 ^ nibbles[crc & 15];
	}
	return ~crc;
}

#if defined(__x86_64__)
#define TARGET __attribute__((target("sse4.2")))
#define STEP8(crc, v) ((uint32_t)__builtin_ia32_crc32di((crc), (v)))
#define STEP1(crc, v) __builtin_ia32_crc32qi((crc), (v))
#define PRESENT __builtin_cpu_supports("sse4.2")
#elif defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#define TARGET
#define STEP8(crc, v) __crc32cd((crc), (v))
#define STEP1(crc, v) __crc32cb((crc), (v))
#define PRESENT 1
#endif

#ifdef PRESENT
TARGET static uint32_t by_instruction(uint32_t before, const unsigned char *p, size_t size)
{
	uint32_t crc = ~before;
	uint64_t eight;

	for (; size >= sizeof eight; size -= sizeof eight, p += sizeof eight) {
		memcpy(&eight, p, sizeof eight);
		crc = STEP8(crc, eight);
	}
	for (; size; size--)
		crc = STEP1(crc, *p++);
	return ~crc;
}
#endif

uint32_t weir_crc32c(uint32_t before, const void *bytes, size_t size)
{
#ifdef PRESENT
	if (PRESENT)
		return by_instruction(before, bytes, size);
#endif
	return weir_crc32c_portable(before, bytes, size);
}
