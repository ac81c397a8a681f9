/* A driver with everything a PE file can have that is looked at: exports, a forwarder, imports by number and delayed, a version. */
#include "driver.h"

volatile LONG Something;
volatile PVOID Kept;

IMPORT ULONG NTAPI ByNumber(ULONG a);
IMPORT ULONG NTAPI Delayed(ULONG a);
IMPORT ULONG NTAPI DelayedToo(ULONG a);

/* What resolves delayed imports; never called here. */
PVOID NTAPI __delayLoadHelper2(PVOID descriptor UNUSED, PVOID slot UNUSED) { return NULL; }

__declspec(dllexport) NOINLINE ULONG NTAPI Exported(ULONG a) { return ByNumber(a) + Delayed(a) + DelayedToo(a); }
__declspec(dllexport) ULONG ExportedData = 7;

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver UNUSED, PUNICODE_STRING path UNUSED)
{
    Kept = ExAllocatePoolWithTag(PagedPool, 0xcc, 'gamI');
    return (NTSTATUS) Exported(1);
}
