/* Structures of every kind a kernel's symbols have, and functions and variables to be found by name. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

typedef struct _LINK {
    struct _LINK *Flink;
    struct _LINK *Blink;
} LINK;

enum kind { SMALL, LARGE = 0x12345678, NEGATIVE = -5 };

typedef struct _HEADER {
    union {
        struct {
            u16 PreviousSize : 9;
            u16 PoolIndex : 7;
            u16 BlockSize : 9;
            u16 PoolType : 7;
        };
        u32 Ulong1;
    };
    u32 Tag;
} HEADER;

typedef struct _EVERYTHING {
    u8 First;
    LINK Links;
    HEADER Headers[3];
    u32 Grid[4][5];
    u64 Low : 20;
    u64 Middle : 40;
    u64 High : 4;
    enum kind Kind;
    const volatile u16 Fixed;
    void (*Callback)(struct _EVERYTHING *, int);
    struct _LATER *Later;
    struct { u32 A; union { u64 B; u8 C[8]; } Inner; } Named;
    double Real;
    signed char Sign;
    LINK *Pointers[7];
    u8 Large[0x9000];
    u32 AfterLarge;
    struct _HUGE *None;
} EVERYTHING;

struct _LATER { u8 Bytes[3]; u8 Open[]; };

u32 PoolTrackTable[16] = {1};
EVERYTHING Everything;
static u64 HiddenCounter = 7;
struct _LATER Late;

__attribute__((noinline)) int PublicFunction(int a)
{
    HiddenCounter += a;
    return (int) HiddenCounter + Everything.AfterLarge + Late.Bytes[1];
}

__attribute__((noinline)) static int hidden_function(int a)
{
    return PublicFunction(a) * 3 + (int) PoolTrackTable[a & 15];
}

int EntryPoint(void)
{
    return hidden_function(5) + PublicFunction(2);
}
