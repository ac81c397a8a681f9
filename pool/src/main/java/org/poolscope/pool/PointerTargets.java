package org.poolscope.pool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.objects.DeviceObject;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.kernel.objects.KernelProcess;
import org.poolscope.kernel.objects.KernelThread;
import org.poolscope.kernel.objects.NamedObject;
import org.poolscope.kernel.objects.ObjectNames;
import org.poolscope.memory.PagedMemory;
import org.poolscope.model.Address;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.Progress;

/**
 * Names what kernel addresses lead to: an object with its type and name, a device with its driver, a dispatcher object such as a KEVENT,
 * a pool block with its tag, a module, a thread's stack. Answers are remembered. For one thread.
 */
public final class PointerTargets {

    /** Types of dispatcher objects: the first byte of the header (KOBJECTS); their size in the third byte, in units of four bytes. */
    private static final int NOTIFICATION_EVENT = 0;
    private static final int SYNCHRONIZATION_EVENT = 1;
    private static final int SEMAPHORE = 5;
    private static final int MOST_REMEMBERED = 100_000;

    /** Where Driver Verifier wrote an allocation down. The last word of each block it tracks leads there. */
    static final PointerTarget VERIFIER_ENTRY = new PointerTarget("entry in Driver Verifier's books", null);

    /** What Driver Verifier knows of a driver it watches. */
    static final PointerTarget VERIFIED_DRIVER = new PointerTarget("Driver Verifier's account of a driver", null);

    private static final String STACK = "stack of thread ";
    private static final Pattern IN_SECTION = Pattern.compile("(.*)\\+0x[0-9a-f]+ \\((.+)\\)");

    private final PagedMemory memory;
    private final PoolBlocks blocks;
    private final List<LoadedModule> modules;
    private final Optional<ObjectNames> names;
    private final List<DeviceObject> devices;
    private final List<KernelThread> threads = new ArrayList<>();
    private final Map<Long, Optional<PointerTarget>> remembered = new HashMap<>();
    private final int pointerSize;
    private final KernelImage image;
    private final Long kernelBase;
    private final AddressRanges verifierBooks;
    private final Set<Long> verifiedDrivers = new HashSet<>();

    /** For the image the blocks were walked in. */
    public PointerTargets(KernelImage image, PoolBlocks blocks) {
        this.image = image;
        this.kernelBase = image.info().kernelBase();
        this.memory = blocks.memory();
        this.blocks = blocks;
        this.pointerSize = memory.pointerSize();
        this.modules = image.modules().value().orElse(List.of());
        Optional<KernelObjects> objects = KernelObjects.of(image).value();
        this.names = objects.flatMap(found -> found.names().value());
        List<DeviceObject> found = new ArrayList<>(objects.flatMap(known -> known.devices(Progress.NONE).value()).orElse(List.of()));
        found.sort(Comparator.comparing(DeviceObject::address, Long::compareUnsigned));
        this.devices = found;
        AddressRanges.Builder books = new AddressRanges.Builder();
        objects.flatMap(known -> known.verifier(Progress.NONE).value()).ifPresent(verifier -> {
            verifier.forEachPlace((address, bytes) -> books.add(address, address + bytes));
            verifier.drivers().forEach(driver -> verifiedDrivers.add(driver.entry()));
        });
        this.verifierBooks = books.build();
        objects.flatMap(known -> known.processes().value()).orElse(List.of()).stream().map(KernelProcess::threads).forEach(threads::addAll);
    }

    /** What an address leads to; empty when nothing is mapped there. */
    public Optional<PointerTarget> describe(long address) {
        long va = memory.canonical(address);
        Optional<PointerTarget> known = remembered.get(va);
        if (known == null) {
            known = find(va);
            if (remembered.size() < MOST_REMEMBERED) {
                remembered.put(va, known);
            }
        }
        return known;
    }

    private Optional<PointerTarget> find(long va) {
        Optional<NamedObject> object = names.flatMap(known -> known.describe(va));
        if (object.isPresent()) {
            return Optional.of(ofObject(object.get()));
        }
        Optional<PointerTarget> device = inDevice(va);
        if (device.isPresent()) {
            return device;
        }
        Optional<LoadedModule> module = modules.stream().filter(one -> one.contains(va)).findFirst();
        if (module.isPresent()) {
            return Optional.of(inModule(va, module.get()));
        }
        if (verifierBooks.contains(va)) {
            return Optional.of(VERIFIER_ENTRY);
        }
        if (verifiedDrivers.contains(va)) {
            return Optional.of(VERIFIED_DRIVER);
        }
        Optional<PoolBlock> block = blocks.blockAt(va);
        if (block.isPresent()) {
            return Optional.of(ofBlock(va, block.get()));
        }
        for (KernelThread thread : threads) {
            if (thread.stackLimit() != null && thread.stackTop() != null && Long.compareUnsigned(va, thread.stackLimit()) >= 0
                    && Long.compareUnsigned(va, thread.stackTop()) < 0) {
                return Optional.of(new PointerTarget(dispatcher(va, true).map(kind -> kind + " on the ").orElse("") + STACK
                        + Address.text(thread.address()), null));
            }
        }
        return memory.locate(va) >= 0 ? Optional.of(new PointerTarget("kernel memory", null)) : Optional.empty();
    }

