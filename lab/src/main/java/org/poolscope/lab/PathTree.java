package org.poolscope.lab;

import org.poolscope.lab.image.KernelSpace;
import org.poolscope.lab.machine.KernelModule;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.Pools;
import org.poolscope.lab.machine.TagAccount;
import org.poolscope.model.PoolKind;

/**
 * The tree of path components over which mup.sys finds its entries: a node ({@code Mu4c}) and a name ({@code Mu4b}) for each file
 * and each folder, every photo in a folder of its own. How many photos share the folder above is chosen so that the tree
 * gets as many nodes as asked for.
 *
 * <p>A node of 40 bytes: parent, next sibling, first child, UNICODE_STRING of the component, entry, depth, children.
 */
final class PathTree {

    private static final int NODE = 40;
    private static final int PARENT = 0;
    private static final int SIBLING = 4;
    private static final int CHILD = 8;
    private static final int NAME = 0xc;
    private static final int ENTRY = 0x14;
    private static final int DEPTH = 0x18;
    private static final int CHILDREN = 0x1c;

    private static final int GROUPS_A_ROLL = 40;
    private static final int ROLLS_A_DAY = 9;
    private static final String[] FIXED = {"FileServer", "Root", "lores", "preview", "domain.local", "sysvol"};

    private final KernelSpace space;
    private final Pools pools;
    private final TagAccount nodes;
    private final TagAccount names;
    private final ExactTotal slack;
    private final long root;
    private final long sysvol;
    private final Shelf photos;
    private final Shelf previews;
    private long leaf;

    /** One kind of photos: how many there are, and where in the tree the last one was put. */
    private static final class Shelf {
        final boolean preview;
        final int files;
        final int groups;
        final long node;
        int file;
        int group = -1;
        int roll = -1;
        int day = -1;
        int inGroup;
        String dayName;
        long dayNode;
        long rollNode;
        long groupNode;

        Shelf(boolean preview, int files, int groups, long node) {
            this.preview = preview;
            this.files = files;
            this.groups = groups;
            this.node = node;
        }
    }

    PathTree(Machine machine, KernelModule owner, int wanted, int photoCount, int previewCount) {
        this.space = machine.space();
        this.pools = machine.pools();
        this.nodes = pools.tag("Mu4c");
        this.names = pools.tag("Mu4b");
        int files = photoCount + previewCount;
        int groups = Math.min(files, Math.max(0, wanted - FIXED.length - 2 * files));
        while (groups > 0 && FIXED.length + 2 * files + folders(groups, photoCount, files) > wanted) {
            groups--;
        }
        int photoGroups = share(groups, photoCount, files);
        int strays = Math.max(0, wanted - FIXED.length - 2 * files - folders(groups, photoCount, files));
        long natural = files * (48L + 24L) + (16L * (groups + rolls(photoGroups) + rolls(groups - photoGroups) + strays))
                + 24L * (days(photoGroups) + days(groups - photoGroups));
        for (String name : FIXED) {
            natural += ReferralCache.block(name.length());
        }
        int all = FIXED.length + 2 * files + folders(groups, photoCount, files) + strays;
        this.slack = ReferralCache.total(all, natural, 11_002_544, 294_938);

        long top = owner.variable(NODE);
        long server = node(top, FIXED[0]);
        this.root = node(server, FIXED[1]);
        this.photos = new Shelf(false, photoCount, photoGroups, node(root, FIXED[2]));
        this.previews = new Shelf(true, previewCount, groups - photoGroups, node(root, FIXED[3]));
        this.sysvol = node(node(top, FIXED[4]), FIXED[5]);
        for (int i = 0; i < strays; i++) {
            node(root, "x" + (100 + i % 900));
        }
    }

    private static int share(int groups, int part, int files) {
        return files == 0 ? 0 : (int) Math.min(part, Math.round((double) groups * part / files));
    }

    private static int rolls(int groups) {
        return (groups + GROUPS_A_ROLL - 1) / GROUPS_A_ROLL;
    }

    private static int days(int groups) {
        return (rolls(groups) + ROLLS_A_DAY - 1) / ROLLS_A_DAY;
    }

    private static int folders(int groups, int photoCount, int files) {
        int photoGroups = share(groups, photoCount, files);
        int previewGroups = groups - photoGroups;
        return groups + rolls(photoGroups) + days(photoGroups) + rolls(previewGroups) + days(previewGroups);
    }

    private long node(long parent, CharSequence name) {
        long node = pools.allocateZeroed(PoolKind.PAGED, nodes, NODE);
        int room = 2 * name.length() + slack.next();
        long buffer = pools.allocate(PoolKind.PAGED, names, room);
        space.putWide(buffer, name);
        space.put32(node + PARENT, (int) parent);
        space.put32(node + SIBLING, space.u32(parent + CHILD));
        space.put32(parent + CHILD, (int) node);
        space.putUnicodeString(node + NAME, 2 * name.length(), room, buffer);
        space.put32(node + DEPTH, space.u32(parent + DEPTH) + 1);
        space.put32(parent + CHILDREN, space.u32(parent + CHILDREN) + 1);
        return node;
    }

    /** The node of the namespace's root. */
    long root() {
        return root;
    }

    /** The node of the domain's system volume. */
    long sysvol() {
        return sysvol;
    }

    /** The node of the photo added last. */
    long leaf() {
        return leaf;
    }

    /** Tells a node which entry it leads to. */
    void setEntry(long node, long entry) {
        space.put32(node + ENTRY, (int) entry);
    }

    TagAccount nodeAccount() {
        return nodes;
    }

    TagAccount nameAccount() {
        return names;
    }

    /** Adds the photo with this number and puts its path into {@code path}. */
    void next(PhotoPath path, int number, int onePreviewIn) {
        Shelf shelf = number % onePreviewIn == onePreviewIn - 1 ? previews : photos;
        int group = (int) ((long) shelf.file * shelf.groups / shelf.files);
        int roll = group / GROUPS_A_ROLL;
        int day = roll / ROLLS_A_DAY;
        if (day != shelf.day) {
            shelf.dayName = PhotoPath.day(day);
            shelf.dayNode = node(shelf.node, shelf.dayName);
            shelf.day = day;
        }
        if (roll != shelf.roll) {
            shelf.rollNode = node(shelf.dayNode, PhotoPath.roll(roll));
            shelf.roll = roll;
        }
        if (group != shelf.group) {
            shelf.groupNode = node(shelf.rollNode, Integer.toString(PhotoPath.group(group)));
            shelf.group = group;
            shelf.inGroup = 0;
        }
        int folder = PhotoPath.folder(PhotoPath.group(group), shelf.inGroup++);
        String file = PhotoPath.file(shelf.preview, number);
        leaf = node(node(shelf.groupNode, Integer.toString(folder)), file);
        shelf.file++;
        path.set(shelf.preview, shelf.dayName, PhotoPath.roll(roll), PhotoPath.group(group), folder, file);
    }
}
