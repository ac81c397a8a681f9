package org.poolscope.dfs.server;

import org.poolscope.dfs.namespace.NamespaceFolder;

/** What a client may ask about a folder or the volume it is on (MS-FSCC 2.4, 2.5). */
final class FolderFacts {

    private static final int DIRECTORY = 0x10;
    private static final int REPARSE_POINT = 0x400;
    private static final long TAG_DFS = 0x8000_000aL;
    private static final int TYPE_FILE = 1;
    private static final int TYPE_FILE_SYSTEM = 2;
    private static final int TYPE_SECURITY = 3;

    private final long time;

    /**
     * Facts about folders.
     *
     * @param time what is told as the time of all, as Windows counts it
     */
    FolderFacts(long time) {
        this.time = time;
    }

    static int attributes(NamespaceFolder folder) {
        return folder.link().isPresent() ? DIRECTORY | REPARSE_POINT : DIRECTORY;
    }

    Wire times(Wire out) {
        return out.u64(time).u64(time).u64(time).u64(time);
    }

    /** Answers QUERY_INFO (3.3.5.20): what the class of information holds, cut to the length the client takes. */
    Reply query(int type, int informationClass, long most, NamespaceFolder folder) throws Refusal {
        Wire out = new Wire(128);
        int least = switch (type) {
            case TYPE_FILE -> file(informationClass, folder, out);
            case TYPE_FILE_SYSTEM -> volume(informationClass, folder, out);
            case TYPE_SECURITY -> throw new Refusal(NtStatus.NOT_SUPPORTED);
            default -> throw new Refusal(NtStatus.INVALID_PARAMETER);
        };
        if (most < least) {
            throw new Refusal(NtStatus.INFO_LENGTH_MISMATCH);
        }
        boolean cut = out.length() > most;
        if (cut) {
            out.cutTo((int) most);
        }
        return new Reply(cut ? NtStatus.BUFFER_OVERFLOW : NtStatus.SUCCESS, output(out.toBytes()));
    }

    /** The body of a response that is nothing but a buffer: QUERY_INFO, QUERY_DIRECTORY. */
    static byte[] output(byte[] buffer) {
        return new Wire(8 + buffer.length).u16(9).u16(Request.HEADER_SIZE + 8).u32(buffer.length).bytes(buffer).toBytes();
    }

    /** Writes information about a folder; returns the bytes of its fixed part. */
    private int file(int informationClass, NamespaceFolder folder, Wire out) throws Refusal {
        switch (informationClass) {
            case 4 -> basic(folder, out);
            case 5 -> standard(out);
            case 6 -> out.u64(folder.id());
            case 7, 16, 17 -> out.u32(0);
            case 8 -> out.u32(SessionCommands.READ_ACCESS);
            case 14 -> out.u64(0);
            case 18 -> {
                basic(folder, out);
                standard(out);
                out.u64(folder.id()).u32(tag(folder)).u32(SessionCommands.READ_ACCESS).u64(0).u32(0).u32(0);
                int fixed = out.length() + 4;
                name(folder.parent() == folder ? "\\" : folder.pathBelowRoot(), out);
                return fixed;
            }
            case 22 -> {
                // a folder has no streams
            }
            case 34 -> times(out).u64(0).u64(0).u32(attributes(folder)).u32(0);
            case 35 -> out.u32(attributes(folder)).u32(tag(folder));
            case 48 -> {
                name(folder.parent() == folder ? "" : folder.pathBelowRoot().substring(1), out);
                return 4;
            }
            default -> throw new Refusal(NtStatus.INVALID_INFO_CLASS);
        }
        return out.length();
    }

    private void basic(NamespaceFolder folder, Wire out) {
        times(out).u32(attributes(folder)).u32(0);
    }

    private static void standard(Wire out) {
        out.u64(0).u64(0).u32(1).u8(0).u8(1).u16(0);
    }

    private static void name(String text, Wire out) {
        out.u32(2L * text.length()).utf16(text);
    }

    static long tag(NamespaceFolder folder) {
        return folder.link().isPresent() ? TAG_DFS : 0;
    }

    private int volume(int informationClass, NamespaceFolder folder, Wire out) throws Refusal {
        switch (informationClass) {
            case 1 -> {
                NamespaceFolder root = folder;
                while (root.parent() != root) {
                    root = root.parent();
                }
                out.u64(time).u32(Integer.toUnsignedLong(root.name().hashCode())).u32(2L * root.name().length()).u8(0).u8(0);
                int fixed = out.length();
                out.utf16(root.name());
                return fixed;
            }
            case 3 -> out.u64(0).u64(0).u32(1).u32(512);
            // a disk, remote
            case 4 -> out.u32(7).u32(0x10);
            case 5 -> {
                // case preserved, Unicode, reparse points, read only
                out.u32(0x0008_0086).u32(255).u32(8);
                int fixed = out.length();
                out.utf16("NTFS");
                return fixed;
            }
            case 7 -> out.u64(0).u64(0).u64(0).u32(1).u32(512);
            default -> throw new Refusal(NtStatus.INVALID_INFO_CLASS);
        }
        return out.length();
    }
}
