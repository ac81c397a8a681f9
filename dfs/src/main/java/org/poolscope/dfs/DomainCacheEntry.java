package org.poolscope.dfs;

import java.util.List;
import java.util.Objects;
import org.poolscope.model.Fact;
import org.poolscope.model.Provenance;

/**
 * A domain the client knows, from {@code dfsutil /spcinfo} or {@code dfsutil cache domain}.
 *
 * @param seenAt where it is listed
 * @param name the domain's (or computer's) name as printed
 * @param origin where the client has the name from, and whether it uses it
 * @param controllers the domain controllers listed below it, in the order printed
 */
public record DomainCacheEntry(Provenance seenAt, String name, Origin origin, List<Controller> controllers) implements Fact {

    /** The mark in front of a name. */
    public enum Origin {
        /** {@code [*]}: told by the Workstation service. */
        WORKSTATION,
        /** {@code [+]}: told by a referral, and in use. */
        REFERRAL_IN_USE,
        /** {@code [-]}: told by a referral, not in use. */
        REFERRAL
    }

    /**
     * A domain controller.
     *
     * @param name its name as printed
     * @param inUse whether it is the one in use ({@code +})
     * @param accessStatus the NTSTATUS printed beside it; {@code null} when none was printed
     */
    public record Controller(String name, boolean inUse, Long accessStatus) {
    }

    /** Checks that everything is there. */
    public DomainCacheEntry {
        Objects.requireNonNull(seenAt, "seenAt");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(origin, "origin");
        controllers = List.copyOf(controllers);
    }
}
