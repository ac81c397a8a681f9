/* Calls with constants, of every kind of function, straight, through thunks, in tail position, in loops and switches. */
#include "driver.h"

volatile LONG Something;
volatile PVOID Kept;
static KSPIN_LOCK Lock;

/* SITE PlainPaged ExAllocatePoolWithTag 'Mup ' paged 204 */
KEEP void PlainPaged(void) { Kept = ExAllocatePoolWithTag(PagedPool, 0xcc, ' puM'); }

/* SITE PlainNonpaged ExAllocatePoolWithTag 'Io  ' nonpaged 36 */
KEEP void PlainNonpaged(void) { Kept = ExAllocatePoolWithTag(NonPagedPool, 36, '  oI'); }

/* SITE Protected ExAllocatePoolWithTag 'Prot' nonpaged 16 */
KEEP void Protected(void) { Kept = ExAllocatePoolWithTag(NonPagedPool, 16, 'torP' | 0x80000000); }

/* SITE Tagless ExAllocatePool 'None' paged 48 */
KEEP void Tagless(void) { Kept = ExAllocatePool(PagedPool, 48); }

/* SITE Quota ExAllocatePoolWithQuotaTag 'Quot' paged 100 */
KEEP void Quota(void) { Kept = ExAllocatePoolWithQuotaTag(PagedPool, 100, 'touQ'); }

/* SITE TaglessQuota ExAllocatePoolWithQuota 'None' nonpaged 24 */
KEEP void TaglessQuota(void) { Kept = ExAllocatePoolWithQuota(NonPagedPool, 24); }

/* SITE Priority ExAllocatePoolWithTagPriority 'Prio' nonpaged 4096 */
KEEP void Priority(void) { Kept = ExAllocatePoolWithTagPriority(NonPagedPool, 4096, 'oirP', NormalPoolPriority); }

/* SITE NewPaged ExAllocatePool2 'New2' paged 64 */
KEEP void NewPaged(void) { Kept = ExAllocatePool2(0x100, 64, '2weN'); }

/* SITE NewNonpaged ExAllocatePool2 'NewN' nonpaged 72 */
KEEP void NewNonpaged(void) { Kept = ExAllocatePool2(0x40, 72, 'NweN'); }

/* SITE Newer ExAllocatePool3 'New3' nonpaged 80 */
KEEP void Newer(void) { Kept = ExAllocatePool3(0x80, 80, '3weN', NULL, 0); }

/* SITE Filter FltAllocatePoolAlignedWithTag 'FltA' nonpaged 512 */
KEEP void Filter(PVOID instance) { Kept = FltAllocatePoolAlignedWithTag(instance, NonPagedPool, 512, 'AtlF'); }

/* SITE Network NdisAllocateMemoryWithTag 'Ndis' nonpaged 1514 */
KEEP int Network(PVOID *into) { return NdisAllocateMemoryWithTag(into, 1514, 'sidN'); }

/* SITE NetworkPriority NdisAllocateMemoryWithTagPriority 'NdPr' nonpaged 128 */
KEEP void NetworkPriority(PVOID handle) { Kept = NdisAllocateMemoryWithTagPriority(handle, 128, 'rPdN', 1); }

/* SITE Storage StorPortExtendedFunction 'Stor' nonpaged 256 */
KEEP void Storage(PVOID extension) { PVOID block; StorPortExtendedFunction(0, extension, 256, 'rotS', &block); Kept = block; }

/* FREE StorageFree StorPortExtendedFunction - */
KEEP void StorageFree(PVOID extension, PVOID block) { StorPortExtendedFunction(1, extension, block); }

/* Not an allocation: another function of the storage port. */
KEEP void StorageOther(PVOID extension) { StorPortExtendedFunction(5, extension, 256, 'rotX', NULL); }

/* SITE Video VideoPortAllocatePool 'Vide' paged 300 */
KEEP void Video(PVOID extension) { Kept = VideoPortAllocatePool(extension, 1, 300, 'ediV'); }

/* SITE Thunked FsRtlAllocatePoolWithTag 'Thnk' paged 40 */
KEEP void Thunked(void) { Kept = FsRtlAllocatePoolWithTag(PagedPool, 40, 'knhT'); Something++; }

/* SITE Tail ExAllocatePoolWithTag 'Tail' nonpaged 88 */
KEEP PVOID NTAPI Tail(POOL_TYPE a UNUSED, SIZE_T b UNUSED, ULONG c UNUSED) { return ExAllocatePoolWithTag(NonPagedPool, 88, 'liaT'); }

