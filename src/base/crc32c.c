/* CRC-32C: by the instruction of SSE 4.2 or of ARMv8 where there is one, else half a byte at a time from a small table. */
#include "weir/base/crc32c.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

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
#define TARGET __attribute__((target("sse4.2,pclmul")))
#define STEP8(crc, v) ((uint32_t)__builtin_ia32_crc32di((crc), (v)))
#define STEP1(crc, v) __builtin_ia32_crc32qi((crc), (v))
#define PRESENT (__builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul"))
#elif defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#define TARGET
#define STEP8(crc, v) __crc32cd((crc), (v))
#define STEP1(crc, v) __crc32cb((crc), (v))
#define PRESENT 1
#endif

#if defined(__x86_64__)
enum { PART_BYTES = 1024 };

/* The instruction answers three clock ticks later and begins anew with each. So three parts go at once, and the sums of the first two are
 * moved behind the third: times x^(8 n), n the bytes in between, by one multiplication without carries. Of x^(8 n) 33 are left out, for
 * the instruction that takes the product gives 32 of them, and the order of the bits one. */
TARGET static uint64_t moved(uint32_t crc, uint32_t power)
{
	return (uint64_t)_mm_cvtsi128_si64(
	    _mm_clmulepi64_si128(_mm_cvtsi32_si128((int)crc), _mm_cvtsi32_si128((int)power), 0));
}

TARGET static uint32_t three_parts(uint32_t crc, const unsigned char *p)
{
	const uint32_t by_one = 0x170076fa, by_two = 0xa51b6135; /* x^(8 * 1024 - 33), x^(8 * 2048 - 33) */
	uint64_t a = crc, b = 0, c = 0, v[3];

	for (size_t i = 0;; i += 8, p += 8) {
		memcpy(&v[0], p, 8);
		memcpy(&v[1], p + PART_BYTES, 8);
		memcpy(&v[2], p + 2 * PART_BYTES, 8);
		a = STEP8(a, v[0]);
		b = STEP8(b, v[1]);
		if (i == PART_BYTES - 8)
			return STEP8(c, v[2] ^ moved((uint32_t)a, by_two) ^ moved((uint32_t)b, by_one));
		c = STEP8(c, v[2]);
	}
}
#endif

#ifdef PRESENT
TARGET static uint32_t by_instruction(uint32_t before, const unsigned char *p, size_t size)
{
	uint32_t crc = ~before;
	uint64_t eight;

#if defined(__x86_64__)
	for (; size >= 3 * (size_t)PART_BYTES; size -= 3 * (size_t)PART_BYTES, p += 3 * (size_t)PART_BYTES)
		crc = three_parts(crc, p);
#endif
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
