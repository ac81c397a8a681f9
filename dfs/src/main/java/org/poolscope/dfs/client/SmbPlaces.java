package org.poolscope.dfs.client;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Where servers are found: by their own names and one port, unless told otherwise of one. So a namespace whose names nobody here
 * can look up can be followed all the same.
 */
public final class SmbPlaces {

    /** The port of SMB over TCP. */
    public static final int USUAL_PORT = 445;

    private final int port;
    private final Map<String, Place> others = new HashMap<>();

    /**
     * A place on the network.
     *
     * @param address host name or address
     * @param port TCP port
     */
    record Place(String address, int port) {
    }

    /** All servers at their own names, on this port. */
    public SmbPlaces(int port) {
        this.port = checked(port, String.valueOf(port));
    }

    /**
     * Says where one server is.
     *
     * @param rule {@code NAME=ADDRESS} or {@code NAME=ADDRESS:PORT}; an IPv6 address with a port stands in brackets
     * @throws IllegalArgumentException when it is neither
     */
    public void add(String rule) {
        int equals = rule.indexOf('=');
        String address = equals < 0 ? "" : rule.substring(equals + 1).strip();
        int colon = address.lastIndexOf(':');
        boolean withPort = colon >= 0 && (address.startsWith("[") ? address.charAt(colon - 1) == ']' : address.indexOf(':') == colon);
        String host = withPort ? address.substring(0, colon) : address;
        if (equals < 1 || host.isEmpty()) {
            throw new IllegalArgumentException("'" + rule + "' is not NAME=ADDRESS or NAME=ADDRESS:PORT");
        }
        int where = withPort ? checked(number(address.substring(colon + 1)), rule) : port;
        others.put(key(rule.substring(0, equals)), new Place(host, where));
    }

    Place of(String host) {
        return others.getOrDefault(key(host), new Place(host, port));
    }

    private static String key(String host) {
        return host.strip().toLowerCase(Locale.ROOT);
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static int checked(int port, String text) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("'" + text + "': ports are 1 to 65535");
        }
        return port;
    }
}
