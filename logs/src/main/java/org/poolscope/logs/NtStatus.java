package org.poolscope.logs;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A status code of the Windows kernel, of the few that tell of memory running out or of DFS going wrong ([MS-ERREF] 2.3.1).
 *
 * @param code the code, 0 to 2^32 - 1
 * @param name its name in the Windows headers
 * @param meaning what it says, in our words
 */
public record NtStatus(long code, String name, String meaning) {

    private static final Map<Long, NtStatus> KNOWN = load();

    private static Map<Long, NtStatus> load() {
        Map<Long, NtStatus> known = new HashMap<>();
        for (List<String> row : DataTable.rows("ntstatus.tsv", 3)) {
            long code = Long.parseLong(row.get(0), 16);
            known.put(code, new NtStatus(code, row.get(1), row.get(2)));
        }
        return Map.copyOf(known);
    }

    /** The status of this code, if it is one of those. */
    public static Optional<NtStatus> of(long code) {
        return Optional.ofNullable(KNOWN.get(code & 0xffff_ffffL));
    }

    /** The code as people quote it: {@code 0xc000009a}. */
    public String hex() {
        return "0x" + Long.toHexString(code);
    }
}
