/* Tags that depend on the way the code takes, pointers, memory: what can be known must be, what cannot must not be guessed. */
#include "driver.h"

volatile LONG Something;
volatile PVOID Kept;

typedef PVOID (NTAPI *ALLOCATOR)(POOL_TYPE, SIZE_T, ULONG);

NOINLINE void NTAPI Fills(PVOID into);

/* SITE TwoTags ExAllocatePoolWithTag 'Br0a' paged 64 */
/* SITE TwoTags ExAllocatePoolWithTag 'Bx1b' paged 64 */
KEEP void TwoTags(int which, PVOID event)
{
    ULONG tag = '0000';
    if (which) {
        KeClearEvent(event);
        tag = 'a0rB';
    } else {
        KeSetEvent(event, 0, FALSE);
        tag = 'b1xB';
    }
    Kept = ExAllocatePoolWithTag(PagedPool, 64, tag);
}

/* Two tags that differ by one: compilers compute them. */
/* SITE Neighbours ExAllocatePoolWithTag 'Nei0' nonpaged 48 */
/* SITE Neighbours ExAllocatePoolWithTag 'Nei1' nonpaged 48 */
KEEP void Neighbours(int which) { Kept = ExAllocatePoolWithTag(NonPagedPool, 48, which ? '1ieN' : '0ieN'); Something++; }

/* SITE ThreeSizes ExAllocatePoolWithTag '3Siz' paged 16,32,200 */
KEEP void ThreeSizes(int which)
{
    SIZE_T bytes = which == 1 ? 16 : which == 2 ? 32 : 200;
    Kept = ExAllocatePoolWithTag(PagedPool, bytes, 'ziS3');
    Something++;
}

/* SITE EitherPool ExAllocatePoolWithTag 'Eith' - 40 */
KEEP void EitherPool(int which) { Kept = ExAllocatePoolWithTag(which ? PagedPool : NonPagedPool, 40, 'htiE'); Something++; }

