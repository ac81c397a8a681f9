package org.poolscope.dfs.server;

import java.util.Arrays;
import org.poolscope.dfs.namespace.NamespaceFolder;

/** The forms in which folders are listed (MS-FSCC 2.4). */
enum ListingForm {
    DIRECTORY(1, 64, false, false, false),
    FULL(2, 68, true, false, false),
    BOTH(3, 94, true, true, false),
    NAMES(12, 12, false, false, false),
    ID_BOTH(37, 104, true, true, true),
    ID_FULL(38, 80, true, false, true);

    private final int informationClass;
    private final int fixedSize;
    private final boolean hasEaSize;
    private final boolean hasShortName;
    private final boolean hasId;

    ListingForm(int informationClass, int fixedSize, boolean hasEaSize, boolean hasShortName, boolean hasId) {
        this.informationClass = informationClass;
        this.fixedSize = fixedSize;
        this.hasEaSize = hasEaSize;
        this.hasShortName = hasShortName;
        this.hasId = hasId;
    }

    static ListingForm of(int informationClass) throws Refusal {
        return Arrays.stream(values()).filter(form -> form.informationClass == informationClass).findFirst()
                .orElseThrow(() -> new Refusal(NtStatus.INVALID_INFO_CLASS));
    }

    /** Bytes before the name. */
    int fixedSize() {
        return fixedSize;
    }

    /** Writes an entry, which says that none follows. */
    void write(Wire out, String name, NamespaceFolder folder, int index, FolderFacts facts) {
        out.u32(0).u32(index);
        if (this == NAMES) {
            out.u32(2L * name.length()).utf16(name);
            return;
        }
        facts.times(out).u64(0).u64(0).u32(FolderFacts.attributes(folder)).u32(2L * name.length());
        if (hasEaSize) {
            // for a reparse point its tag stands here
            out.u32(FolderFacts.tag(folder));
        }
        if (hasShortName) {
            out.u8(0).u8(0).zeros(24);
        }
        if (hasId) {
            out.zeros(hasShortName ? 2 : 4).u64(folder.id());
        }
        out.utf16(name);
    }
}
