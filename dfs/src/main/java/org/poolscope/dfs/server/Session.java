package org.poolscope.dfs.server;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.poolscope.dfs.namespace.NamespaceFolder;
import org.poolscope.dfs.namespace.NamespaceRoot;

/** A session of one connection (3.3.1.8): who logged on, and what that user has connected to and open. */
final class Session {

    private final long id;
    private final Map<Integer, Tree> trees = new HashMap<>();
    private final Map<Long, Open> opens = new HashMap<>();
    private final PreauthHash preauth;
    private Logon logon;
    private Signer signer;
    private boolean signingRequired;
    private String user = "";
    private int lastTree;
    private boolean valid;
    /** Set from the connection of another session, which took this one's place. */
    private volatile boolean ended;

    /** Makes a session with a number. */
    @FunctionalInterface
    interface Maker {
        Session make(long id);
    }

    /** A share a session is connected to; the pipes' share without a root. */
    record Tree(int id, Optional<NamespaceRoot> root) {
    }

    /** A folder that is open, and how far a listing of it has come. */
    static final class Open {

        private final long id;
        private final int tree;
        private final NamespaceFolder folder;
        private NamePattern pattern;
        private int place;

        Open(long id, int tree, NamespaceFolder folder) {
            this.id = id;
            this.tree = tree;
            this.folder = folder;
        }

        long id() {
            return id;
        }

        NamespaceFolder folder() {
            return folder;
        }

        /** The pattern of the listing under way; {@code null} when there is none. */
        NamePattern pattern() {
            return pattern;
        }

        int place() {
            return place;
        }

        void list(NamePattern names, int from) {
            pattern = names;
            place = from;
        }
    }

    Session(long id, PreauthHash preauth, Logon logon) {
        this.id = id;
        this.preauth = preauth;
        this.logon = logon;
    }

    long id() {
        return id;
    }

    PreauthHash preauth() {
        return preauth;
    }

    String user() {
        return user;
    }

    /** The logon in progress; {@code null} when there is none. */
    Logon logon() {
        return logon;
    }

    void logon(Logon begun) {
        logon = begun;
    }

    /** Whether somebody is logged on. */
    boolean isValid() {
        return valid && !ended;
    }

    boolean isEnded() {
        return ended;
    }

    void end() {
        ended = true;
    }

    /** Who logged on; the signer is {@code null} for guests and anonymous users, who have no key. */
    void become(String name, Signer made, boolean mustSign) {
        logon = null;
        user = name;
        valid = true;
        if (signer == null) {
            signer = made;
        }
        signingRequired |= mustSign && made != null;
    }

    /** Signs and checks messages; {@code null} when the session has no key. */
    Signer signer() {
        return signer;
    }

    boolean isSigningRequired() {
        return signingRequired;
    }

    Tree connect(Optional<NamespaceRoot> root, int most) throws Refusal {
        if (trees.size() >= most) {
            throw new Refusal(NtStatus.INSUFFICIENT_RESOURCES);
        }
        Tree tree = new Tree(++lastTree, root);
        trees.put(tree.id(), tree);
        return tree;
    }

    Tree tree(int treeId) throws Refusal {
        Tree tree = trees.get(treeId);
        if (tree == null) {
            throw new Refusal(NtStatus.NETWORK_NAME_DELETED);
        }
        return tree;
    }

    void disconnect(Tree tree) {
        trees.remove(tree.id());
        opens.values().removeIf(open -> open.tree == tree.id());
    }

    Open open(long openId, Tree tree, NamespaceFolder folder, int most) throws Refusal {
        if (opens.size() >= most) {
            throw new Refusal(NtStatus.INSUFFICIENT_RESOURCES);
        }
        Open open = new Open(openId, tree.id(), folder);
        opens.put(openId, open);
        return open;
    }

    /** What is open under a file identifier, whose halves are the same number. */
    Open opened(Tree tree, long persistent, long volatileId) throws Refusal {
        Open open = opens.get(volatileId);
        if (open == null || persistent != volatileId || open.tree != tree.id()) {
            throw new Refusal(NtStatus.FILE_CLOSED);
        }
        return open;
    }

    void close(Open open) {
        opens.remove(open.id());
    }
}
