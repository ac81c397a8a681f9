package org.poolscope.dfs.namespace;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.poolscope.dfs.message.ReferralReply;

/** One thing a server does wrong on purpose, so that the developer of a client sees what the client makes of it. */
public sealed interface Fault permits PerFile, PathConsumedShort, Loop, ZeroTtl, UnequalTtl, NoTargetsAtAll, Truncated, WrongVersion,
        BadOffset, Slow, Huge {

    /** All faults there are. */
    static List<Fault> all() {
        return List.of(new PerFile(), new PathConsumedShort(), new Loop(), new ZeroTtl(), new UnequalTtl(), new NoTargetsAtAll(),
                new Truncated(), new WrongVersion(), new BadOffset(), new Slow(), new Huge());
    }

    /** The fault with a name. */
    static Optional<Fault> named(String name) {
        return all().stream().filter(fault -> fault.name().equals(name)).findFirst();
    }

    /** Its name on the command line. */
    String name();

    /** What the server does, as a clause. */
    String what();

    /** Changes a reply before it is made bytes of. */
    default ReferralReply spoil(ReferralMatch match, ReferralReply reply) {
        return reply;
    }

    /** Changes the bytes of a reply. */
    default byte[] spoil(ReferralMatch match, byte[] reply) {
        return reply;
    }

    /** How long the server waits before it answers. */
    default Duration delay() {
        return Duration.ZERO;
    }
}
