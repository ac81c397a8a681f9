package org.poolscope.lab;

import org.poolscope.lab.image.KernelSpace;
import org.poolscope.lab.machine.KernelModule;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.Pools;
import org.poolscope.lab.machine.TagAccount;
import org.poolscope.model.PoolKind;

/**
 * The referral cache of mup.sys in paged pool, with one entry for every file that was ever asked for.
 *
 * <p>The structures are our own, shaped so that the published figures come out. These hold together remarkably well: 20,757,744
 * bytes of {@code Mu2c} are exactly 168 bytes for each of 123,558 entries, {@code Mu4c} exactly 48 and {@code Mu04} exactly 88.
 * And {@code Mu46}, 25,699,824 bytes, is exactly what arrays of {@code 8 + 48 n} bytes take when 123,556 entries have four
 * targets and the two that remain have two and one, which is just what 494,227 = 4 * 123,556 + 3 blocks of {@code Mu37} and
 * {@code Mu36} ask for. So:
 * <ul>
 * <li>{@code Mu2c} the entry, in a list whose head is in the driver's data; {@code Mu38} and {@code Mu39} its path and short
 * path;
 * <li>{@code Mu46} its array of targets; each with {@code Mu36}, the server's name, and {@code Mu37}, a record of 56 bytes with
 * the whole path behind it;
 * <li>{@code Mu4c} a node of the tree of path components, which is rooted in the driver's data, {@code Mu4b} its component;
 * <li>{@code Mu04} the record of a request, in a second list, holding on to the file name ({@code IoNm}) it was made with.
 * </ul>
 */
final class ReferralCache {

    /** Entries of the published case, and what each tag holds of them. */
    static final int PUBLISHED_ENTRIES = 123_558;

    private static final int PUBLISHED_NODES = 294_938;
    private static final int OTHER_NAMES = 884;
    private static final int OTHER_REQUESTS = 48;
    private static final int OTHER_NAME_BLOCK = 64;

    private static final int UNIT = 8;
    private static final int HEADER = 8;
    private static final int ENTRY = 160;
    private static final int SERVICE = 48;
    private static final int CONNECTION = 56;
    private static final int NODE = 40;
    private static final int REQUEST = 80;
    private static final int TIME_TO_LIVE = 57_600;

    private static final String[] SERVERS = {"FileServer", "FileServer.domain.local", "FileServer1", "FileServer1.domain.local"};
    private static final int[] STATES = {0x31, 0x31, 0x21, 0x21};
    private static final String ROOT = "\\Root";
    private static final String ROOT_SHARE = "\\10-Root";
    private static final int ONE_PREVIEW_IN = 25;

    private final KernelSpace space;
    private final Pools pools;
    private final Dice dice;
    private final double scale;
    private final int entries;
    private final int files;
    private final KernelModule mup;
    private final PathTree tree;
    private final long entryList;
    private final long requestList;
    private final long stopTime;
    private final TagAccount mu2c;
    private final TagAccount mu36;
    private final TagAccount mu37;
    private final TagAccount mu38;
    private final TagAccount mu39;
    private final TagAccount mu46;
    private final TagAccount mu04;
    private final TagAccount ioNm;
    private final ExactTotal slack36;
    private final ExactTotal slack37;
    private final ExactTotal slack38;
    private final ExactTotal slack39;
    private final ExactTotal slackName;
    private final StringBuilder text = new StringBuilder(96);
    private final PhotoPath photo = new PhotoPath();
    private int made;
    private int otherNames;

