package org.poolscope.dfs.server;

/** The NTSTATUS codes the server answers with (MS-ERREF 2.3.1), as unsigned numbers. */
final class NtStatus {

    static final long SUCCESS = 0;
    static final long PENDING = 0x0000_0103;
    static final long BUFFER_OVERFLOW = 0x8000_0005L;
    static final long NO_MORE_FILES = 0x8000_0006L;
    static final long INFO_LENGTH_MISMATCH = 0xc000_0004L;
    static final long INVALID_INFO_CLASS = 0xc000_0003L;
    static final long INVALID_PARAMETER = 0xc000_000dL;
    static final long NO_SUCH_FILE = 0xc000_000fL;
    static final long INVALID_DEVICE_REQUEST = 0xc000_0010L;
    static final long MORE_PROCESSING_REQUIRED = 0xc000_0016L;
    static final long ACCESS_DENIED = 0xc000_0022L;
    static final long OBJECT_NAME_INVALID = 0xc000_0033L;
    static final long OBJECT_NAME_NOT_FOUND = 0xc000_0034L;
    static final long OBJECT_NAME_COLLISION = 0xc000_0035L;
    static final long OBJECT_PATH_NOT_FOUND = 0xc000_003aL;
    static final long LOGON_FAILURE = 0xc000_006dL;
    static final long INSUFFICIENT_RESOURCES = 0xc000_009aL;
    static final long FILE_IS_A_DIRECTORY = 0xc000_00baL;
    static final long NOT_SUPPORTED = 0xc000_00bbL;
    static final long NETWORK_NAME_DELETED = 0xc000_00c9L;
    static final long BAD_NETWORK_NAME = 0xc000_00ccL;
    static final long REQUEST_NOT_ACCEPTED = 0xc000_00d0L;
    static final long CANCELLED = 0xc000_0120L;
    static final long FILE_CLOSED = 0xc000_0128L;
    static final long USER_SESSION_DELETED = 0xc000_0203L;
    static final long PATH_NOT_COVERED = 0xc000_0257L;
    static final long SMB_NO_PREAUTH_INTEGRITY_HASH_OVERLAP = 0xc05d_0000L;

    private NtStatus() {
    }
}
