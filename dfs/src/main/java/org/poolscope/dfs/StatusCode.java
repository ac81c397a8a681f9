package org.poolscope.dfs;

import java.util.Map;

/** The NTSTATUS codes met where DFS referrals are asked for and followed, with their names (MS-ERREF 2.3.1). */
public final class StatusCode {

    private static final Map<Long, String> NAMES = Map.ofEntries(
            Map.entry(0L, "STATUS_SUCCESS"),
            Map.entry(0x103L, "STATUS_PENDING"),
            Map.entry(0x8000_0005L, "STATUS_BUFFER_OVERFLOW"),
            Map.entry(0x8000_002dL, "STATUS_STOPPED_ON_SYMLINK"),
            Map.entry(0xc000_0001L, "STATUS_UNSUCCESSFUL"),
            Map.entry(0xc000_000dL, "STATUS_INVALID_PARAMETER"),
            Map.entry(0xc000_000fL, "STATUS_NO_SUCH_FILE"),
            Map.entry(0xc000_0010L, "STATUS_INVALID_DEVICE_REQUEST"),
            Map.entry(0xc000_0016L, "STATUS_MORE_PROCESSING_REQUIRED"),
            Map.entry(0xc000_0022L, "STATUS_ACCESS_DENIED"),
            Map.entry(0xc000_0023L, "STATUS_BUFFER_TOO_SMALL"),
            Map.entry(0xc000_0033L, "STATUS_OBJECT_NAME_INVALID"),
            Map.entry(0xc000_0034L, "STATUS_OBJECT_NAME_NOT_FOUND"),
            Map.entry(0xc000_0039L, "STATUS_OBJECT_PATH_INVALID"),
            Map.entry(0xc000_003aL, "STATUS_OBJECT_PATH_NOT_FOUND"),
            Map.entry(0xc000_003bL, "STATUS_OBJECT_PATH_SYNTAX_BAD"),
            Map.entry(0xc000_006dL, "STATUS_LOGON_FAILURE"),
            Map.entry(0xc000_006eL, "STATUS_ACCOUNT_RESTRICTION"),
            Map.entry(0xc000_0071L, "STATUS_PASSWORD_EXPIRED"),
            Map.entry(0xc000_0072L, "STATUS_ACCOUNT_DISABLED"),
            Map.entry(0xc000_009aL, "STATUS_INSUFFICIENT_RESOURCES"),
            Map.entry(0xc000_00b5L, "STATUS_IO_TIMEOUT"),
            Map.entry(0xc000_00baL, "STATUS_FILE_IS_A_DIRECTORY"),
            Map.entry(0xc000_00bbL, "STATUS_NOT_SUPPORTED"),
            Map.entry(0xc000_00beL, "STATUS_BAD_NETWORK_PATH"),
            Map.entry(0xc000_00c3L, "STATUS_INVALID_NETWORK_RESPONSE"),
            Map.entry(0xc000_00c9L, "STATUS_NETWORK_NAME_DELETED"),
            Map.entry(0xc000_00caL, "STATUS_NETWORK_ACCESS_DENIED"),
            Map.entry(0xc000_00ccL, "STATUS_BAD_NETWORK_NAME"),
            Map.entry(0xc000_00d0L, "STATUS_REQUEST_NOT_ACCEPTED"),
            Map.entry(0xc000_0120L, "STATUS_CANCELLED"),
            Map.entry(0xc000_019cL, "STATUS_FS_DRIVER_REQUIRED"),
            Map.entry(0xc000_0203L, "STATUS_USER_SESSION_DELETED"),
            Map.entry(0xc000_020cL, "STATUS_CONNECTION_DISCONNECTED"),
            Map.entry(0xc000_0225L, "STATUS_NOT_FOUND"),
            Map.entry(0xc000_0257L, "STATUS_PATH_NOT_COVERED"),
            Map.entry(0xc000_026dL, "STATUS_DFS_UNAVAILABLE"),
            Map.entry(0xc000_035cL, "STATUS_NETWORK_SESSION_EXPIRED"));

    private StatusCode() {
    }

    /** A status as people read it: its name and number, or the number alone when it is not one of these. */
    public static String text(long status) {
        String number = String.format("0x%08x", status);
        String name = NAMES.get(status);
        return name == null ? number : name + " (" + number + ")";
    }
}