    /**
     * Plans a cache.
     *
     * @param entries how many entries it will hold, at least 3
     * @param scale by how much the figures that do not depend on the entries are scaled
     * @param stopTime when the machine will stop, as FILETIME
     */
    ReferralCache(Machine machine, int entries, double scale, long stopTime) {
        this.space = machine.space();
        this.pools = machine.pools();
        this.dice = machine.dice().named("referrals");
        this.scale = scale;
        this.entries = entries;
        this.files = entries - 2;
        this.stopTime = stopTime;
        this.mup = machine.module("Mup.sys");
        this.mu2c = pools.tag("Mu2c");
        this.mu36 = pools.tag("Mu36");
        this.mu37 = pools.tag("Mu37");
        this.mu38 = pools.tag("Mu38");
        this.mu39 = pools.tag("Mu39");
        this.mu46 = pools.tag("Mu46");
        this.mu04 = pools.tag("Mu04");
        this.ioNm = pools.tag("IoNm");
        this.entryList = mup.variable(16);
        this.requestList = mup.variable(16);
        space.initList(entryList);
        space.initList(requestList);

        long previews = files / ONE_PREVIEW_IN;
        long photos = files - previews;
        long paths = photos * block(PhotoPath.length(false)) + previews * block(PhotoPath.length(true))
                + 2L * block("\\sysvol".length());
        this.slack38 = total(entries, paths, 15_073_184, PUBLISHED_ENTRIES);
        this.slack39 = total(entries, paths, 15_073_184, PUBLISHED_ENTRIES);
        this.slack36 = total(4L * files + 3, 176L * files + 152, 21_746_008, 494_227);
        this.slack37 = total(4L * files + 3, connectionBytes(photos, previews), 100_966_192, 494_227);
        this.slackName = total(entries, paths, 15_938_640L - OTHER_NAMES * OTHER_NAME_BLOCK, PUBLISHED_ENTRIES);
        int nodes = (int) Math.round((double) PUBLISHED_NODES * entries / PUBLISHED_ENTRIES);
        this.tree = new PathTree(machine, mup, nodes, (int) photos, (int) previews);
    }

    static ExactTotal total(long count, long natural, long published, long publishedCount) {
        long target = Math.round((double) published * count / publishedCount / UNIT) * UNIT;
        return new ExactTotal(count, natural, Math.max(natural, target), UNIT);
    }

    /** Bytes of the block around a text of so many characters. */
    static int block(int characters) {
        return (2 * characters + HEADER + UNIT - 1) / UNIT * UNIT;
    }

    private static long connectionBytes(long photos, long previews) {
        long bytes = 0;
        for (String server : SERVERS) {
            int head = 1 + server.length() + ROOT_SHARE.length();
            bytes += photos * (CONNECTION + block(head + PhotoPath.tailLength(false)))
                    + previews * (CONNECTION + block(head + PhotoPath.tailLength(true)));
        }
        return bytes + 3 * CONNECTION + block("\\FileServer.domain.local\\Root".length())
                + block("\\FileServer1.domain.local\\Root".length())
                + block("\\dc1.domain.local\\sysvol".length());
    }

    /** How many entries the cache will have. */
    int entries() {
        return entries;
    }

    /** Adds the next entry with all that belongs to it. */
    void addEntry() {
        switch (made) {
            case 0 -> addEntry(ROOT, tree.root(), new String[] {SERVERS[1], SERVERS[3]}, ROOT, "", new int[] {0x119, 0x109});
            case 1 -> addEntry("\\sysvol", tree.sysvol(), new String[] {"dc1.domain.local"}, "\\sysvol", "", new int[] {0x119});
            default -> {
                tree.next(photo, made - 2, ONE_PREVIEW_IN);
                addEntry(photo.path(), tree.leaf(), SERVERS, ROOT_SHARE, photo.tail(), STATES);
            }
        }
        made++;
    }

    private void addEntry(CharSequence path, long node, String[] servers, String share, CharSequence tail, int[] states) {
        long expires = stopTime + (TIME_TO_LIVE - 223L - made % 3) * 10_000_000L;
        int nameRoom = 2 * path.length() + slackName.next();
        long name = pools.allocate(PoolKind.PAGED, ioNm, nameRoom);
        space.putWide(name, path);
        long request = request(0, name, 2 * path.length(), nameRoom);

        long services = pools.allocateZeroed(PoolKind.PAGED, mu46, 8 + SERVICE * servers.length);
        long entry = pools.allocateZeroed(PoolKind.PAGED, mu2c, ENTRY);
        space.put32(request + 0xc, (int) entry);
        space.put16(entry, 0xc01);
        space.put16(entry + 2, ENTRY);
        space.insertTail(entryList, entry + 4);
        space.put32(entry + 0xc, 1);
        space.put32(entry + 0x10, made);
        string(entry + 0x14, path, mu38, slack38.next());
        string(entry + 0x1c, path, mu39, slack39.next());
        space.put32(entry + 0x24, servers.length);
        space.put32(entry + 0x28, (int) services);
        space.put32(entry + 0x2c, (int) services + 8);
        space.put32(entry + 0x34, TIME_TO_LIVE);
        space.put64(entry + 0x38, expires);
        space.initList(entry + 0x40);
        space.put32(entry + 0x4c, (int) node);
        space.put64(entry + 0x50, dice.nextLong());
        space.put64(entry + 0x58, dice.nextLong());
        space.put64(entry + 0x60, expires - TIME_TO_LIVE * 10_000_000L);
        tree.setEntry(node, entry);

        space.put32(services, 0xc05);
        space.put32(services + 4, servers.length);
        for (int i = 0; i < servers.length; i++) {
            target(entry, services + 8 + (long) i * SERVICE, servers[i], share, tail, states[i]);
        }
    }

