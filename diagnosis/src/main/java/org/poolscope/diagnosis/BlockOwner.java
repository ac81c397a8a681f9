package org.poolscope.diagnosis;

import java.util.Optional;
import java.util.stream.Collectors;
import org.poolscope.model.Address;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;
import org.poolscope.pool.ContentProfile;
import org.poolscope.pool.PointerTarget;

/**
 * Whose blocks they are, by what they hold: the driver to whose things (device object, device extension, code) they point.
 *
 * @param file the driver's file
 * @param blocks how many blocks point there
 * @param explanation how this is known, in sentences
 * @param seen the strongest field
 */
record BlockOwner(String file, long blocks, String explanation, Provenance seen) {

    /** So many of the blocks must point to the driver's things. */
    private static final double NEARLY_ALL = 0.95;

    /** The owner of the blocks of a tag that have the most frequent size; empty when their pointers lead to no one driver. */
    static Optional<BlockOwner> of(OpenPool pool, PoolTag tag) {
        Optional<ContentProfile> profile = ContentProfile.of(pool.image(), pool.blocks(), tag, 0, 0, Progress.NONE);
        return profile.flatMap(found -> found.ownerField().filter(field -> field.targetShare() >= NEARLY_ALL)
                .map(field -> of(pool, found, field)));
    }

    private static BlockOwner of(OpenPool pool, ContentProfile profile, ContentProfile.Field field) {
        PointerTarget target = field.target().orElseThrow();
        String pointers = profile.fields().stream()
                .filter(one -> one.offset() < profile.dataLength()
                        && one.target().map(PointerTarget::driver).filter(target.driver()::equals).isPresent())
                .map(one -> "at offset " + one.offset() + " to " + one.target().orElseThrow().what()
                        + (one.distinct() != null && one.distinct() > 1 ? " (" + one.distinct() + " of them)" : ""))
                .collect(Collectors.joining(", "));
        long behind = profile.size() - pool.blocks().headerSize() - profile.dataLength();
        String explanation = "Their pointers betray the owner, " + target.driver() + ": of " + Quantity.count(profile.sampled()) + " blocks of "
                + Address.text(profile.size()) + " bytes " + Quantity.percent(field.targetShare()) + " point " + pointers + ". "
                + (behind > 0 ? "Only " + profile.dataLength() + " bytes of each are data; the rest is left over from earlier owners." : "");
        return new BlockOwner(pool.driverFile(target.driver()), Math.round(field.targetShare() * profile.sampled()), explanation.strip(),
                pool.at("tag '" + profile.tag() + "', offset " + field.offset(),
                        Quantity.percent(field.targetShare()) + " of the blocks point to " + target.what()));
    }
}
