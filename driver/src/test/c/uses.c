/* Tags that stand elsewhere too: compared with, kept in structures, in tables, as verifiers and the drivers' own block headers have them. */
#include "driver.h"

volatile LONG Something;
volatile PVOID Kept;

struct header { ULONG size; ULONG tag; };
struct list { struct header head; struct list *next; };

/* A table of tags, as drivers have that look for their own blocks. */
const ULONG Tags[] = {'aesU', 'desU', 'cesU', 'xesU'};
ULONG volatile Counted;

KEEP void AllocateUsed(void) { Kept = ExAllocatePoolWithTag(PagedPool, 0x40, 'desU'); }

KEEP void AllocateOnly(void) { Kept = ExAllocatePoolWithTag(PagedPool, 0x48, 'ylnO'); }

KEEP void AllocateToo(void) { Kept = ExAllocatePoolWithTag(NonPagedPool, 0x50, 'desU'); Something++; }

KEEP LONG Check(struct header *head) { return head->tag == 'desU' ? Something : 0; }

KEEP void Mark(struct list *list) { list->head.tag = 'desU'; Something++; }

KEEP LONG Find(ULONG tag, LONG from)
{
    for (LONG i = from; i < 4; i++) {
        if (Tags[i] == tag) {
            return i;
        }
    }
    return -1;
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    AllocateUsed();
    AllocateOnly();
    AllocateToo();
    Mark((struct list *) Kept);
    Counted = Check((struct header *) Kept) + Find((ULONG) (ULONG_PTR) path, Something);
    return STATUS_SUCCESS;
}
