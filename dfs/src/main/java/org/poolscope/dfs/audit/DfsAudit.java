package org.poolscope.dfs.audit;

import java.util.List;
import java.util.function.BiConsumer;
import org.poolscope.dfs.ReferralCacheEntry;
import org.poolscope.dfs.ReferralExchange;
import org.poolscope.dfs.ReferralText;
import org.poolscope.dfs.capture.CaptureSummary;
import org.poolscope.dfs.capture.ReferralCapture;
import org.poolscope.dfs.listing.LinuxDfsCacheReader;
import org.poolscope.dfs.listing.PktInfoReader;
import org.poolscope.dfs.listing.ReferralTextReader;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.Fact;
import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;

/**
 * Audits DFS referrals: give it files, or facts read already, then take the findings. Each file is judged by itself, since
 * each shows one client or one place in the network. Memory is bounded whatever the size of a capture. Not for several
 * threads.
 *
 * <pre>{@code
 *   DfsAudit audit = new DfsAudit();
 *   audit.read(EvidenceFile.open(path), (where, warning) -> ...);
 *   audit.findings().forEach(...);
 * }</pre>
 */
public final class DfsAudit {

    private static final List<EvidenceReader> LISTINGS = List.of(new PktInfoReader(), new LinuxDfsCacheReader(),
            new ReferralTextReader());

    private final SeenReferrals seen = new SeenReferrals();
    private final List<AuditRule> rules = rules(seen);
    private final Findings findings = new Findings();
    private long exchanges;
    private long refusals;
    private long granted;
    private long cacheEntries;
    private long texts;

    /**
     * What was looked at.
     *
     * @param exchanges referral exchanges in captures
     * @param refusals of these, those the server refused
     * @param granted of these, those it granted; of the rest no answer was captured
     * @param cacheEntries entries of client caches
     * @param texts referrals quoted as text
     */
    public record Counts(long exchanges, long refusals, long granted, long cacheEntries, long texts) {

        /** Whether any referral was seen, rather than requests that nobody granted. */
        public boolean hasReferrals() {
            return granted > 0 || cacheEntries > 0 || texts > 0;
        }
    }

    /** All rules, for a list of what is checked. */
    public static List<AuditRule> rules() {
        return rules(new SeenReferrals());
    }

    private static List<AuditRule> rules(SeenReferrals seen) {
        return List.of(new ReachesBelowLink(seen), new CacheGrowth(seen), new SelfReferral(), new ReferralLoop(seen),
                new InterlinkMark(seen), new PathConsumedParity(), new PathConsumedLength(), new PathConsumedBoundary(),
                new PathConsumedAgreement(), new DfsPathSyntax(), new TargetSyntax(), new DuplicateTargets(), new NoTargets(),
                new UnequalTtl(), new TtlFar(seen), new HeaderFlags(), new ServerType(), new EntryFlags(),
                new TargetSetBoundary(), new NameLists(), new MixedVersions(), new VersionAboveRequest(), new ReplyCut(),
                new EntryLayout(), new StringOffsets(), new ReservedFields(), new Carrier(), new RequestForm(),
                new RequestLevel(), new UnexpectedStatus());
    }

    /** Whether a file holds anything to audit: a capture, a listing of a referral cache, or Network Monitor text. */
    public static boolean recognises(EvidenceFile file) {
        return ReferralCapture.recognises(file) || LISTINGS.stream().anyMatch(reader -> reader.recognises(file));
    }

    /**
     * Audits a file.
     *
     * @param file a capture or a listing
     * @param warnings takes what could not be read, and where
     * @throws EvidenceException when it cannot be read, or holds nothing to audit
     */
    public void read(EvidenceFile file, BiConsumer<Provenance, String> warnings) throws EvidenceException {
        if (ReferralCapture.recognises(file)) {
            CaptureSummary summary = ReferralCapture.read(file, this::take);
            summary.notes().forEach(note -> warnings.accept(summary.seenAt(), note));
            endOfFile();
            return;
        }
        boolean any = false;
        for (EvidenceReader reader : LISTINGS) {
            if (reader.recognises(file)) {
                any = true;
                reader.read(file, sink(warnings));
            }
        }
        if (!any) {
            throw new EvidenceException(file.path(), "", "it holds no DFS referrals",
                    "Name a capture (pcap, pcapng), a dfsutil /pktinfo listing, /proc/fs/cifs/dfscache, or Network Monitor text");
        }
        endOfFile();
    }

    /**
     * Audits a fact read already: a {@link ReferralExchange}, {@link ReferralCacheEntry} or {@link ReferralText}; others are
     * passed over.
     */
    public void take(Fact fact) {
        switch (fact) {
            case ReferralExchange exchange -> {
                exchanges++;
                refusals += exchange.status().isPresent() && !exchange.succeeded() ? 1 : 0;
                granted += exchange.succeeded() ? 1 : 0;
                check(AuditedReferral.of(exchange));
            }
            case ReferralCacheEntry entry -> {
                cacheEntries++;
                check(AuditedReferral.of(entry));
            }
            case ReferralText text -> {
                texts++;
                check(AuditedReferral.of(text));
            }
            default -> {
                // not a referral
            }
        }
    }

    /** Says that all facts of one file were given, so that rules which look at them together can judge. */
    public void endOfFile() {
        rules.forEach(rule -> rule.conclude(findings));
        seen.forget();
    }

    /** The findings so far, the worst first. */
    public List<AuditFinding> findings() {
        return findings.list();
    }

    /** What was looked at so far. */
    public Counts counts() {
        return new Counts(exchanges, refusals, granted, cacheEntries, texts);
    }

    private void check(AuditedReferral referral) {
        seen.add(referral);
        for (AuditRule rule : rules) {
            rule.check(referral, findings);
        }
    }

    private FactSink sink(BiConsumer<Provenance, String> warnings) {
        return new FactSink() {

            @Override
            public void add(Fact fact) {
                take(fact);
            }

            @Override
            public void understood(int line) {
                // an audit shows findings, not lines
            }

            @Override
            public void warn(Provenance where, String message) {
                warnings.accept(where, message);
            }
        };
    }
}