/* SITE Lookaside ExInitializeNPagedLookasideList 'LkNp' nonpaged 96 */
KEEP void Lookaside(PNPAGED_LOOKASIDE_LIST list) { ExInitializeNPagedLookasideList(list, NULL, NULL, 0, 96, 'pNkL', 0); }

/* SITE LookasidePaged ExInitializePagedLookasideList 'LkPg' paged 104 */
KEEP void LookasidePaged(PPAGED_LOOKASIDE_LIST list) { ExInitializePagedLookasideList(list, NULL, NULL, 0, 104, 'gPkL', 0); }

/* FREE FreeAny ExFreePool - */
KEEP void FreeAny(PVOID block) { ExFreePool(block); Something++; }

/* FREE FreeTagged ExFreePoolWithTag 'Mup ' */
KEEP void FreeTagged(PVOID block) { ExFreePoolWithTag(block, ' puM'); Something++; }

/* FREE FreeZero ExFreePoolWithTag - */
KEEP void FreeZero(PVOID block) { ExFreePoolWithTag(block, 0); Something++; }

/* FREE FreeNewer ExFreePool2 'New3' */
KEEP void FreeNewer(PVOID block) { ExFreePool2(block, '3weN', NULL, 0); Something++; }

/* FREE FreeAligned FltFreePoolAlignedWithTag 'FltA' */
KEEP void FreeAligned(PVOID instance, PVOID block) { FltFreePoolAlignedWithTag(instance, block, 'AtlF'); Something++; }

/* A constant that is kept in a register over other calls, and used twice. */
/* SITE KeptOver ExAllocatePoolWithTag 'Kept' paged 16 */
/* SITE KeptOver ExAllocatePoolWithTag 'Kept' nonpaged 32 */
KEEP void KeptOver(void)
{
    KIRQL irql;
    Kept = ExAllocatePoolWithTag(PagedPool, 16, 'tpeK');
    KeAcquireSpinLock(&Lock, &irql);
    Something++;
    KeReleaseSpinLock(&Lock, irql);
    Kept = ExAllocatePoolWithTag(NonPagedPool, 32, 'tpeK');
}

/* In a loop, after calls that take arguments on the stack. */
/* SITE Loop ExAllocatePoolWithTag 'Loop' paged 56 */
KEEP void Loop(int count)
{
    int i;
    LARGE_INTEGER delay;
    delay.QuadPart = -1000;
    for (i = 0; i < count; i++) {
        KeDelayExecutionThread(KernelMode, FALSE, &delay);
        Kept = ExAllocatePoolWithTag(PagedPool, 56, 'pooL');
    }
}

/* Through a jump table. */
/* SITE Switch ExAllocatePoolWithTag 'Sw00' paged 8 */
/* SITE Switch ExAllocatePoolWithTag 'Sw01' nonpaged 16 */
/* SITE Switch ExAllocatePoolWithTag 'Sw02' paged 24 */
/* SITE Switch ExAllocatePoolWithTag 'Sw03' nonpaged 32 */
/* SITE Switch ExAllocatePoolWithTag 'Sw04' paged 40 */
KEEP void Switch(int which, PVOID event)
{
    switch (which) {
    case 0: Kept = ExAllocatePoolWithTag(PagedPool, 8, '00wS'); Something = 1; break;
    case 1: KeSetEvent(event, 0, FALSE); Kept = ExAllocatePoolWithTag(NonPagedPool, 16, '10wS'); break;
    case 2: Kept = ExAllocatePoolWithTag(PagedPool, 24, '20wS'); KeClearEvent(event); break;
    case 3: KeSetEvent(event, 1, FALSE); Kept = ExAllocatePoolWithTag(NonPagedPool, 32, '30wS'); KeClearEvent(event); break;
    case 4: Something = 7; Kept = ExAllocatePoolWithTag(PagedPool, 40, '40wS'); Something = 3; break;
    case 5: KeSetEvent(event, 2, TRUE); break;
    case 6: KeClearEvent(event); break;
    }
}

/* A size the caller gives, in a function that does more than allocate. */
/* SITE SizeGiven ExAllocatePoolWithTag 'Size' paged - */
KEEP PVOID SizeGiven(SIZE_T bytes, PVOID event)
{
    PVOID block = ExAllocatePoolWithTag(PagedPool, bytes, 'eziS');
    KeSetEvent(event, 0, FALSE);
    KeClearEvent(event);
    return block;
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver UNUSED, PUNICODE_STRING path UNUSED)
{
    Kept = SizeGiven((SIZE_T) Something, Kept);
    return STATUS_SUCCESS;
}