/* SITE Early ExAllocatePoolWithTag 'Earl' paged 36 */
KEEP NTSTATUS Early(int which, PVOID event)
{
    if (which == 7) {
        return STATUS_UNSUCCESSFUL;
    }
    if (which > 100) {
        KeSetEvent(event, 0, FALSE);
        return STATUS_PENDING;
    }
    while (which-- > 0) {
        KeClearEvent(event);
    }
    Kept = ExAllocatePoolWithTag(PagedPool, 36, 'lraE');
    return Kept ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* A pointer loaded earlier in the function, used twice. */
/* SITE LocalPointer ExAllocatePoolWithTag 'Ptr1' paged 16 */
/* SITE LocalPointer ExAllocatePoolWithTag 'Ptr2' nonpaged 32 */
KEEP void LocalPointer(PVOID event)
{
    ALLOCATOR allocate = ExAllocatePoolWithTag;
    Kept = allocate(PagedPool, 16, '1rtP');
    KeClearEvent(event);
    Kept = allocate(NonPagedPool, 32, '2rtP');
    Something++;
}

/* A variable that the driver sets once. */
static ALLOCATOR Chosen;
/* SITE ThroughVariable ExAllocatePoolWithTag 'Ptr3' paged 52 */
KEEP void ThroughVariable(void) { Kept = Chosen(PagedPool, 52, '3rtP'); Something++; }

/* A variable that may hold one of two functions: nothing can be said. */
static ALLOCATOR Doubtful;
KEEP void ThroughDoubtful(void) { Kept = Doubtful(PagedPool, 52, '4rtP'); Something++; }

/* Computed from something unknown. */
/* SITE Computed ExAllocatePoolWithTag - paged 20 */
KEEP void Computed(void) { Kept = ExAllocatePoolWithTag(PagedPool, 20, 'moC' | (ULONG) Something << 24); Something++; }

/* Loaded from memory. */
static volatile ULONG Tag = 'golT';
/* SITE FromVariable ExAllocatePoolWithTag - nonpaged 28 */
KEEP void FromVariable(void) { Kept = ExAllocatePoolWithTag(NonPagedPool, 28, Tag); Something++; }
KEEP void ChangesTag(ULONG to) { Tag = to; }

/* Somebody else may change what stands in the frame. */
/* SITE FromFrame ExAllocatePoolWithTag - paged 24 */
KEEP void FromFrame(void)
{
    struct { ULONG first; ULONG tag; } config;
    config.first = 1;
    config.tag = 'rfxE';
    Fills(&config);
    Kept = ExAllocatePoolWithTag(PagedPool, 24, config.tag);
    Something += config.first;
}

/* SITE FromFrameWhole ExAllocatePoolWithTag - paged 44 */
KEEP void FromFrameWhole(void)
{
    ULONG tag = 'hwxE';
    Fills(&tag);
    Kept = ExAllocatePoolWithTag(PagedPool, 44, tag);
    Something++;
}

/* An array in the frame, written at an unknown place. */
/* SITE FromArray ExAllocatePoolWithTag - nonpaged 60 */
KEEP void FromArray(int at)
{
    volatile ULONG tags[4];
    tags[0] = '0raA'; tags[1] = '1raA'; tags[2] = '2raA'; tags[3] = '3raA';
    tags[at & 3] = (ULONG) Something;
    Kept = ExAllocatePoolWithTag(NonPagedPool, 60, tags[2]);
}

/* The same tag in a structure nobody else sees. */
/* SITE FromOwnFrame ExAllocatePoolWithTag 'Ownf' paged 68 */
KEEP void FromOwnFrame(int which)
{
    struct { ULONG tag; ULONG size; } config;
    config.tag = 'fnwO';
    config.size = 68;
    if (which) {
        Something++;
    }
    Kept = ExAllocatePoolWithTag(PagedPool, config.size, config.tag);
    Something++;
}

/* Registers that a callee may use do not keep a tag. */
/* SITE Many ExAllocatePoolWithTag 'Man0' paged 16 */
/* SITE Many ExAllocatePoolWithTag 'Man1' paged 17 */
/* SITE Many ExAllocatePoolWithTag 'Man2' paged 18 */
/* SITE Many ExAllocatePoolWithTag 'Man3' nonpaged 19 */
/* SITE Many ExAllocatePoolWithTag 'Man0' nonpaged 20 */
KEEP void Many(void)
{
    PVOID a, b, c;
    a = ExAllocatePoolWithTag(PagedPool, 16, '0naM');
    b = ExAllocatePoolWithTag(PagedPool, 17, '1naM');
    c = ExAllocatePoolWithTag(PagedPool, 18, '2naM');
    if (!a || !b || !c) {
        if (a) { ExFreePool(a); }
        if (b) { ExFreePool(b); }
        if (c) { ExFreePool(c); }
        Kept = ExAllocatePoolWithTag(NonPagedPool, 19, '3naM');
        return;
    }
    Kept = a;
    Something += (LONG) (LONG_PTR) b + (LONG) (LONG_PTR) c;
    Kept = ExAllocatePoolWithTag(NonPagedPool, 20, '0naM');
}
/* FREE Many ExFreePool - */

/* A callback, reached only by its address. */
/* SITE Callback ExAllocatePoolWithTag 'Call' nonpaged 84 */
static NOINLINE NTSTATUS NTAPI Callback(PDEVICE_OBJECT device UNUSED, PIRP irp)
{
    Kept = ExAllocatePoolWithTag(NonPagedPool, 84, 'llaC');
    irp->IoStatus.Status = STATUS_SUCCESS;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

/* A large frame: stack probes. */
/* SITE LargeFrame ExAllocatePoolWithTag 'Larg' paged 92 */
KEEP void LargeFrame(int at)
{
    volatile char buffer[9000];
    buffer[at] = 1;
    Kept = ExAllocatePoolWithTag(PagedPool, 92, 'graL');
    Something += buffer[at + 1];
}

void NTAPI Fills(PVOID into) { *(volatile ULONG *) into = (ULONG) Something; ((volatile ULONG *) into)[1] = 'doog'; }

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path UNUSED)
{
    Chosen = ExAllocatePoolWithTag;
    Doubtful = Something ? (ALLOCATOR) ExAllocatePoolWithTag : (ALLOCATOR) ExAllocatePoolWithQuotaTag;
    driver->MajorFunction[IRP_MJ_CREATE] = Callback;
    return STATUS_SUCCESS;
}
