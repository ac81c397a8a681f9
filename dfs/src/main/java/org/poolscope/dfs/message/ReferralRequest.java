package org.poolscope.dfs.message;

import java.util.Objects;
import java.util.Optional;

/**
 * A request for referrals: REQ_GET_DFS_REFERRAL (2.2.2), or its extended form REQ_GET_DFS_REFERRAL_EX (2.2.3), which can name the
 * client's site.
 *
 * @param maxLevel MaxReferralLevel: the highest version of referral entries the client takes, 1 to 4
 * @param path RequestFileName: the path to be resolved; its number of components tells the kind of referral wanted
 * @param extended whether it is of the extended form
 * @param siteName the client's site; extended form only
 */
public record ReferralRequest(int maxLevel, String path, boolean extended, Optional<String> siteName) {

    private static final int FLAG_SITE_NAME = 1;
    private static final int EXTENDED_HEADER = 8;

    /** Checks that only the extended form has a site, and that no string holds a NUL. */
    public ReferralRequest {
        Objects.requireNonNull(path, "path");
        if (siteName.isPresent() && !extended) {
            throw new IllegalArgumentException("only the extended request can name a site");
        }
        if (path.indexOf('\0') >= 0 || siteName.orElse("").indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a string in a referral request ends at its first NUL");
        }
    }

    /** A request of the plain form. */
    public ReferralRequest(int maxLevel, String path) {
        this(maxLevel, path, false, Optional.empty());
    }

    /** The request as bytes. */
    public byte[] encode() {
        MessageWriter out = new MessageWriter().u16(maxLevel);
        if (!extended) {
            return out.string(path).bytes();
        }
        int dataLength = 2 + 2 * (path.length() + 1) + siteName.map(name -> 2 + 2 * (name.length() + 1)).orElse(0);
        out.u16(siteName.isPresent() ? FLAG_SITE_NAME : 0).u32(dataLength);
        out.u16(2 * (path.length() + 1)).string(path);
        siteName.ifPresent(name -> out.u16(2 * (name.length() + 1)).string(name));
        return out.bytes();
    }

    /** Reads a request of the plain form. */
    public static Decoded<ReferralRequest> decode(byte[] message) {
        Breaches breaches = new Breaches();
        MessageBytes bytes = new MessageBytes(message, breaches);
        if (message.length < 2) {
            breaches.add(Breach.Kind.CUT_HEADER, message.length, -1, "a referral request has at least 4 bytes, this one has "
                    + message.length);
            return new Decoded<>(Optional.empty(), breaches.list());
        }
        String path = "";
        if (message.length < 4) {
            breaches.add(Breach.Kind.STRING_UNTERMINATED, 2, -1, "the path of the request is missing, not even its NUL is there");
        } else {
            path = bytes.string(2, 2, -1, "the path of the request");
        }
        return new Decoded<>(Optional.of(new ReferralRequest(bytes.u16(0), path)), breaches.list());
    }

    /** Reads a request of the extended form. */
    public static Decoded<ReferralRequest> decodeExtended(byte[] message) {
        Breaches breaches = new Breaches();
        MessageBytes bytes = new MessageBytes(message, breaches);
        if (message.length < EXTENDED_HEADER) {
            breaches.add(Breach.Kind.CUT_HEADER, message.length, -1,
                    "an extended referral request has at least 8 bytes, this one has " + message.length);
            return new Decoded<>(Optional.empty(), breaches.list());
        }
        long dataLength = bytes.u32(4);
        if (dataLength != message.length - EXTENDED_HEADER) {
            breaches.add(Breach.Kind.LENGTH, 4, -1, "RequestDataLength is " + dataLength + ", but "
                    + (message.length - EXTENDED_HEADER) + " bytes follow");
        }
        String path = counted(bytes, breaches, EXTENDED_HEADER, "the path of the request");
        Optional<String> site = Optional.empty();
        if ((bytes.u16(2) & FLAG_SITE_NAME) != 0) {
            int at = EXTENDED_HEADER + 2 + (bytes.holds(EXTENDED_HEADER, 2) ? bytes.u16(EXTENDED_HEADER) : 0);
            site = Optional.of(counted(bytes, breaches, at, "the site name"));
        }
        return new Decoded<>(Optional.of(new ReferralRequest(bytes.u16(0), path, true, site)), breaches.list());
    }

    /** A string after its length in bytes, NUL included. */
    private static String counted(MessageBytes bytes, Breaches breaches, int at, String name) {
        if (!bytes.holds(at, 2)) {
            breaches.add(Breach.Kind.CUT_HEADER, bytes.length(), -1, name + " is missing");
            return "";
        }
        int length = bytes.u16(at);
        if (!bytes.holds(at + 2, length)) {
            breaches.add(Breach.Kind.LENGTH, at, -1, name + " is said to have " + length + " bytes, more than are left");
            length = bytes.length() - at - 2;
        }
        String text = bytes.decode(at + 2, at + 2 + length);
        int end = text.indexOf('\0');
        if (end < 0 || end != text.length() - 1 || (length & 1) != 0) {
            breaches.add(Breach.Kind.LENGTH, at, -1, name + " does not end with its only NUL after the " + length
                    + " bytes it is said to have");
        }
        return end < 0 ? text : text.substring(0, end);
    }
}