    private void target(long entry, long service, String server, String share, CharSequence tail, int state) {
        space.put32(service, 2);
        space.put32(service + 8, state);
        space.put32(service + 0xc, 0x1100);
        string(service + 0x10, server, mu36, slack36.next());
        text.setLength(0);
        text.append('\\').append(server).append(share).append(tail);
        int room = 2 * text.length() + slack37.next();
        long connection = pools.allocate(PoolKind.PAGED, mu37, CONNECTION + room);
        space.clear(connection, CONNECTION);
        space.put16(connection, 0xc07);
        space.put16(connection + 2, CONNECTION);
        space.put32(connection + 4, (int) entry);
        space.put32(connection + 8, (int) service);
        space.put32(connection + 0xc, state);
        space.put64(connection + 0x10, stopTime - dice.below(1 << 30));
        space.putUnicodeString(connection + 0x1c, 2 * (1 + server.length()), 2 * (1 + server.length()), connection + CONNECTION);
        space.putWide(connection + CONNECTION, text);
        space.putUnicodeString(service + 0x18, 2 * text.length(), room, connection + CONNECTION);
        space.put32(service + 0x20, (int) connection);
        space.put32(service + 0x24, (int) mup.code(9));
        space.put32(service + 0x28, (int) entry);
    }

    private long request(long entry, long name, int length, int room) {
        long request = pools.allocateZeroed(PoolKind.PAGED, mu04, REQUEST);
        space.put16(request, 0xc11);
        space.put16(request + 2, REQUEST);
        space.insertTail(requestList, request + 4);
        space.put32(request + 0xc, (int) entry);
        space.putUnicodeString(request + 0x10, length, room, name);
        space.put64(request + 0x18, stopTime - (long) dice.below(1 << 30) * 64);
        space.put32(request + 0x20, 3);
        return request;
    }

    private void string(long field, CharSequence characters, TagAccount account, int slack) {
        int room = 2 * characters.length() + slack;
        long buffer = pools.allocate(PoolKind.PAGED, account, room);
        space.putWide(buffer, characters);
        space.putUnicodeString(field, 2 * characters.length(), room, buffer);
    }

    /** Requests that are not yet done and belong to no entry. */
    void addOtherRequests() {
        long count = Math.round(OTHER_REQUESTS * scale);
        for (int i = 0; i < count; i++) {
            String path = "\\Root\\lores\\" + (20070100 + i % 11);
            request(0, otherName(path), 2 * path.length(), OTHER_NAME_BLOCK - HEADER);
        }
    }

    /**
     * A name for an open file that has nothing to do with the cache; 0 when all the published table leaves room for are given
     * out.
     */
    long nextOtherName(String path) {
        long most = Math.round(OTHER_NAMES * scale) - Math.round(OTHER_REQUESTS * scale);
        return otherNames++ < most ? otherName(path) : 0;
    }

    private long otherName(String path) {
        if (2 * path.length() > otherNameRoom()) {
            throw new IllegalArgumentException("too long for its block: " + path);
        }
        long name = pools.allocate(PoolKind.PAGED, ioNm, OTHER_NAME_BLOCK - HEADER);
        space.putWide(name, path);
        return name;
    }

    /** Bytes of such a name's buffer. */
    int otherNameRoom() {
        return OTHER_NAME_BLOCK - HEADER;
    }

    /** Enters what was allocated and freed before: the published counts of frees. */
    void addPast() {
        past(mu37, 46);
        past(mu36, 46);
        past(mu46, 14);
        past(mu39, 14);
        past(mu38, 14);
        past(tree.nodeAccount(), 4);
        past(tree.nameAccount(), 4);
        past(mu04, 4_666);
        past(ioNm, 554_089);
    }

    private void past(TagAccount account, long count) {
        pools.past(PoolKind.PAGED, account, Math.round(count * scale));
    }
}
