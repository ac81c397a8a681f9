package org.poolscope.dfs.server;

import java.util.ArrayList;
import java.util.List;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.namespace.NamespaceFolder;
import org.poolscope.dfs.namespace.NamespaceRoot;
import org.poolscope.dfs.namespace.NamespaceRoot.Place;

/** CREATE, CLOSE, QUERY_INFO and QUERY_DIRECTORY on folders of a namespace, which can be looked at and not changed. */
final class FolderCommands {

    /** Write, append, attributes, delete, permissions, owner, and the generic rights that hold them (MS-DTYP 2.4.3). */
    private static final int CHANGES = 0x0000_0156 | 0x000d_0000 | 0x4000_0000 | 0x1000_0000;
    private static final int OPEN = 1;
    private static final int CREATE = 2;
    private static final int OPEN_IF = 3;
    private static final int OVERWRITE = 4;
    private static final int LAST_DISPOSITION = 5;
    private static final int NON_DIRECTORY = 0x40;
    private static final int DELETE_ON_CLOSE = 0x1000;
    private static final int WAS_OPENED = 1;
    private static final int LONGEST_PATTERN = 255;
    private static final int RESTART = 0x1;
    private static final int SINGLE = 0x2;
    private static final int REOPEN = 0x10;
    private static final int WITH_ATTRIBUTES = 1;

    private final ServerContext server;
    private final FolderFacts facts;

    FolderCommands(ServerContext server) {
        this.server = server;
        this.facts = new FolderFacts(server.started());
    }

    /** CREATE (3.3.5.9): opens a folder. */
    Reply create(Request request, Session session, Session.Tree tree, java.util.function.Consumer<Session.Open> chosen) throws Refusal {
        String name = request.text(request.u16(44), request.u16(46));
        int disposition = request.s32(36);
        int options = request.s32(40);
        if (disposition < 0 || disposition > LAST_DISPOSITION || name.startsWith("\\")) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        if (tree.root().isEmpty()) {
            // there are no pipes
            throw new Refusal(NtStatus.OBJECT_NAME_NOT_FOUND);
        }
        if (name.chars().anyMatch(c -> c < ' ' || "*?\"<>|/".indexOf(c) >= 0)) {
            throw new Refusal(NtStatus.OBJECT_NAME_INVALID);
        }
        NamespaceFolder folder = find(tree.root().get(), name, request.has(Request.FLAG_DFS), disposition);
        int access = request.s32(24);
        if (disposition == CREATE) {
            throw new Refusal(NtStatus.OBJECT_NAME_COLLISION);
        }
        if ((options & NON_DIRECTORY) != 0) {
            throw new Refusal(NtStatus.FILE_IS_A_DIRECTORY);
        }
        boolean opens = disposition == OPEN || disposition == OPEN_IF;
        if (!opens || access == 0 || (access & CHANGES) != 0 || (options & DELETE_ON_CLOSE) != 0) {
            throw new Refusal(NtStatus.ACCESS_DENIED);
        }
        Session.Open open = session.open(server.nextOpen(), tree, folder, server.limits().opensPerSession());
        chosen.accept(open);
        Wire out = new Wire(88).u16(89).u8(0).u8(0).u32(WAS_OPENED);
        facts.times(out).u64(0).u64(0).u32(FolderFacts.attributes(folder)).u32(0).u64(open.id()).u64(open.id()).u32(0).u32(0);
        return Reply.of(out);
    }

    /** With the header's DFS flag the name begins with server and share (2.2.13), though some clients set it and leave them out. */
    private static NamespaceFolder find(NamespaceRoot root, String name, boolean full, int disposition) throws Refusal {
        DfsPath path = DfsPath.of(name);
        int skip = full && path.components() >= 2 && path.component(1).equalsIgnoreCase(root.name()) ? 2 : 0;
        return switch (root.find(path, skip)) {
            case Place.InRoot found -> found.folder();
            case Place.AtOrBelowLink link -> throw new Refusal(NtStatus.PATH_NOT_COVERED);
            case Place.Nowhere nowhere -> {
                boolean makes = disposition != OPEN && disposition != OVERWRITE;
                throw new Refusal(!nowhere.parentThere() ? NtStatus.OBJECT_PATH_NOT_FOUND
                        : makes ? NtStatus.ACCESS_DENIED : NtStatus.OBJECT_NAME_NOT_FOUND);
            }
        };
    }

    /** CLOSE (3.3.5.10). */
    Reply close(Request request, Session session, Session.Open open) {
        session.close(open);
        boolean told = (request.u16(2) & WITH_ATTRIBUTES) != 0;
        Wire out = new Wire(60).u16(60).u16(told ? WITH_ATTRIBUTES : 0).u32(0);
        return Reply.of(told ? facts.times(out).u64(0).u64(0).u32(FolderFacts.attributes(open.folder())) : out.zeros(52));
    }

    /** QUERY_INFO (3.3.5.20). */
    Reply queryInfo(Request request, Session.Open open) throws Refusal {
        return facts.query(request.u8(2), request.u8(3), length(request), open.folder());
    }

    private static long length(Request request) throws Refusal {
        if (request.u32(4) > Negotiation.MAX_TRANSACT) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        return request.u32(4);
    }

    /** QUERY_DIRECTORY (3.3.5.18). */
    Reply queryDirectory(Request request, Session.Open open) throws Refusal {
        ListingForm form = ListingForm.of(request.u8(2));
        int flags = request.u8(3);
        int most = (int) length28(request);
        String pattern = request.text(request.u16(24), request.u16(26));
        if (pattern.length() > LONGEST_PATTERN) {
            throw new Refusal(NtStatus.OBJECT_NAME_INVALID);
        }
        boolean begins = open.pattern() == null || (flags & (RESTART | REOPEN)) != 0;
        if (begins) {
            open.list(new NamePattern(pattern), 0);
        }
        List<NamespaceFolder> all = listed(open.folder());
        Wire out = new Wire(Math.min(most, 4096));
        int last = -1;
        int place = open.place();
        for (; place < all.size(); place++) {
            String name = name(place, all.get(place));
            if (!open.pattern().fits(name)) {
                continue;
            }
            int start = out.length() + 7 & ~7;
            if (start + form.fixedSize() + 2 * name.length() > most) {
                if (last < 0) {
                    throw new Refusal(NtStatus.INFO_LENGTH_MISMATCH);
                }
                break;
            }
            out.align(8);
            if (last >= 0) {
                out.patchU32(last, out.length() - last);
            }
            last = out.length();
            form.write(out, name, all.get(place), place, facts);
            if ((flags & SINGLE) != 0) {
                place++;
                break;
            }
        }
        open.list(open.pattern(), place);
        if (last < 0) {
            throw new Refusal(begins ? NtStatus.NO_SUCH_FILE : NtStatus.NO_MORE_FILES);
        }
        return new Reply(NtStatus.SUCCESS, FolderFacts.output(out.toBytes()));
    }

    private static long length28(Request request) throws Refusal {
        if (request.u32(28) > Negotiation.MAX_TRANSACT) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        return request.u32(28);
    }

    /** The folder itself, the one it is in, and what is in it. */
    private static List<NamespaceFolder> listed(NamespaceFolder folder) {
        List<NamespaceFolder> all = new ArrayList<>(folder.children().size() + 2);
        all.add(folder);
        all.add(folder.parent());
        all.addAll(folder.children());
        return all;
    }

    private static String name(int place, NamespaceFolder folder) {
        return place == 0 ? "." : place == 1 ? ".." : folder.name();
    }
}
