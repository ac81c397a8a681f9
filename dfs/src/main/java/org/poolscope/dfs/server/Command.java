package org.poolscope.dfs.server;

/** The commands of SMB2 (2.2.1.2), in the order of their codes, with the StructureSize of their requests. */
enum Command {
    NEGOTIATE(36),
    SESSION_SETUP(25),
    LOGOFF(4),
    TREE_CONNECT(9),
    TREE_DISCONNECT(4),
    CREATE(57),
    CLOSE(24),
    FLUSH(24),
    READ(49),
    WRITE(49),
    LOCK(48),
    IOCTL(57),
    CANCEL(4),
    ECHO(4),
    QUERY_DIRECTORY(33),
    CHANGE_NOTIFY(32),
    QUERY_INFO(41),
    SET_INFO(33),
    OPLOCK_BREAK(24);

    private static final Command[] ALL = values();

    private final int structureSize;

    Command(int structureSize) {
        this.structureSize = structureSize;
    }

    /** The command with a code; {@code null} when there is none. */
    static Command of(int code) {
        return code < ALL.length ? ALL[code] : null;
    }

    /** What StructureSize says; odd when a variable part follows, of which it counts one byte. */
    int structureSize() {
        return structureSize;
    }

    /** Bytes of the fixed part. */
    int fixedSize() {
        return structureSize & ~1;
    }
}
