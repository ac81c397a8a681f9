package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.poolscope.kernel.objects.AllocationSite;
import org.poolscope.kernel.objects.VerifierBooks;
import org.poolscope.model.Address;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Quantity;

/** Driver Verifier tracked pool: the place in code that made most of the allocations nobody freed. */
final class VerifierRule implements Rule {

    static final String ID = "verifier-books";

    private static final long FEWEST = 1000;
    private static final double SHARE = 0.5;
    /** Other places are named when they made so large a part. */
    private static final double WORTH_TELLING = 0.1;
    private static final int MOST_OTHERS = 3;

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        List<Finding> found = new ArrayList<>();
        for (OpenPool pool : OpenPool.of(subject)) {
            Optional<VerifierBooks> books = pool.verifier().filter(known -> known.settings().tracksPool());
            List<AllocationSite> sites = books.map(VerifierBooks::sites).orElse(List.of());
            long all = sites.stream().mapToLong(AllocationSite::allocations).sum();
            List<AllocationSite> most = sites.stream().filter(site -> site.allocations() >= FEWEST && site.allocations() >= SHARE * all).toList();
            // Two that made half each: the one whose blocks were forgotten is told before what was forgotten with them.
            List<PoolTag> accused = earlier.stream().filter(one -> one.severity().isProblem()).flatMap(one -> one.tags().stream()).toList();
            most.stream().min(Comparator.comparingInt(site -> accused.contains(site.tag()) ? accused.indexOf(site.tag()) : accused.size()))
                    .ifPresent(site -> found.add(finding(pool, site, sites, all)));
        }
        return found;
    }

    private Finding finding(OpenPool pool, AllocationSite site, List<AllocationSite> sites, long all) {
        String where = where(site);
        return Finding.of(this, Severity.WARNING, Confidence.high("Driver Verifier's own books, kept at each allocation and free"),
                "Driver Verifier: " + site.driver() + " has " + Quantity.count(site.allocations()) + " allocations of tag '" + site.tag()
                        + "' outstanding, made at " + where)
                .clause("Driver Verifier names the place: " + where)
                .tags(List.of(site.tag()))
                .driver(site.driver().toLowerCase(java.util.Locale.ROOT))
                .explanation("That is " + Quantity.percent((double) site.allocations() / all) + " of the " + Quantity.count(all)
                        + " allocations it tracks, " + Quantity.bytes(site.bytes())
                        + " as the driver asked for it: the sizes of the blocks, which other findings add up, count headers and rounding besides."
                        + sites.stream().filter(other -> !other.equals(site) && other.allocations() >= WORTH_TELLING * all).limit(MOST_OTHERS)
                                .map(other -> " " + Quantity.count(other.allocations()) + " more are of tag '" + other.tag() + "', " + Quantity.bytes(other.bytes())
                                        + ", made at " + where(other) + ".").collect(Collectors.joining()))
                .evidence(pool.at("address " + Address.text(site.caller()), where + ": " + Quantity.count(site.allocations()) + " outstanding"))
                .next("Look at the driver's code that calls there: what should free this, and when.", "ub " + inDebugger(pool, site.caller()))
                .build();
    }

    private static String where(AllocationSite site) {
        return site.callerSymbol() == null ? Address.text(site.caller()) : site.callerSymbol();
    }

    /** An address as the kernel debugger takes it. The books keep the address behind the call, so that the code is listed up to there. */
    private static String inDebugger(OpenPool pool, long address) {
        Long kernelBase = pool.image().info().kernelBase();
        return pool.image().modules().value().orElse(List.of()).stream().filter(module -> module.contains(address)).findFirst()
                .map(module -> DebuggerName.of(module, kernelBase) + "+" + Address.text(address - module.base())).orElseGet(() -> Address.text(address));
    }
}
