package org.poolscope.driver;

import java.util.List;
import org.poolscope.driver.pe.DebugId;
import org.poolscope.driver.pe.PeImage;
import org.poolscope.driver.pe.VersionInfo;
import org.poolscope.model.Architecture;
import org.poolscope.model.Fact;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Provenance;

/**
 * What a driver says of the tags it uses, from its file or from the memory it is loaded in.
 *
 * @param seenAt the file, or the place in the dump
 * @param name the driver's file name
 * @param architecture its processor
 * @param timeDateStamp its link time: the same in the file and in memory
 * @param pdb its PDB file, or {@code null}
 * @param fileVersion its version, or {@code null}
 * @param sites its call sites
 * @param literals what reads like a tag beside them
 * @param warnings what could not be read or seen
 */
public record ScannedDriver(Provenance seenAt, String name, Architecture architecture, long timeDateStamp, DebugId pdb, String fileVersion,
        List<CallSite> sites, List<TagLiteral> literals, List<String> warnings) implements Fact {

    public ScannedDriver {
        sites = List.copyOf(sites);
        literals = List.copyOf(literals);
        warnings = List.copyOf(warnings);
    }

    /** What is known of a driver, without keeping its bytes. */
    public static ScannedDriver of(Provenance seenAt, DriverFile driver) {
        PeImage image = driver.image();
        return new ScannedDriver(seenAt, driver.name(), image.architecture(), image.timeDateStamp(), image.debugId().orElse(null),
                image.version().map(VersionInfo::fileVersion).orElse(null), driver.sites(), driver.literals(), driver.warnings());
    }

    /** The sites that allocate with a tag, callers in place of the functions that pass their arguments on. */
    public List<CallSite> sitesOf(PoolTag tag) {
        return sites.stream().filter(site -> site.isAllocation() && !site.passedOn() && tag.equals(site.tag())).toList();
    }

    /** Whether the tag stands somewhere in it though no call is known to use it. */
    public boolean mentions(PoolTag tag) {
        return literals.stream().anyMatch(literal -> literal.tag().equals(tag));
    }
}