    /** A place in a module: the kernel's by its symbol where symbols are known, else the section it lies in. */
    private PointerTarget inModule(long va, LoadedModule module) {
        long place = va - module.base();
        Optional<String> symbol = kernelBase != null && module.base() == kernelBase
                ? image.symbols().value().flatMap(known -> known.nearest(place)).map(found -> "nt!" + found) : Optional.empty();
        String name = symbol.orElseGet(() -> module.name() + "+" + Address.text(place)
                + image.section(module, va).map(section -> " (" + section + ")").orElse(""));
        return new PointerTarget(dispatcher(va, false).map(kind -> kind + " in ").orElse("") + name, module.name());
    }

    /**
     * A target without the place inside it, so that four events of one driver, or the stacks of many threads, are one kind of thing.
     */
    public static PointerTarget general(PointerTarget target) {
        String what = target.what();
        int stack = what.indexOf(STACK);
        if (stack >= 0) {
            return new PointerTarget(what.substring(0, stack) + "stack of a thread", target.driver());
        }
        int plus = what.lastIndexOf(" +0x");
        if (plus >= 0) {
            return new PointerTarget(what.substring(0, plus), target.driver());
        }
        Matcher module = IN_SECTION.matcher(what);
        return module.matches() ? new PointerTarget(module.group(1) + " " + module.group(2), target.driver()) : target;
    }

    private PointerTarget ofObject(NamedObject object) {
        String driver = names.flatMap(known -> known.driverOfDevice(object.address())).orElse(null);
        String whose = driver == null || object.toString().contains(driver) ? "" : " of " + driver;
        return new PointerTarget(object + " (object" + whose + ")", object.type().name().equals("Driver") ? object.name() : driver);
    }

    /** A driver's own data of a device stands right behind the device object. */
    private Optional<PointerTarget> inDevice(long va) {
        int low = 0;
        int high = devices.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(devices.get(middle).address(), va) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        if (high < 0) {
            return Optional.empty();
        }
        DeviceObject device = devices.get(high);
        long inside = va - device.address();
        if (Long.compareUnsigned(inside, device.size()) >= 0) {
            return Optional.empty();
        }
        if (inside == 0) {
            return Optional.of(new PointerTarget("device object of " + device.driver(), device.driver()));
        }
        boolean extension = device.extension() != 0 && Long.compareUnsigned(va, device.extension()) >= 0;
        String place = extension ? "the device extension of " + device.driver() + " +" + Address.text(va - device.extension())
                : "the device object of " + device.driver() + " +" + Address.text(inside);
        return Optional.of(new PointerTarget(dispatcher(va, true).orElse("data") + " in " + place, device.driver()));
    }

    private PointerTarget ofBlock(long va, PoolBlock block) {
        String place = "pool block '" + block.tag() + "' +" + Address.text(va - block.address());
        return switch (block.state()) {
            case ALLOCATED -> new PointerTarget(dispatcher(va, false).map(kind -> kind + " in ").orElse("") + place, null);
            case FREE -> new PointerTarget("freed " + place, null);
            case LOOKASIDE -> new PointerTarget("parked " + place, null);
            case DAMAGED -> new PointerTarget("damaged pool page", null);
            case HEAP -> new PointerTarget("a heap's own bookkeeping", null);
        };
    }

    /**
     * A dispatcher object that begins at an address: its type and size fit, and its wait list is empty (leads to itself) or leads to
     * something that leads back.
     *
     * @param lenient whether a wait list that cannot be followed is good enough
     */
    private Optional<String> dispatcher(long va, boolean lenient) {
        long listHead = va + 8;
        if (!memory.isReadable(va, 8 + 2L * pointerSize)) {
            return Optional.empty();
        }
        int type = memory.u8(va);
        int size = memory.u8(va + 2);
        String kind = switch (type) {
            case NOTIFICATION_EVENT, SYNCHRONIZATION_EVENT -> size == (8 + 2 * pointerSize) / 4 ? "KEVENT" : null;
            case SEMAPHORE -> size == (pointerSize == 4 ? 5 : 8) ? "KSEMAPHORE" : null;
            default -> null;
        };
        if (kind == null) {
            return Optional.empty();
        }
        long next = memory.pointer(listHead);
        if (next == memory.canonical(listHead)) {
            return Optional.of(kind);
        }
        boolean leadsBack = memory.isReadable(next, 2L * pointerSize) && memory.pointer(next + pointerSize) == memory.canonical(listHead);
        return leadsBack || lenient && memory.locate(next) >= 0 ? Optional.of(kind) : Optional.empty();
    }
}
