/* A driver of the Windows Driver Framework, as far as its allocations go: the structures are those of Microsoft's published source. */
#include "driver.h"

volatile LONG Something;
volatile PVOID Kept;

typedef void (*WDFFUNC)(void);
typedef struct { ULONG Size; PWCHAR Component; ULONG Major, Minor, Build; ULONG FuncCount; WDFFUNC *FuncTable; PVOID Module; } BIND_INFO;
typedef struct { ULONG Size; PVOID DeviceAdd; PVOID Unload; ULONG Flags; ULONG PoolTag; } DRIVER_CONFIG;
IMPORT NTSTATUS NTAPI WdfVersionBind(PDRIVER_OBJECT driver, PUNICODE_STRING path, BIND_INFO *info, PVOID *globals);

#ifdef TABLE_INSIDE
WDFFUNC WdfFunctions[300];
#define TABLE WdfFunctions
#define MINOR 9
#else
WDFFUNC *WdfFunctions;
#define TABLE (WDFFUNC *) &WdfFunctions
#define MINOR 15
#endif
PVOID WdfDriverGlobals;
BIND_INFO BindInfo = { sizeof(BIND_INFO), L"KmdfLibrary", 1, MINOR, 7600, 300, TABLE, NULL };

typedef NTSTATUS (NTAPI *MEMORY_CREATE)(PVOID, PVOID, POOL_TYPE, ULONG, SIZE_T, PVOID *, PVOID *);
typedef NTSTATUS (NTAPI *LOOKASIDE_CREATE)(PVOID, PVOID, SIZE_T, POOL_TYPE, PVOID, ULONG, PVOID *);
typedef NTSTATUS (NTAPI *DRIVER_CREATE)(PVOID, PVOID, PVOID, PVOID, DRIVER_CONFIG *, PVOID *);

/* SITE Memory WdfMemoryCreate 'WdfM' paged 120 */
KEEP NTSTATUS Memory(PVOID *memory, PVOID *buffer)
{
    return ((MEMORY_CREATE) WdfFunctions[192])(WdfDriverGlobals, NULL, PagedPool, 'MfdW', 120, memory, buffer);
}

/* SITE MemoryDefault WdfMemoryCreate - nonpaged 124 */
KEEP NTSTATUS MemoryDefault(PVOID *memory, PVOID *buffer)
{
    return ((MEMORY_CREATE) WdfFunctions[192])(WdfDriverGlobals, NULL, NonPagedPool, 0, 124, memory, buffer);
}

/* SITE List WdfLookasideListCreate 'WdfL' nonpaged 140 */
KEEP NTSTATUS List(PVOID *list)
{
    return ((LOOKASIDE_CREATE) WdfFunctions[198])(WdfDriverGlobals, NULL, 140, NonPagedPool, NULL, 'LfdW', list);
}

/* Another function of the framework. */
KEEP NTSTATUS Other(PVOID *list)
{
    return ((LOOKASIDE_CREATE) WdfFunctions[199])(WdfDriverGlobals, NULL, 140, NonPagedPool, NULL, 'XfdW', list);
}

/* SITE Create WdfDriverCreate 'WdfD' - - */
KEEP NTSTATUS Create(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    DRIVER_CONFIG config;
    config.Size = sizeof(config);
    config.DeviceAdd = (PVOID) Memory;
    config.Unload = NULL;
    config.Flags = 0;
    config.PoolTag = 'DfdW';
    return ((DRIVER_CREATE) WdfFunctions[116])(WdfDriverGlobals, driver, path, NULL, &config, NULL);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    NTSTATUS status = WdfVersionBind(driver, path, &BindInfo, &WdfDriverGlobals);
    return status < 0 ? status : Create(driver, path);
}
