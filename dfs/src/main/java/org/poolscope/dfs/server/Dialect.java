package org.poolscope.dfs.server;

import java.util.Arrays;
import java.util.Optional;

/** The dialects the server speaks, the newest last. */
enum Dialect {
    SMB_2_0_2(0x0202),
    SMB_2_1(0x0210),
    SMB_3_0(0x0300),
    SMB_3_0_2(0x0302),
    SMB_3_1_1(0x0311);

    private final int revision;

    Dialect(int revision) {
        this.revision = revision;
    }

    int revision() {
        return revision;
    }

    boolean isAtLeast(Dialect other) {
        return compareTo(other) >= 0;
    }

    static Optional<Dialect> of(int revision) {
        return Arrays.stream(values()).filter(dialect -> dialect.revision == revision).findFirst();
    }
}
