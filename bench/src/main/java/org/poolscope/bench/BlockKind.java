package org.poolscope.bench;

import java.util.ArrayList;
import java.util.List;
import org.poolscope.model.PoolKind;

/**
 * A tag and how its driver uses the pool. The mix is that of a busy server as public listings show it: a few tags hold most blocks, and
 * hundreds hold a few.
 *
 * @param tag the tag
 * @param owner the module that allocates under it
 * @param pool where
 * @param least the smallest request in bytes
 * @param most the largest
 * @param weight how often, compared with the others
 * @param hashed whether its blocks hang in a hash table, scattered over memory; otherwise they are one list in the order they were made
 */
record BlockKind(String tag, String owner, PoolKind pool, int least, int most, int weight, boolean hashed) {

    private static final int RARE_TAGS = 480;
    private static final String[] RARE_OWNERS = {"Ntfs.sys", "tcpip.sys", "fltmgr.sys", "ndis.sys"};

    private static final List<BlockKind> COMMON = List.of(
            new BlockKind("File", "ntoskrnl.exe", PoolKind.NONPAGED, 184, 184, 900, true),
            new BlockKind("Even", "ntoskrnl.exe", PoolKind.NONPAGED, 48, 48, 1500, true),
            new BlockKind("MmCa", "ntoskrnl.exe", PoolKind.NONPAGED, 160, 280, 700, true),
            new BlockKind("Irp ", "ntoskrnl.exe", PoolKind.NONPAGED, 280, 640, 200, false),
            new BlockKind("Vad ", "ntoskrnl.exe", PoolKind.NONPAGED, 64, 64, 900, true),
            new BlockKind("AfdC", "afd.sys", PoolKind.NONPAGED, 240, 360, 300, false),
            new BlockKind("TCPc", "tcpip.sys", PoolKind.NONPAGED, 72, 400, 500, true),
            new BlockKind("LSwi", "srv.sys", PoolKind.NONPAGED, 2048, 2560, 6, false),
            new BlockKind("Ntfn", "Ntfs.sys", PoolKind.NONPAGED, 80, 400, 400, true),
            new BlockKind("NDnd", "ndis.sys", PoolKind.NONPAGED, 500, 1400, 60, false),
            new BlockKind("Thre", "ntoskrnl.exe", PoolKind.NONPAGED, 1200, 1200, 20, false),
            new BlockKind("MmSt", "ntoskrnl.exe", PoolKind.PAGED, 64, 900, 900, true),
            new BlockKind("CM25", "ntoskrnl.exe", PoolKind.PAGED, 32, 600, 700, false),
            new BlockKind("Ntff", "Ntfs.sys", PoolKind.PAGED, 900, 1000, 200, true),
            new BlockKind("NtfF", "Ntfs.sys", PoolKind.PAGED, 320, 432, 500, true),
            new BlockKind("FMfn", "fltmgr.sys", PoolKind.PAGED, 160, 320, 400, false),
            new BlockKind("Toke", "ntoskrnl.exe", PoolKind.PAGED, 700, 1500, 60, false),
            new BlockKind("ObSq", "ntoskrnl.exe", PoolKind.PAGED, 40, 64, 600, true),
            new BlockKind("SeTd", "ntoskrnl.exe", PoolKind.PAGED, 40, 300, 300, false),
            new BlockKind("Key ", "ntoskrnl.exe", PoolKind.PAGED, 64, 128, 900, true),
            new BlockKind("Sect", "ntoskrnl.exe", PoolKind.PAGED, 72, 112, 600, true),
            new BlockKind("IoNm", "ntoskrnl.exe", PoolKind.PAGED, 40, 300, 900, false),
            new BlockKind("RxM4", "rdbss.sys", PoolKind.PAGED, 300, 700, 100, true));

    /** All kinds of a machine. */
    static List<BlockKind> all() {
        List<BlockKind> kinds = new ArrayList<>(COMMON);
        for (int i = 0; i < RARE_TAGS; i++) {
            int least = 24 + i * 37 % 400;
            kinds.add(new BlockKind(String.format("%c%c%02d", 'A' + i % 26, 'a' + i / 26, i % 100),
                    RARE_OWNERS[i % RARE_OWNERS.length], i % 2 == 0 ? PoolKind.PAGED : PoolKind.NONPAGED, least,
                    least + i % 7 * 40, 1, i % 3 == 0));
        }
        return kinds;
    }
}
