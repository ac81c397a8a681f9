package org.poolscope.app.page;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Who may ask. The token keeps out other users and programs of this machine; the name asked for ({@code Host}) keeps out pages that
 * made a name of their own point at this machine; {@code Origin} and {@code Sec-Fetch-Site} keep out pages of other places in the same browser.
 */
final class Gate {

    private static final String TOKEN = "X-Poolscope-Token";

    private final String token = HexFormat.of().formatHex(new SecureRandom().generateSeed(24));
    private final Set<String> hosts;
    private final Set<String> origins;

    Gate(int port) {
        hosts = Set.of("127.0.0.1:" + port, "localhost:" + port);
        origins = Set.of("http://127.0.0.1:" + port, "http://localhost:" + port);
    }

    String token() {
        return token;
    }

    void check(HttpExchange exchange) throws Refusal {
        Headers asked = exchange.getRequestHeaders();
        if (asked.getOrDefault("Host", List.of()).size() != 1 || !hosts.contains(asked.getFirst("Host"))) {
            throw new Refusal(421, "This page answers only to 127.0.0.1 and localhost. Use the address that poolscope ui printed");
        }
        String origin = asked.getFirst("Origin");
        String site = asked.getFirst("Sec-Fetch-Site");
        if (origin != null && !origins.contains(origin) || site != null && !site.equals("same-origin") && !site.equals("none")) {
            throw new Refusal(403, "Another page asked for this. Use the address that poolscope ui printed");
        }
        String given = asked.getFirst(TOKEN);
        if (given == null && exchange.getRequestURI().getPath().equals("/")) {
            given = new Query(exchange.getRequestURI()).text("token", "");
        }
        byte[] offered = given == null ? new byte[0] : given.getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(offered, token.getBytes(StandardCharsets.UTF_8))) {
            throw new Refusal(403, "The token is missing or wrong. Use the whole address that poolscope ui printed, token included");
        }
    }
}
