package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.OpenKernelImage;
import org.poolscope.kernel.objects.DriverObject;
import org.poolscope.kernel.objects.Irp;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.kernel.objects.KernelProcess;
import org.poolscope.kernel.objects.VerifierBooks;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.Progress;
import org.poolscope.model.Provenance;
import org.poolscope.pool.Fragmentation;
import org.poolscope.pool.IrpBlocks;
import org.poolscope.pool.LostBlocks;
import org.poolscope.pool.PoolBlocks;
import org.poolscope.pool.Reachability;
import org.poolscope.pool.WalkTotals;

/** One image of a case, its pool blocks walked: what the rules that look inside blocks share. Made once for a case. */
public final class OpenPool {

    /** The open pools of a case. */
    record All(List<OpenPool> pools) {
        static All of(Case subject) {
            List<OpenPool> pools = new ArrayList<>();
            for (OpenKernelImage open : subject.facts(OpenKernelImage.class)) {
                try {
                    pools.add(new OpenPool(subject, open, PoolBlocks.walk(open.image(), Progress.NONE)));
                } catch (EvidenceException e) {
                    // Small dumps hold no blocks, and some kernels keep them in ways not known yet; other rules say what was looked at.
                    continue;
                }
            }
            return new All(List.copyOf(pools));
        }
    }

    private final OpenKernelImage open;
    private final String word;
    private final PoolBlocks blocks;
    private final Optional<KernelObjects> objects;
    private Reachability reachability;
    private WalkTotals totals;
    private List<Fragmentation> fragmentation;
    private IrpBlocks irpBlocks;
    private LostBlocks lost;
    private List<LostBlocks.Row> lostRows;

    private OpenPool(Case subject, OpenKernelImage open, PoolBlocks blocks) {
        this.word = subject.word(open.seenAt().file());
        this.open = open;
        this.blocks = blocks;
        this.objects = KernelObjects.of(open.image()).value();
    }

    /** The images of a case whose pool could be walked. */
    public static List<OpenPool> of(Case subject) {
        return subject.once(All.class, All::of).pools();
    }

    /** The image, as the user named it. */
    public String file() {
        return open.seenAt().file();
    }

    /** The image as a word of a command. */
    String word() {
        return word;
    }

    Provenance at(String place, String text) {
        return new Provenance(file(), place, text);
    }

    /** The image. */
    public KernelImage image() {
        return open.image();
    }

    /** Its blocks. */
    public PoolBlocks blocks() {
        return blocks;
    }

    /** How many blocks each tag has. */
    WalkTotals totals() {
        if (totals == null) {
            totals = WalkTotals.of(blocks);
        }
        return totals;
    }

    /** What is free in each pool. */
    List<Fragmentation> fragmentation() {
        if (fragmentation == null) {
            fragmentation = Fragmentation.of(image(), blocks);
        }
        return fragmentation;
    }

    /** Which blocks nothing leads to. Takes a read of all kernel memory at the first call. */
    public Reachability reachability() {
        if (reachability == null) {
            reachability = Reachability.of(image(), blocks, Progress.NONE);
        }
        return reachability;
    }

    /** What each tag has lost, blocks that pages out of sight may hold left out. Takes a read of all kernel memory at the first call. */
    LostBlocks lost() {
        if (lost == null) {
            lost = LostBlocks.of(image(), blocks, reachability(), new SessionTags(), Progress.NONE);
        }
        return lost;
    }

    /** The rows of {@link #lost}; to make them takes a look at every page. */
    List<LostBlocks.Row> lostRows() {
        if (lostRows == null) {
            lostRows = lost().rows();
        }
        return lostRows;
    }

    /** Which blocks belong to I/O requests. */
    IrpBlocks irpBlocks() {
        if (irpBlocks == null) {
            List<Irp> irps = objects.flatMap(known -> known.irps(Progress.NONE).value()).orElse(List.of());
            irpBlocks = IrpBlocks.of(image(), blocks, totals(), irps);
        }
        return irpBlocks;
    }

    /** The process that keeps most handles open, the System process left out: it opens them for drivers and the cache. */
    Optional<KernelProcess> busiestProcess() {
        return objects.flatMap(known -> known.processes().value()).orElse(List.of()).stream()
                .filter(process -> process.handleCount() != null && !(process.pid() != null && process.pid() == HandleLeaks.SYSTEM_PID))
                .max(Comparator.comparingLong(KernelProcess::handleCount));
    }

    Optional<VerifierBooks> verifier() {
        return objects.flatMap(known -> known.verifier(Progress.NONE).value());
    }

    /** The file a driver object's code is in, lower case; the object's own name when that is not known. */
    String driverFile(String driverObject) {
        Optional<DriverObject> driver = objects.flatMap(known -> known.drivers(Progress.NONE).value()).orElse(List.of()).stream()
                .filter(one -> driverObject.equals(one.name())).findFirst();
        return driver.flatMap(one -> image().modules().value().orElse(List.of()).stream().filter(module -> module.contains(one.base()))
                        .map(LoadedModule::name).findFirst())
                .orElse(driverObject).toLowerCase(Locale.ROOT);
    }
}
