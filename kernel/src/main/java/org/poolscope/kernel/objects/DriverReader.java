package org.poolscope.kernel.objects;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.poolscope.kernel.Answer;
import org.poolscope.memory.UnreadableAddressException;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;

/**
 * Finds the driver objects: in the object manager's directories; through devices named in them, or attached to devices of known
 * drivers; and where there are no directories to look in, by content in nonpaged pool. The devices of each are in a list ({@code
 * NextDevice}).
 */
final class DriverReader {

    /** A driver has some hundred devices at most; a storage driver of a large machine some thousands. */
    private static final int DEVICE_LIMIT = 1 << 18;

    private static final int DIRECTORY_LIMIT = 1 << 16;

    /**
     * Driver objects are allocated with this tag; in front of them stand pieces of the object's header, up to this many bytes.
     */
    private static final PoolTag DRIVER_TAG = PoolTag.parse("Driv");
    private static final int HEADER_LIMIT = 0x100;

    private final KernelSpace space;
    private final IoObjects io;
    private final Optional<ObjectDirectories> directories;
    private final Optional<ObjectTypes> types;
    private final TaggedBlocks blocks;
    private final Deque<Long> unread = new ArrayDeque<>();
    private final Set<Long> known = new LinkedHashSet<>();
    private final Map<Long, DriverObject> drivers = new LinkedHashMap<>();
    private final Set<Long> devices = new HashSet<>();

    DriverReader(KernelSpace space, IoObjects io, Optional<ObjectDirectories> directories, Optional<ObjectTypes> types,
            TaggedBlocks blocks) {
        this.space = space;
        this.io = io;
        this.directories = directories;
        this.types = types;
        this.blocks = blocks;
    }

    Answer<List<DriverObject>> read(Progress progress) {
        if (directories.isPresent() && types.isPresent() && directories.get().root().isPresent()) {
            walkDirectories(directories.get(), types.get());
        }
        readAll();
        if (drivers.isEmpty()) {
            findByContent(progress);
            readAll();
        }
        if (drivers.isEmpty()) {
            return Answer.none("no driver object was found, neither in the object directories nor in pool");
        }
        return Answer.of(drivers.values().stream()
                .sorted(Comparator.comparing(DriverObject::name, Comparator.nullsLast(Comparator.naturalOrder()))).toList());
    }

    /** Every directory below the root, for drivers and devices named there. */
    private void walkDirectories(ObjectDirectories tree, ObjectTypes typeTable) {
        Deque<Long> open = new ArrayDeque<>();
        Set<Long> seen = new HashSet<>();
        long root = tree.root().getAsLong();
        open.add(root);
        seen.add(root);
        while (!open.isEmpty()) {
            for (long object : tree.objects(open.poll())) {
                String type = typeTable.of(object).map(ObjectType::name).orElse("");
                switch (type) {
                    case "Directory" -> {
                        if (seen.size() < DIRECTORY_LIMIT && seen.add(object)) {
                            open.add(object);
                        }
                    }
                    case "Driver" -> meetDriver(object);
                    case "Device" -> meetDevice(object);
                    default -> {
                        // of no interest here
                    }
                }
            }
        }
    }

    private void findByContent(Progress progress) {
        space.warn("the object directories lead to no driver; drivers were looked for by content, and some may be missing");
        blocks.scan(DRIVER_TAG, progress, block -> {
            for (int at = 0; at < HEADER_LIMIT; at += space.pointerSize()) {
                if (isDriver(block + at)) {
                    meetDriver(block + at);
                    return;
                }
            }
        });
    }

    private boolean isDriver(long address) {
        try {
            return io.isDriver(address);
        } catch (UnreadableAddressException e) {
            return false;
        }
    }

    private void meetDriver(long address) {
        if (known.add(address)) {
            unread.add(address);
        }
    }

    private void meetDevice(long address) {
        try {
            if (io.isDevice(address)) {
                meetDriver(io.driverOf(address));
            }
        } catch (UnreadableAddressException e) {
            // a device of a driver that cannot be read
        }
    }

    private void readAll() {
        while (!unread.isEmpty()) {
            long address = unread.poll();
            try {
                if (io.isDriver(address)) {
                    drivers.put(address, driver(address));
                } else {
                    space.warn("what stands at 0x%x, among the drivers, is no driver object".formatted(address));
                }
            } catch (UnreadableAddressException e) {
                space.warn("the driver object at 0x%x cannot be read: %s".formatted(address, e.getMessage()));
            }
        }
    }

    private DriverObject driver(long address) {
        List<DeviceObject> own = new ArrayList<>();
        String name = io.driverName(address).orElse(null);
        String damage = "";
        try {
            for (long at = io.firstDevice(address); at != 0 && damage.isEmpty(); at = io.nextDevice(at)) {
                if (own.size() >= DEVICE_LIMIT || !io.isDevice(at) || io.driverOf(at) != address || !devices.add(at)) {
                    damage = "leads to 0x%x, which is none of its devices".formatted(at);
                } else {
                    own.add(io.device(at));
                    meetDevice(io.attachedDevice(at));
                }
            }
        } catch (UnreadableAddressException e) {
            damage = "breaks off: " + e.getMessage();
        }
        if (!damage.isEmpty()) {
            space.warn("the list of devices of %s %s; devices may be missing".formatted(name, damage));
        }
        return new DriverObject(address, name, io.driverBase(address), io.driverSize(address), own);
    }
}
