package org.poolscope.dfs.message;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.poolscope.dfs.message.ReferralEntry.NameListEntry;
import org.poolscope.dfs.message.ReferralEntry.ShareEntry;
import org.poolscope.dfs.message.ReferralEntry.TargetEntry;
import org.poolscope.dfs.message.ReferralReply.StringArea;

/**
 * Decodes one referral reply.
 *
 * <p>Entries are found first, by Size (a Size too small for the version is replaced by the version's usual one, which is where
 * such an entry must end); then the strings, which may stand only after the last entry.
 */
final class ReplyDecoder {

    private static final int ENTRY_HEADER = 8;

    private final Breaches breaches = new Breaches();
    private final MessageBytes bytes;
    private final List<ReferralEntry> entries = new ArrayList<>();
    private int found;
    /** Names may be listed over and over; no more are read in all than could stand in the message once. */
    private int namesLeft;
    private boolean shared;
    private int firstPathAt = -1;
    private int pathsRead;

    ReplyDecoder(byte[] message) {
        this.bytes = new MessageBytes(message, breaches);
        this.namesLeft = message.length / 2;
    }

    Decoded<ReferralReply> decode() {
        if (bytes.length() < ReferralReply.HEADER_SIZE) {
            breaches.add(Breach.Kind.CUT_HEADER, bytes.length(), -1,
                    "a referral reply has at least 8 bytes, this one has " + bytes.length());
            return new Decoded<>(Optional.empty(), breaches.list());
        }
        int count = bytes.u16(2);
        int[] starts = new int[Math.min(count, bytes.length() / ENTRY_HEADER)];
        int end = findEntries(starts, count);
        for (int i = 0; i < found; i++) {
            entries.add(entry(i, starts[i], end));
        }
        int textEnd = Math.max(bytes.lastStringEnd(), end);
        int padding = bytes.isZero(textEnd, bytes.length()) ? bytes.length() - textEnd : 0;
        return new Decoded<>(Optional.of(new ReferralReply(bytes.u16(0), bytes.u32(4), entries,
                shared ? StringArea.SHARED : StringArea.SEPARATE, padding)), breaches.list());
    }

    /** Finds where entries start, as far as the message reaches; returns where the last one ends. */
    private int findEntries(int[] starts, int count) {
        int at = ReferralReply.HEADER_SIZE;
        for (int i = 0; i < count; i++) {
            if (!bytes.holds(at, ENTRY_HEADER)) {
                cut(i, at, count);
                return at;
            }
            int version = bytes.u16(at);
            int size = bytes.u16(at + 2);
            int least = leastSize(version, at);
            if (version < 1 || version > 4) {
                breaches.add(Breach.Kind.UNKNOWN_VERSION, at, i, "the entry has version " + version
                        + ", which the protocol does not have");
                if (size < ENTRY_HEADER) {
                    return at;
                }
                // nothing is known of its inside: it is passed over, and later entries keep their numbers only in breaches
                at += size;
                continue;
            }
            if (size < least || (size & 1) != 0) {
                breaches.add(Breach.Kind.ENTRY_SIZE, at + 2, i, "the entry's Size is " + size + "; version " + version
                        + " has at least "
                        + least + " bytes, and an even number of them");
            }
            int step = version == 1 && size < least ? least : Math.max(size, least);
            if (!bytes.holds(at, least)) {
                cut(i, at, count);
                return at;
            }
            starts[found++] = at;
            if (!bytes.holds(at, step)) {
                breaches.add(Breach.Kind.CUT_ENTRY, at, i, "the entry's Size is " + size + ", but only " + (bytes.length() - at)
                        + " bytes are left");
                if (i + 1 < count) {
                    cut(i + 1, bytes.length(), count);
                }
                return at + least;
            }
            at += step;
        }
        return at;
    }

    private int leastSize(int version, int at) {
        return switch (version) {
            case 2 -> TargetEntry.fixedSize(2);
            case 3, 4 -> isNameList(at) ? NameListEntry.FIXED_SIZE : TargetEntry.fixedSize(version);
            default -> ShareEntry.FIXED_SIZE;
        };
    }

    private boolean isNameList(int at) {
        return (bytes.u16(at + 6) & ReferralEntry.FLAG_NAME_LIST) != 0;
    }

    private void cut(int entry, int at, int count) {
        breaches.add(Breach.Kind.CUT_ENTRY, at, entry, "the header counts " + count + " entries, but the message ends after "
                + entry);
    }

    private ReferralEntry entry(int number, int at, int end) {
        int version = bytes.u16(at);
        int size = bytes.u16(at + 2);
        int serverType = bytes.u16(at + 4);
        int flags = bytes.u16(at + 6);
        if (version == 1) {
            String target = bytes.string(at + ENTRY_HEADER, at + ENTRY_HEADER, number, "the share name");
            if (bytes.endOf(at + ENTRY_HEADER) > at + Math.max(size, ENTRY_HEADER)) {
                breaches.add(Breach.Kind.ENTRY_SIZE, at + 2, number, "the share name reaches beyond the entry's Size of " + size);
            }
            return new ShareEntry(size, serverType, flags, target);
        }
        if (version > 2 && isNameList(at)) {
            return nameList(number, at, end);
        }
        int fields = at + (version == 2 ? 12 : 8);
        int offsets = fields + 4;
        int pathAt = at + bytes.u16(offsets);
        noteSharing(pathAt);
        String path = bytes.string(pathAt, end, number, "the DFS path");
        String alternate = bytes.string(at + bytes.u16(offsets + 2), end, number, "the alternate DFS path");
        String target = bytes.string(at + bytes.u16(offsets + 4), end, number, "the target");
        return new TargetEntry(version, size, serverType, flags, version == 2 ? bytes.u32(at + 8) : 0, bytes.u32(fields), path,
                alternate, target, version == 2 ? TargetEntry.NO_SITE : new UUID(bytes.u64BigEndian(at + 18),
                bytes.u64BigEndian(at + 26)));
    }

    private void noteSharing(int pathAt) {
        shared |= pathsRead > 0 && pathAt == firstPathAt;
        firstPathAt = pathsRead++ == 0 ? pathAt : firstPathAt;
    }

    private NameListEntry nameList(int number, int at, int end) {
        int count = bytes.u16(at + 14);
        int namesAt = at + bytes.u16(at + 16);
        String special = bytes.string(at + bytes.u16(at + 12), end, number, "the special name");
        List<String> names = new ArrayList<>(Math.min(count, 64));
        for (int i = 0; i < count; i++) {
            if (namesAt >= bytes.length()) {
                breaches.add(Breach.Kind.STRING_OUTSIDE, namesAt, number,
                        "the entry counts " + count + " names, but the message ends after " + i);
                break;
            }
            if (namesLeft-- <= 0) {
                breaches.add(Breach.Kind.TOO_MUCH_TEXT, namesAt, number,
                        "the entries list the same names over and over; the rest was not read");
                namesLeft = 0;
                break;
            }
            names.add(bytes.string(namesAt, end, number, "name " + i));
            int next = bytes.endOf(namesAt);
            if (next <= namesAt) {
                break;
            }
            namesAt = next;
        }
        return new NameListEntry(bytes.u16(at), bytes.u16(at + 2), bytes.u16(at + 4), bytes.u16(at + 6), bytes.u32(at + 8),
                special, names);
    }
}
