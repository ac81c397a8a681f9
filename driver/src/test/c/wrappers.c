/* Functions that pass their own arguments on: of one, two and three levels, on the stack and in registers. */
#include "driver.h"

volatile LONG Something;
volatile PVOID Kept;

static NOINLINE PVOID Allocate(POOL_TYPE type, SIZE_T bytes, ULONG tag)
{
    PVOID block = ExAllocatePoolWithTag(type, bytes, tag);
    if (block) {
        RtlZeroMemory(block, bytes);
    }
    return block;
}

/* Exported: keeps the documented calling convention. */
__declspec(dllexport) NOINLINE PVOID NTAPI AllocateStandard(ULONG tag, SIZE_T bytes)
{
    Something++;
    return ExAllocatePoolWithTag(NonPagedPool, bytes + 16, tag);
}

static NOINLINE PVOID AllocateLogged(ULONG tag, SIZE_T bytes, const char *what)
{
    DbgPrint("allocating %s", what);
    return Allocate(PagedPool, bytes, tag);
}

static NOINLINE PVOID AllocateCounted(const char *what, ULONG tag, SIZE_T bytes)
{
    InterlockedIncrement((volatile LONG *) &Something);
    return AllocateLogged(tag, bytes + 8, what);
}

/* Six arguments: the tag comes on the stack on both processors. */
static NOINLINE PVOID AllocateMany(int a, int b, int c, int d, ULONG tag, SIZE_T bytes)
{
    Something = a + b + c + d;
    return ExAllocatePoolWithTag(PagedPool, bytes, tag);
}

static NOINLINE void Release(PVOID block, ULONG tag)
{
    if (block) {
        ExFreePoolWithTag(block, tag);
        Something--;
    }
}

/* As C++'s operator new does. */
KEEP PVOID OperatorNew(SIZE_T bytes) { return ExAllocatePoolWithTag(NonPagedPool, bytes, 'wen+'); }

/* SITE OneLevelA ExAllocatePoolWithTag 'W1aa' paged 204 */
/* SITE OneLevelA ExAllocatePoolWithTag 'W1ab' nonpaged 40 */
KEEP void OneLevelA(void) { Kept = Allocate(PagedPool, 0xcc, 'aa1W'); Kept = Allocate(NonPagedPool, 40, 'ba1W'); }

/* SITE OneLevelB ExAllocatePoolWithTag 'W1ba' nonpaged 44 */
KEEP void OneLevelB(int n) { if (n > 3) { Kept = Allocate(NonPagedPool, 44, 'ab1W'); } Something = n; }

/* SITE Standard ExAllocatePoolWithTag 'Wstd' nonpaged 80 */
KEEP void Standard(void) { Kept = AllocateStandard('dtsW', 64); Something++; }

/* SITE StandardToo ExAllocatePoolWithTag 'Wst2' nonpaged 48 */
KEEP void StandardToo(PVOID event) { KeSetEvent(event, 0, FALSE); Kept = AllocateStandard('2tsW', 32); KeClearEvent(event); }

/* SITE TwoLevelsA ExAllocatePoolWithTag 'W2aa' paged 52 */
KEEP void TwoLevelsA(void) { Kept = AllocateLogged('aa2W', 52, "a"); }

/* SITE TwoLevelsB ExAllocatePoolWithTag 'W2ba' paged 60 */
KEEP void TwoLevelsB(void) { Kept = AllocateLogged('ab2W', 60, "b"); Something++; }

/* SITE ThreeLevelsA ExAllocatePoolWithTag 'W3aa' paged 76 */
KEEP void ThreeLevelsA(void) { Kept = AllocateCounted("c", 'aa3W', 68); }

/* SITE ThreeLevelsB ExAllocatePoolWithTag 'W3ba' paged 108 */
KEEP void ThreeLevelsB(void) { Kept = AllocateCounted("d", 'ab3W', 100); Something++; }

/* SITE ManyA ExAllocatePoolWithTag 'Wma1' paged 12 */
KEEP void ManyA(int x) { Kept = AllocateMany(x, 2, x, 4, '1amW', 12); }

/* SITE ManyB ExAllocatePoolWithTag 'Wmb1' paged 20 */
KEEP void ManyB(int x) { Kept = AllocateMany(1, x, 3, x, '1bmW', 20); Something++; }

/* SITE NewA ExAllocatePoolWithTag '+new' nonpaged 24 */
KEEP void NewA(void) { Kept = OperatorNew(24); Something++; }

/* SITE NewB ExAllocatePoolWithTag '+new' nonpaged 136 */
KEEP void NewB(void) { Kept = OperatorNew(136); Something++; }

/* A tag that nobody can know: it comes from outside. */
/* SITE TagFromOutside ExAllocatePoolWithTag - paged 28 */
KEEP void TagFromOutside(void) { Kept = Allocate(PagedPool, 28, (ULONG) Something); }

/* FREE ReleaseA ExFreePoolWithTag 'W1aa' */
KEEP void ReleaseA(void) { Release(Kept, 'aa1W'); Something++; }

/* FREE ReleaseB ExFreePoolWithTag 'W1ab' */
KEEP void ReleaseB(void) { Release(Kept, 'ba1W'); Something++; }

/* Recursion must not go round for ever. */
static NOINLINE PVOID Recursive(ULONG tag, int depth)
{
    if (depth > 0) {
        Kept = Recursive(tag, depth - 1);
        Something++;
    }
    return ExAllocatePoolWithTag(PagedPool, 32, tag);
}

/* SITE StartsRecursion ExAllocatePoolWithTag 'Recu' paged 32 */
KEEP void StartsRecursion(void) { Kept = Recursive('uceR', (int) Something); }

/* SITE StartsRecursionToo ExAllocatePoolWithTag 'Rec2' paged 32 */
KEEP void StartsRecursionToo(void) { Kept = Recursive('2ceR', (int) Something + 1); Something++; }

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver UNUSED, PUNICODE_STRING path UNUSED)
{
    return STATUS_SUCCESS;
}
