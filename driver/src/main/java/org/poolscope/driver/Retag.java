package org.poolscope.driver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.poolscope.driver.pe.LittleEndian;
import org.poolscope.driver.pe.PeImage;
import org.poolscope.driver.pe.Signature;
import org.poolscope.model.Address;
import org.poolscope.model.PoolTag;
import org.poolscope.model.TagPattern;

/**
 * A copy of a driver in which each call site has a tag of its own: what will be patched, what will not and why.
 *
 * <p>Only the four bytes of tags in instructions change, the checksum, and the signature, which no longer holds and is taken away. A site
 * is left alone when its tag does not stand in one instruction, when it is protected (bit 31: the kernel checks it when the block is
 * freed), or when the driver frees blocks by that tag. What else the driver does with a tag is no reason to leave its sites alone, but is
 * {@linkplain #otherUses() told}.
 */
public final class Retag {

    private static final int MOST_TAGS = 36 * 36;

    private final DriverFile driver;
    private final List<TagMap.Entry> entries = new ArrayList<>();
    private final List<Refusal> refusals = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private List<TagMap.OtherUse> otherUses = List.of();
    /** The new four bytes by RVA. */
    private final Map<Integer, Integer> patches = new TreeMap<>();

    /**
     * What is asked for.
     *
     * @param tags only sites with these tags; {@code null} for all
     * @param prefix the first two characters of the new tags; {@code null} to take them from each old one
     * @param patchFrees whether calls that free by tag may be changed to free by any tag (0), so that their sites can be retagged
     */
    public record Options(TagPattern tags, String prefix, boolean patchFrees) {

        /** All sites, new tags made from the old ones, frees left alone. */
        public static final Options DEFAULT = new Options(null, null, false);

        public Options {
            if (prefix != null && (prefix.length() != 2 || !prefix.chars().allMatch(c -> c > 0x20 && c < 0x7f))) {
                throw new IllegalArgumentException("a prefix has two printable characters: '" + prefix + "'");
            }
        }
    }

    /**
     * A site that keeps its tag.
     *
     * @param site the site
     * @param reason why, as a clause
     */
    public record Refusal(CallSite site, String reason) {
    }

    /**
     * Bytes that differ.
     *
     * @param offset where in the file
     * @param before what stood there, as hex
     * @param after what stands there now, as hex; empty when it was cut off
     * @param what what it is
     */
    public record Change(int offset, String before, String after, String what) {
    }

    private Retag(DriverFile driver) {
        this.driver = driver;
    }

    /** Plans the copy. */
    public static Retag plan(DriverFile driver, Options options) {
        Retag plan = new Retag(driver);
        plan.choose(options);
        return plan;
    }

    private void choose(Options options) {
        Set<Integer> ofFrees = new HashSet<>();
        Map<PoolTag, List<CallSite>> frees = new HashMap<>();
        for (CallSite site : driver.sites()) {
            if (!site.isAllocation() && site.tag() != null) {
                frees.computeIfAbsent(site.tag(), key -> new ArrayList<>()).add(site);
                if (site.patch() != null) {
                    ofFrees.add(site.patch().rva());
                }
            }
        }
        Map<Integer, List<CallSite>> byPlace = new LinkedHashMap<>();
        for (CallSite site : driver.sites()) {
            boolean wanted = site.isAllocation() && !(site.passedOn() && site.tag() == null)
                    && (options.tags() == null || site.tag() != null && options.tags().matches(site.tag()));
            if (!wanted) {
                continue;
            }
            Optional<String> reason = refusal(site, frees, ofFrees, options);
            if (reason.isPresent()) {
                refusals.add(new Refusal(site, reason.get()));
            } else {
                byPlace.computeIfAbsent(site.patch().rva(), key -> new ArrayList<>()).add(site);
            }
        }
        number(byPlace, options);
        if (options.patchFrees()) {
            patchFrees(byPlace, frees);
        }
        noteUnknownFrees();
        noteOtherUses();
    }

