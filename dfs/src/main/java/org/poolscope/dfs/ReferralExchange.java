package org.poolscope.dfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.poolscope.dfs.message.Decoded;
import org.poolscope.dfs.message.ReferralEntry;
import org.poolscope.dfs.message.ReferralReply;
import org.poolscope.dfs.message.ReferralRequest;
import org.poolscope.model.Fact;
import org.poolscope.model.Provenance;

/**
 * A referral request and its final reply as they went over the wire. Either may be missing: a capture begins and ends in the
 * middle of things.
 */
public final class ReferralExchange implements Fact {

    /** NTSTATUS of success. */
    public static final long STATUS_SUCCESS = 0;
    /** NTSTATUS that says the reply did not fit the buffer the client offered. */
    public static final long STATUS_BUFFER_OVERFLOW = 0x8000_0005L;

    /** The protocols that carry referrals. */
    public enum Carrier {
        /** SMB1: TRANS2_GET_DFS_REFERRAL. */
        SMB1,
        /** SMB2 and SMB3: FSCTL_DFS_GET_REFERRALS. */
        SMB2,
        /** SMB2 and SMB3: FSCTL_DFS_GET_REFERRALS_EX. */
        SMB2_EXTENDED
    }

    /**
     * How the exchange was carried.
     *
     * @param carrier the protocol
     * @param client address and port of who asked
     * @param server address and port of who was asked
     * @param requestFrame number of the frame that completes the request, from 1
     * @param replyFrame number of the frame that completes the final reply, from 1
     * @param interimReplies replies before the final one that said only that it would come (STATUS_PENDING)
     * @param maxOutput bytes the client allows the reply to have; empty without a request
     */
    public record Transport(Carrier carrier, String client, String server, OptionalLong requestFrame, OptionalLong replyFrame,
            int interimReplies, OptionalLong maxOutput) {
    }

    private final Provenance seenAt;
    private final Transport transport;
    private final Optional<Decoded<ReferralRequest>> request;
    private final OptionalLong status;
    private final byte[] rawReply;
    private final Optional<Decoded<ReferralReply>> reply;
    private final List<String> problems;

    /**
     * Makes an exchange and decodes its messages.
     *
     * @param file the capture, as findings shall name it
     * @param transport how it was carried
     * @param request the request's bytes; empty when it was not captured
     * @param status the NTSTATUS of the final reply; empty when it was not captured
     * @param reply the reply's bytes; empty when there are none
     * @param problems what was wrong with the SMB messages around them
     */
    public ReferralExchange(String file, Transport transport, Optional<byte[]> request, OptionalLong status, byte[] reply,
            List<String> problems) {
        this(file, "frame " + transport.replyFrame().orElseGet(() -> transport.requestFrame().orElse(0)), transport, request, status, reply,
                problems);
    }

    private ReferralExchange(String file, String at, Transport transport, Optional<byte[]> request, OptionalLong status, byte[] reply,
            List<String> problems) {
        this.transport = Objects.requireNonNull(transport, "transport");
        this.request = request.map(bytes -> transport.carrier() == Carrier.SMB2_EXTENDED ? ReferralRequest.decodeExtended(bytes)
                : ReferralRequest.decode(bytes));
        this.status = Objects.requireNonNull(status, "status");
        this.rawReply = reply.clone();
        this.reply = reply.length == 0 ? Optional.empty() : Optional.of(ReferralReply.decode(reply));
        this.problems = List.copyOf(problems);
        this.seenAt = new Provenance(file, at, requestPath().orElse(""));
    }

    /**
     * An exchange with a live server.
     *
     * @param server the server, as findings shall name it
     * @param at which of several questions it was
     * @param extended whether the extended request was used
     * @param request the request's bytes
     * @param maxOutput bytes the reply was allowed to have
     * @param status the NTSTATUS of the reply
     * @param reply the reply's bytes; none when there are none
     */
    public static ReferralExchange live(String server, String at, boolean extended, byte[] request, long maxOutput, long status,
            byte[] reply) {
        Transport transport = new Transport(extended ? Carrier.SMB2_EXTENDED : Carrier.SMB2, "", server, OptionalLong.empty(),
                OptionalLong.empty(), 0, OptionalLong.of(maxOutput));
        return new ReferralExchange(server, at, transport, Optional.of(request), OptionalLong.of(status), reply, List.of());
    }

    @Override
    public Provenance seenAt() {
        return seenAt;
    }

    /** How it was carried. */
    public Transport transport() {
        return transport;
    }

    /** The request, with what is broken in it; empty when it was not captured. */
    public Optional<Decoded<ReferralRequest>> request() {
        return request;
    }

    /** The path asked for; empty when the request was not captured or is cut. */
    public Optional<String> requestPath() {
        return request.flatMap(Decoded::message).map(ReferralRequest::path);
    }

    /** The NTSTATUS of the final reply, as an unsigned number; empty when it was not captured. */
    public OptionalLong status() {
        return status;
    }

    /** Whether the server answered with referrals. */
    public boolean succeeded() {
        return status.isPresent() && status.getAsLong() == STATUS_SUCCESS;
    }

    /** The reply, with what is broken in it; empty when there is none or the server refused. */
    public Optional<Decoded<ReferralReply>> reply() {
        return reply;
    }

    /** The reply's bytes; none when there is no reply or the server refused. A copy. */
    public byte[] rawReply() {
        return rawReply.clone();
    }

    /**
     * The targets of a successful reply, without what only the wire tells; empty when it names none. The path asked for is
     * left out: on the wire clients ask for links by their exact names all the time, so it tells nothing about how far a link
     * reaches.
     */
    public Optional<ReferralText> asText() {
        List<ReferralText.NamedReferral> named = new ArrayList<>();
        Optional<ReferralReply> message = succeeded() ? reply.flatMap(Decoded::message) : Optional.empty();
        message.ifPresent(one -> one.entries().forEach(entry -> {
            if (entry instanceof ReferralEntry.TargetEntry target) {
                named.add(new ReferralText.NamedReferral(seenAt, target.dfsPath(), target.target(), target.ttlSeconds(),
                        target.version()));
            }
        }));
        return named.isEmpty() ? Optional.empty() : Optional.of(new ReferralText(seenAt, null, null, null, null, named));
    }

    /** What was wrong with the SMB messages that carried it, as sentences. */
    public List<String> problems() {
        return problems;
    }

    @Override
    public String toString() {
        return seenAt + ": " + requestPath().orElse("(request not captured)");
    }
}
