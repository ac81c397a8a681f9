package org.poolscope.dfs.message;

import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** One entry of a referral reply (2.2.5). */
public sealed interface ReferralEntry {

    /** Flag of an entry that lists names instead of targets (2.2.5.3). */
    int FLAG_NAME_LIST = 0x2;
    /** Flag of the first entry of a target set, version 4 (2.2.5.4). */
    int FLAG_TARGET_SET_BOUNDARY = 0x4;

    /** VersionNumber, 1 to 4. */
    int version();

    /** Size in bytes, as the entry itself says: the next entry begins that far after this one. */
    int size();

    /** ServerType: 1 for root targets, 0 for others. */
    int serverType();

    /** ReferralEntryFlags. */
    int flags();

    /**
     * An entry of version 1 (2.2.5.1): a share name and nothing else, in the entry itself.
     *
     * @param size Size
     * @param serverType ServerType
     * @param flags ReferralEntryFlags
     * @param target ShareName
     */
    record ShareEntry(int size, int serverType, int flags, String target) implements ReferralEntry {

        static final int FIXED_SIZE = 8;

        /** Checks the target. */
        public ShareEntry {
            Objects.requireNonNull(target, "target");
        }

        /** An entry of the size its name needs. */
        public static ShareEntry of(int serverType, String target) {
            return new ShareEntry(FIXED_SIZE + 2 * (target.length() + 1), serverType, 0, target);
        }

        @Override
        public int version() {
            return 1;
        }
    }

    /**
     * A target of a root or link, version 2, 3 or 4 (2.2.5.2 to 2.2.5.4).
     *
     * @param version 2, 3 or 4
     * @param size Size; {@link #fixedSize} of the version unless the sender differs
     * @param serverType ServerType
     * @param flags ReferralEntryFlags
     * @param proximity Proximity, version 2 only; 0
     * @param ttlSeconds TimeToLive in seconds
     * @param dfsPath the DFS path of the root or link
     * @param alternatePath the same with short names
     * @param target NetworkAddress: {@code \server\share[\path]}
     * @param serviceSite ServiceSiteGuid, versions 3 and 4, the bytes in the order they stand; all zero
     */
    record TargetEntry(int version, int size, int serverType, int flags, long proximity, long ttlSeconds, String dfsPath,
            String alternatePath, String target, UUID serviceSite) implements ReferralEntry {

        /** The site identifier every sender writes. */
        public static final UUID NO_SITE = new UUID(0, 0);

        /** Checks the version and that the strings are there. */
        public TargetEntry {
            Objects.requireNonNull(dfsPath, "dfsPath");
            Objects.requireNonNull(alternatePath, "alternatePath");
            Objects.requireNonNull(target, "target");
            Objects.requireNonNull(serviceSite, "serviceSite");
            if (version < 2 || version > 4) {
                throw new IllegalArgumentException("target entries have version 2, 3 or 4, not " + version);
            }
        }

        /** An entry as a server makes it: usual size, both forms of the path the same. */
        public static TargetEntry of(int version, int serverType, int flags, long ttlSeconds, String dfsPath, String target) {
            return new TargetEntry(version, fixedSize(version), serverType, flags, 0, ttlSeconds, dfsPath, dfsPath, target,
                    NO_SITE);
        }

        static int fixedSize(int version) {
            return version == 2 ? 22 : 34;
        }
    }

    /**
     * Names of domains or domain controllers (2.2.5.3.2), version 3; the flag {@link #FLAG_NAME_LIST} is set.
     *
     * @param version 3, or 4 from a sender that errs
     * @param size Size: 18, or 34 with padding as older servers do
     * @param serverType ServerType
     * @param flags ReferralEntryFlags
     * @param ttlSeconds TimeToLive in seconds
     * @param specialName the domain
     * @param expandedNames its domain controllers; none in a domain referral
     */
    record NameListEntry(int version, int size, int serverType, int flags, long ttlSeconds, String specialName,
            List<String> expandedNames) implements ReferralEntry {

        static final int FIXED_SIZE = 18;

        /** Checks the name and copies the list. */
        public NameListEntry {
            Objects.requireNonNull(specialName, "specialName");
            expandedNames = List.copyOf(expandedNames);
        }

        /** An entry as a server makes it. */
        public static NameListEntry of(long ttlSeconds, String specialName, List<String> expandedNames) {
            return new NameListEntry(3, FIXED_SIZE, 0, FLAG_NAME_LIST, ttlSeconds, specialName, expandedNames);
        }
    }
}
