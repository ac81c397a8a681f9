/*
 * What the test drivers share. Each states the truth about itself in lines of the form
 *
 *     SITE <function> <api> <tag> <pool> <sizes>
 *
 * one for each tag a call can have: the tag in quotes or - when it cannot be known, the pool or -, the sizes separated by commas
 * or - . Calls of functions that only pass their own arguments on are not sites; their callers are. FREE lines state the frees:
 * function, api, tag.
 */
#include <ntddk.h>

#define NOINLINE __attribute__((noinline))
#define UNUSED __attribute__((unused))
#define KEEP NOINLINE __attribute__((used))

/* Functions that this set of headers does not have. */
#define IMPORT __attribute__((dllimport))
typedef ULONG64 FLAGS;
IMPORT PVOID NTAPI ExAllocatePool2(FLAGS flags, SIZE_T bytes, ULONG tag);
IMPORT PVOID NTAPI ExAllocatePool3(FLAGS flags, SIZE_T bytes, ULONG tag, PVOID parameters, ULONG count);
IMPORT VOID NTAPI ExFreePool2(PVOID block, ULONG tag, PVOID parameters, ULONG count);
IMPORT PVOID NTAPI FltAllocatePoolAlignedWithTag(PVOID instance, POOL_TYPE type, SIZE_T bytes, ULONG tag);
IMPORT VOID NTAPI FltFreePoolAlignedWithTag(PVOID instance, PVOID block, ULONG tag);
IMPORT int NTAPI NdisAllocateMemoryWithTag(PVOID *block, ULONG bytes, ULONG tag);
IMPORT PVOID NTAPI NdisAllocateMemoryWithTagPriority(PVOID handle, ULONG bytes, ULONG tag, int priority);
IMPORT VOID NTAPI NdisFreeMemory(PVOID block, ULONG bytes, ULONG flags);
IMPORT ULONG StorPortExtendedFunction(ULONG function, PVOID extension, ...);
IMPORT PVOID NTAPI VideoPortAllocatePool(PVOID extension, int type, SIZE_T bytes, ULONG tag);

/* Called through a thunk: not declared as imported. */
PVOID NTAPI FsRtlAllocatePoolWithTag(POOL_TYPE type, SIZE_T bytes, ULONG tag);

extern volatile LONG Something;
extern volatile PVOID Kept;