    private void noteOtherUses() {
        Set<PoolTag> retagged = new HashSet<>();
        entries.forEach(entry -> retagged.add(entry.originalTag()));
        otherUses = OtherUses.find(driver, retagged);
        if (!otherUses.isEmpty()) {
            warnings.add("it names tags of retagged sites in " + otherUses.size() + (otherUses.size() == 1 ? " more place" : " more places")
                    + ": what looks for the old tag there will not find the new ones");
        }
    }

    private Optional<String> refusal(CallSite site, Map<PoolTag, List<CallSite>> frees, Set<Integer> ofFrees, Options options) {
        if (site.tag() == null) {
            return Optional.of("its tag is not known: " + site.tagUnknown());
        }
        if (site.protectedTag()) {
            return Optional.of("its tag is protected (bit 31): the kernel stops the machine when a free names another");
        }
        if (site.patch() == null) {
            return Optional.of("its tag cannot be patched: " + site.noPatch());
        }
        List<CallSite> checking = frees.getOrDefault(site.tag(), List.of());
        if (checking.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> obstacle = obstacle(site, checking, ofFrees);
        if (options.patchFrees()) {
            return obstacle;
        }
        return Optional.of("the driver frees blocks by this tag (" + places(checking)
                + "): a free that names another tag may stop the machine; --patch-frees "
                + obstacle.map(why -> "does not help: " + why).orElse("changes these frees too"));
    }

    /** Why changing the frees does not let a site be retagged whose blocks they free by tag. */
    private static Optional<String> obstacle(CallSite site, List<CallSite> checking, Set<Integer> ofFrees) {
        if (ofFrees.contains(site.patch().rva())) {
            return Optional.of("the same four bytes are the tag of a free");
        }
        for (CallSite free : checking) {
            if (!free.api().equals("ExFreePoolWithTag") || free.patch() == null) {
                return Optional.of("a free names this tag in a way that cannot be patched (" + free.place() + ", " + free.api() + ")");
            }
        }
        return Optional.empty();
    }

    private static String places(List<CallSite> sites) {
        String first = sites.getFirst().place();
        return sites.size() == 1 ? first : first + " and " + (sites.size() - 1) + " more";
    }

    private void number(Map<Integer, List<CallSite>> byPlace, Options options) {
        Set<PoolTag> taken = new HashSet<>();
        driver.sites().stream().filter(site -> site.tag() != null).forEach(site -> taken.add(site.tag()));
        driver.literals().forEach(literal -> taken.add(literal.tag()));
        Map<String, Integer> wanted = new HashMap<>();
        byPlace.values().forEach(sites -> wanted.merge(prefix(sites.getFirst(), options), 1, Integer::sum));
        Map<String, Integer> next = new HashMap<>();
        byPlace.forEach((rva, sites) -> {
            String prefix = prefix(sites.getFirst(), options);
            int radix = wanted.get(prefix) + taken.size() <= 256 ? 16 : 36;
            PoolTag tag = null;
            while (tag == null && next.getOrDefault(prefix, 0) < MOST_TAGS) {
                int number = next.merge(prefix, 1, Integer::sum) - 1;
                PoolTag candidate = PoolTag.parse(prefix + Character.forDigit(number / radix % radix, radix)
                        + Character.forDigit(number % radix, radix));
                tag = number >= radix * radix || taken.contains(candidate) ? null : candidate;
            }
            for (CallSite site : sites) {
                if (tag == null) {
                    refusals.add(new Refusal(site, "all tags that begin with " + prefix + " are used up: choose another prefix for some"));
                } else {
                    patches.put(rva, tag.key());
                    entries.add(entry(site, tag));
                }
            }
        });
        entries.sort(Comparator.comparingInt(TagMap.Entry::rva).thenComparing(TagMap.Entry::tag));
    }

    private static String prefix(CallSite site, Options options) {
        if (options.prefix() != null) {
            return options.prefix();
        }
        StringBuilder prefix = new StringBuilder(2);
        for (int i = 0; i < 2; i++) {
            int value = site.tag().byteAt(i);
            prefix.append(value > 0x20 && value < 0x7f && value != '\\' ? (char) value : '_');
        }
        return prefix.toString();
    }

    private static TagMap.Entry entry(CallSite site, PoolTag tag) {
        return new TagMap.Entry(tag, site.tag(), site.rva(), site.function(), site.rva() - site.functionRva(), site.patch().rva(),
                site.patch().offset(), site.api(), site.operation(), site.pool(), site.sizes());
    }

    private void patchFrees(Map<Integer, List<CallSite>> byPlace, Map<PoolTag, List<CallSite>> frees) {
        Set<PoolTag> retagged = new HashSet<>();
        byPlace.values().forEach(sites -> sites.forEach(site -> retagged.add(site.tag())));
        for (PoolTag tag : retagged) {
            for (CallSite free : frees.getOrDefault(tag, List.of())) {
                patches.put(free.patch().rva(), 0);
            }
        }
    }

    private void noteUnknownFrees() {
        List<CallSite> unknown = driver.sites().stream()
                .filter(site -> !site.isAllocation() && !site.passedOn() && !site.tagUnknown().isEmpty()).toList();
        if (!unknown.isEmpty() && !entries.isEmpty()) {
            warnings.add("the tag of " + unknown.size() + (unknown.size() == 1 ? " free" : " frees") + " is not known (" + places(unknown)
                    + "): if one names the tag of a retagged block, the machine may stop");
        }
        driver.image().packed().ifPresent(reason -> warnings.add("the driver looks packed: " + reason));
    }

    /** Which new tag is which site. */
    public TagMap map() {
        return TagMap.of(driver.image(), entries, otherUses);
    }

    /** Where the driver names an old tag of a retagged site without giving it to a pool function. */
    public List<TagMap.OtherUse> otherUses() {
        return otherUses;
    }

    /** Sites that keep their tag. */
    public List<Refusal> refusals() {
        return List.copyOf(refusals);
    }

    /** What to be careful about, each as a sentence without a full stop. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** The new four bytes, as little-endian numbers, by RVA. */
    Map<Integer, Integer> patches() {
        return patches;
    }

    DriverFile driver() {
        return driver;
    }

    /** The copy. */
    public byte[] copy() {
        PeImage image = driver.image();
        byte[] copy = image.content().clone();
        patches.forEach((rva, bytes) -> LittleEndian.put32(copy, image.offset(rva), bytes));
        byte[] result = withoutSignature(copy);
        LittleEndian.put32(result, image.checksumOffset(), (int) PeImage.checksum(result, image.checksumOffset()));
        return result;
    }

    private byte[] withoutSignature(byte[] copy) {
        PeImage image = driver.image();
        Optional<Signature> signature = image.signature();
        if (signature.isEmpty()) {
            return copy;
        }
        int entry = image.signatureEntryOffset();
        LittleEndian.put32(copy, entry, 0);
        LittleEndian.put32(copy, entry + 4, 0);
        return endsWithSignature(signature.get(), copy.length) ? Arrays.copyOf(copy, signature.get().offset()) : copy;
    }

    private static boolean endsWithSignature(Signature signature, int length) {
        return signature.offset() + signature.size() >= length - 8;
    }

    /** Everything in which the copy differs from the driver, in the order of the file. */
    public List<Change> changes() {
        PeImage image = driver.image();
        byte[] before = image.content();
        byte[] after = copy();
        List<Change> changes = new ArrayList<>();
        changes.add(change(before, after, image.checksumOffset(), 4, "checksum"));
        if (image.signature().isPresent()) {
            changes.add(change(before, after, image.signatureEntryOffset(), 8, "directory entry of the signature"));
        }
        patches.forEach((rva, bytes) -> changes.add(change(before, after, image.offset(rva), 4,
                bytes == 0 ? "tag of a free at " + Address.text(rva) : "tag at " + Address.text(rva))));
        if (after.length < before.length) {
            changes.add(new Change(after.length, before.length - after.length + " bytes", "", "signature, cut off"));
        }
        changes.removeIf(change -> change.before().equals(change.after()));
        changes.sort(Comparator.comparingInt(Change::offset));
        return changes;
    }

    private static Change change(byte[] before, byte[] after, int offset, int length, String what) {
        HexFormat hex = HexFormat.ofDelimiter(" ");
        return new Change(offset, hex.formatHex(before, offset, offset + length), hex.formatHex(after, offset, offset + length), what);
    }
}
