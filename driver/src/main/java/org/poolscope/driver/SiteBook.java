package org.poolscope.driver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.poolscope.driver.SiteDraft.TagOption;
import org.poolscope.driver.code.Value;
import org.poolscope.driver.code.Value.Constant;
import org.poolscope.driver.pe.LittleEndian;
import org.poolscope.driver.pe.PeImage;
import org.poolscope.model.Address;
import org.poolscope.model.PoolTag;

/** The call sites of an image as they are found, one for each call, tag and way to the pool function. */
final class SiteBook {

    private final PeImage image;
    private final Map<Key, SiteDraft> drafts = new LinkedHashMap<>();

    /** A call, and the way from it to the pool function. */
    private record Call(int rva, String api, List<Integer> through) {

        // Written out, for runs too short for the method handles behind a record's own: see Value.
        @Override
        public boolean equals(Object other) {
            return other instanceof Call call && call.rva == rva && call.api.equals(api) && call.through.equals(through);
        }

        @Override
        public int hashCode() {
            return (rva * 31 + api.hashCode()) * 31 + through.hashCode();
        }
    }

    private record Key(Call call, TagOption option) {

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && key.call.equals(call) && key.option.equals(option);
        }

        @Override
        public int hashCode() {
            return call.hashCode() * 31 + option.hashCode();
        }
    }

    SiteBook(PeImage image) {
        this.image = image;
    }

    int size() {
        return drafts.size();
    }

    /**
     * Notes a call.
     *
     * @param rva the call instruction
     * @param function the function it stands in
     * @param call what it means there
     * @param callersAreSites whether the callers of the function are the sites to look at
     * @return its sites, one for each tag
     */
    List<SiteDraft> note(int rva, int function, Effect call, boolean callersAreSites) {
        List<SiteDraft> noted = new ArrayList<>();
        for (TagOption option : options(call.api(), call.tag())) {
            SiteDraft draft = drafts.computeIfAbsent(new Key(new Call(rva, call.api().name(), call.through()), option),
                    key -> new SiteDraft(rva, function, call, option));
            draft.reached(call, callersAreSites);
            noted.add(draft);
        }
        return noted;
    }

    /** All sites in the order of their RVAs. */
    List<CallSite> sites(FunctionNames names) {
        Map<Call, Integer> alternatives = new HashMap<>();
        drafts.keySet().forEach(key -> alternatives.merge(key.call(), 1, Integer::sum));
        List<CallSite> sites = new ArrayList<>();
        drafts.forEach((key, draft) -> sites.add(draft.site(names, alternatives.get(key.call()))));
        sites.sort((a, b) -> a.rva() != b.rva() ? Integer.compare(a.rva(), b.rva()) : String.valueOf(a.tag()).compareTo(String.valueOf(b.tag())));
        return sites;
    }

    private List<TagOption> options(PoolFunction api, Value tag) {
        boolean free = api.operation() == PoolFunction.Operation.FREE;
        if (tag == null) {
            return List.of(api.fixedTag() == null ? TagOption.unknown(free ? "" : "this function takes no tag")
                    : new TagOption(new PoolTag(api.fixedTag()), false, "", null, "the kernel gives it, the driver names none"));
        }
        List<TagOption> options = new ArrayList<>();
        for (Constant constant : tag.constants()) {
            int raw = (int) constant.number();
            if (raw == 0 && free) {
                options.add(TagOption.unknown(""));
            } else if (raw == 0 && PoolFunctions.isFramework(api)) {
                options.add(TagOption.unknown("none named: the framework makes one from the driver's name"));
            } else {
                String noPatch = noPatch(constant, raw);
                options.add(new TagOption(new PoolTag(raw), raw < 0, "", noPatch.isEmpty() ? patch(constant) : null, noPatch));
            }
        }
        return options.isEmpty() ? List.of(TagOption.unknown(SiteDraft.reason(tag))) : options;
    }

    private String noPatch(Constant constant, int raw) {
        if (constant.origin() == 0) {
            return "the code computes it";
        }
        if (constant.inData()) {
            return "it stands in data at " + Address.text(constant.origin()) + ", which may have other uses";
        }
        boolean there = image.available(constant.origin()) >= 4
                && LittleEndian.i32(image.content(), image.offset(constant.origin())) == raw;
        return there ? "" : "the code computes it";
    }

    private CallSite.TagBytes patch(Constant constant) {
        return new CallSite.TagBytes(constant.origin(), image.isLoaded() ? -1 : image.offset(constant.origin()));
    }
}
