package org.poolscope.dfs.message;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.poolscope.dfs.message.ReferralEntry.NameListEntry;
import org.poolscope.dfs.message.ReferralEntry.ShareEntry;
import org.poolscope.dfs.message.ReferralEntry.TargetEntry;

/**
 * A reply to a referral request: RESP_GET_DFS_REFERRAL (2.2.4).
 *
 * @param pathConsumed PathConsumed: bytes of the request's path the entries stand for
 * @param headerFlags ReferralHeaderFlags
 * @param entries the entries
 * @param strings how the strings are laid out after the entries
 * @param padding zero bytes after the last string
 */
public record ReferralReply(int pathConsumed, long headerFlags, List<ReferralEntry> entries, StringArea strings, int padding) {

    /** R: the targets can themselves answer referral requests. */
    public static final int FLAG_REFERRAL_SERVERS = 0x1;
    /** S: the targets hold files. */
    public static final int FLAG_STORAGE_SERVERS = 0x2;
    /** T: the client shall go back to the first target when it can; version 4 only. */
    public static final int FLAG_TARGET_FAILBACK = 0x4;
    /** Bytes before the first entry. */
    static final int HEADER_SIZE = 8;

    /** How strings that entries have in common are laid out. */
    public enum StringArea {
        /** Each entry has its own copy (Samba, later Windows). */
        SEPARATE,
        /** Equal DFS paths, and equal alternate paths, are written once (Windows Server 2003). */
        SHARED
    }

    /** Checks the parts and copies the list. */
    public ReferralReply {
        Objects.requireNonNull(strings, "strings");
        entries = List.copyOf(entries);
    }

    /** A reply with separate strings and no padding. */
    public ReferralReply(int pathConsumed, long headerFlags, List<ReferralEntry> entries) {
        this(pathConsumed, headerFlags, entries, StringArea.SEPARATE, 0);
    }

    /** Whether a header flag is set. */
    public boolean has(int flag) {
        return (headerFlags & flag) != 0;
    }

    /** Reads a reply. */
    public static Decoded<ReferralReply> decode(byte[] message) {
        return new ReplyDecoder(message).decode();
    }

    /**
     * The reply as bytes.
     *
     * @throws IllegalArgumentException when a string would stand more than 65535 bytes after its entry, or there are more
     *     entries than a 16-bit count can tell
     */
    public byte[] encode() {
        if (entries.size() > 0xffff) {
            throw new IllegalArgumentException("a reply has at most 65535 entries");
        }
        MessageWriter out = new MessageWriter().u16(pathConsumed).u16(entries.size()).u32(headerFlags);
        int[] starts = new int[entries.size()];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = out.length();
            fixedPart(out, entries.get(i));
        }
        Map<String, Integer> written = new HashMap<>();
        for (int i = 0; i < starts.length; i++) {
            strings(out, starts[i], entries.get(i), written);
        }
        return out.zeros(padding).bytes();
    }

    private static void fixedPart(MessageWriter out, ReferralEntry entry) {
        int start = out.length();
        out.u16(entry.version()).u16(entry.size()).u16(entry.serverType()).u16(entry.flags());
        switch (entry) {
            case ShareEntry share -> out.string(share.target());
            case TargetEntry target -> {
                if (target.version() == 2) {
                    out.u32(target.proximity());
                }
                out.u32(target.ttlSeconds()).u16(0).u16(0).u16(0);
                if (target.version() > 2) {
                    out.u64BigEndian(target.serviceSite().getMostSignificantBits())
                            .u64BigEndian(target.serviceSite().getLeastSignificantBits());
                }
            }
            case NameListEntry names -> out.u32(names.ttlSeconds()).u16(0).u16(names.expandedNames().size()).u16(0);
        }
        out.zeros(Math.max(0, entry.size() - (out.length() - start)));
    }

    private void strings(MessageWriter out, int start, ReferralEntry entry, Map<String, Integer> written) {
        switch (entry) {
            case ShareEntry share -> {
                // its string stands in the entry
            }
            case TargetEntry target -> {
                int offsets = start + (target.version() == 2 ? 16 : 12);
                out.patchU16(offsets, place(out, "path " + target.dfsPath(), target.dfsPath(), written) - start);
                out.patchU16(offsets + 2, place(out, "alternate " + target.alternatePath(), target.alternatePath(),
                        written) - start);
                out.patchU16(offsets + 4, out.length() - start);
                out.string(target.target());
            }
            case NameListEntry names -> {
                out.patchU16(start + 12, out.length() - start);
                out.string(names.specialName());
                if (!names.expandedNames().isEmpty()) {
                    out.patchU16(start + 16, out.length() - start);
                    names.expandedNames().forEach(out::string);
                }
            }
        }
    }

    private int place(MessageWriter out, String key, String text, Map<String, Integer> written) {
        Integer known = strings == StringArea.SHARED ? written.get(key) : null;
        if (known != null) {
            return known;
        }
        int at = out.length();
        written.put(key, at);
        out.string(text);
        return at;
    }
}
