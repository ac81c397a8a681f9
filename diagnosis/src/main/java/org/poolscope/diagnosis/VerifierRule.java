package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.poolscope.kernel.objects.AllocationSite;
import org.poolscope.kernel.objects.VerifierBooks;
import org.poolscope.model.Address;
import org.poolscope.model.Quantity;

/** Driver Verifier tracked pool: the place in code that made most of the allocations nobody freed. */
final class VerifierRule implements Rule {

    static final String ID = "verifier-books";

    private static final long FEWEST = 1000;
    private static final double SHARE = 0.5;

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
            sites.stream().findFirst().filter(site -> site.allocations() >= FEWEST && site.allocations() >= SHARE * all)
                    .ifPresent(site -> found.add(finding(pool, site, all)));
        }
        return found;
    }

    private Finding finding(OpenPool pool, AllocationSite site, long all) {
        String where = site.callerSymbol() == null ? Address.text(site.caller()) : site.callerSymbol();
        return Finding.of(this, Severity.WARNING, Confidence.high("Driver Verifier's own books, kept at each allocation and free"),
                "Driver Verifier: " + site.driver() + " has " + Quantity.count(site.allocations()) + " allocations of tag '" + site.tag()
                        + "' outstanding, made at " + where)
                .clause("Driver Verifier names the place: " + where)
                .tags(List.of(site.tag()))
                .driver(site.driver().toLowerCase(java.util.Locale.ROOT))
                .explanation("That is " + Quantity.percent((double) site.allocations() / all) + " of the " + Quantity.count(all)
                        + " allocations it tracks, " + Quantity.bytes(site.bytes())
                        + " as the driver asked for it: the sizes of the blocks, which other findings add up, count headers and rounding besides.")
                .evidence(pool.at("address " + Address.text(site.caller()), where + ": " + Quantity.count(site.allocations()) + " outstanding"))
                .next("Look at the driver's code that calls there: what should free this, and when.", "ub " + inDebugger(pool, site.caller()))
                .build();
    }

    /** An address as the kernel debugger takes it. The books keep the address behind the call, so that the code is listed up to there. */
    private static String inDebugger(OpenPool pool, long address) {
        Long kernelBase = pool.image().info().kernelBase();
        return pool.image().modules().value().orElse(List.of()).stream().filter(module -> module.contains(address)).findFirst()
                .map(module -> DebuggerName.of(module, kernelBase) + "+" + Address.text(address - module.base())).orElseGet(() -> Address.text(address));
    }
}
