package org.poolscope.app.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.poolscope.model.RealEvidence;

/** Who is let in and what is taken, asked byte by byte: a well-behaved client would not send most of this. */
class PageServerTest {

    private static final long MOST = 1 << 20;
    private static final String BATCH = "0123456789abcdef";

    private static PageServer server;
    private static int port;
    private static String token;

    private record Reply(int status, String head, String body) {
    }

    @BeforeAll
    static void start() throws Exception {
        server = PageServer.start(List.of(RealEvidence.path("cases/photo-upload")), 0, MOST, "poolscope test");
        URI address = URI.create(server.address());
        port = address.getPort();
        token = address.getQuery().substring("token=".length());
        assertThat(address.getHost()).isEqualTo("127.0.0.1");
        for (int i = 0; i < 600 && !ask("GET", "/api/cases", "").body().contains("\"ready\""); i++) {
            Thread.sleep(50);
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Reply ask(String method, String path, String headers) throws Exception {
        return send(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nX-Poolscope-Token: " + token + "\r\nConnection: close\r\n"
                + headers + "\r\n", new byte[0]);
    }

    private static Reply put(String path, byte[] body) throws Exception {
        return send("PUT " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nX-Poolscope-Token: " + token + "\r\nConnection: close\r\n"
                + "Content-Length: " + body.length + "\r\n\r\n", body);
    }

    private static Reply send(String head, byte[] body) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.ISO_8859_1));
            out.write(body);
            out.flush();
            InputStream in = socket.getInputStream();
            String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            int end = all.indexOf("\r\n\r\n");
            return new Reply(Integer.parseInt(all.substring(9, 12)), all.substring(0, end), all.substring(end + 4));
        }
    }

    @Test
    void onlyWhoHasTheTokenIsAnswered() throws Exception {
        String host = "Host: 127.0.0.1:" + port + "\r\nConnection: close\r\n";
        assertThat(send("GET /api/cases HTTP/1.1\r\n" + host + "\r\n", new byte[0])).satisfies(reply -> {
            assertThat(reply.status()).isEqualTo(403);
            assertThat(reply.body()).contains("The token is missing or wrong");
        });
        assertThat(send("GET /?token=" + token.replace(token.charAt(0), 'x') + " HTTP/1.1\r\n" + host + "\r\n", new byte[0]).status()).isEqualTo(403);
        assertThat(send("GET /api/cases?token=" + token + " HTTP/1.1\r\n" + host + "\r\n", new byte[0]).status()).isEqualTo(403);
        assertThat(send("GET /?token=" + token + " HTTP/1.1\r\n" + host + "\r\n", new byte[0]).status()).isEqualTo(200);
    }

    @Test
    void anotherNameOrAnotherPageIsRefused() throws Exception {
        String rest = "X-Poolscope-Token: " + token + "\r\nConnection: close\r\n";
        assertThat(send("GET /api/cases HTTP/1.1\r\nHost: rebound.example:" + port + "\r\n" + rest + "\r\n", new byte[0]).status()).isEqualTo(421);
        assertThat(send("GET /api/cases HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nHost: rebound.example\r\n" + rest + "\r\n", new byte[0]).status())
                .isIn(400, 421);
        assertThat(ask("GET", "/api/cases", "Origin: http://rebound.example\r\n").status()).isEqualTo(403);
        assertThat(ask("GET", "/api/cases", "Origin: null\r\n").status()).isEqualTo(403);
        assertThat(ask("GET", "/api/cases", "Sec-Fetch-Site: cross-site\r\n").body()).contains("Another page asked for this");
        assertThat(ask("GET", "/api/cases", "Origin: http://127.0.0.1:" + port + "\r\n").status()).isEqualTo(200);
    }

    @Test
    void everyAnswerIsSealed() throws Exception {
        assertThat(ask("GET", "/api/cases", "").head().toLowerCase(Locale.ROOT)).contains("content-security-policy: default-src 'none'")
                .contains("x-content-type-options: nosniff").contains("cache-control: no-store").contains("x-frame-options: deny");
        assertThat(ask("GET", "/?token=" + token, "").body()).contains("connect-src 'self'").doesNotContain("unsafe-inline");
    }

    @Test
    void filesTooLargeAreRefusedBeforeTheyAreSentAndWhileTheyAre() throws Exception {
        Reply announced = ask("PUT", "/api/upload/" + BATCH + "/MEMORY.DMP", "Content-Length: 10737418240\r\n");
        assertThat(announced.status()).isEqualTo(413);
        assertThat(announced.body()).contains("'MEMORY.DMP' is too large: at most 1.0 MB".replace("'", "\\u0027")).contains("command line");
        byte[] chunk = new byte[(int) MOST + 10];
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write((Integer.toHexString(chunk.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        body.write(chunk);
        body.write("\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        Reply streamed = send("PUT /api/upload/" + BATCH + "/a HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nX-Poolscope-Token: " + token
                + "\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n", body.toByteArray());
        assertThat(streamed.status()).isEqualTo(413);
        assertThat(put("/api/upload/" + BATCH + "1/small.txt", new byte[10]).status()).isEqualTo(400);
        assertThat(put("/api/upload/0000000000000001/small.txt", new byte[10]).status()).isEqualTo(200);
    }

    @Test
    void archivesAreNotOpened() throws Exception {
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(zip)) {
            out.putNextEntry(new ZipEntry("MEMORY.DMP"));
            out.write(new byte[64 << 20]);
        }
        Reply reply = put("/api/upload/" + BATCH + "/bomb.zip", zip.toByteArray());
        assertThat(reply.status()).isEqualTo(415);
        assertThat(reply.body()).contains("is an archive (ZIP), and archives are not opened here. Unpack it");
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(new byte[1 << 20]);
        }
        assertThat(put("/api/upload/" + BATCH + "/dump.gz", gzip.toByteArray()).status()).isEqualTo(415);
    }

    @Test
    void namesStayInTheirFolder() throws Exception {
        assertThat(put("/api/upload/00000000000000aa/..%2f..%2f..%2fetc%2fpasswd", "x".getBytes(StandardCharsets.US_ASCII)).status()).isIn(200, 404);
        assertThat(put("/api/upload/00000000000000aa/%2e%2e", "x".getBytes(StandardCharsets.US_ASCII)).status()).isIn(200, 404);
        assertThat(put("/api/upload/..%2f..%2faaaaaaaaaa/x", "x".getBytes(StandardCharsets.US_ASCII)).status()).isIn(400, 404);
        assertThat(Path.of("/etc/passwd")).isNotEmptyFile();
    }

    @Test
    void questionsAreAnsweredAsTheDescriptionSays() throws Exception {
        ObjectMapper json = new ObjectMapper();
        JsonNode paths = json.readTree(ask("GET", "/api/openapi.json", "").body()).get("paths");
        paths.fieldNames().forEachRemaining(path -> {
            if (paths.get(path).has("get") && !path.contains("{image}")) {
                String asked = path.replace("{case}", "1") + "?q=mup&driver=none";
                try {
                    assertThat(ask("GET", asked, "").status()).as(asked).isEqualTo(path.contains("callsites") ? 404 : 200);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
        });
        assertThat(json.readTree(ask("GET", "/api/cases/1", "").body()).get("verdict").asText()).contains("Paged pool is exhausted");
        assertThat(ask("GET", "/api/cases/1/referrals", "").body()).contains("lores");
        assertThat(json.readTree(ask("GET", "/api/cases/1/search?q=mu37", "").body()).get("rows").get(0).get("key").asText()).isEqualTo("Mu37");
        assertThat(ask("GET", "/api/cases/1/images/0/blocks", "").status()).isEqualTo(404);
        assertThat(ask("GET", "/api/cases/9", "").status()).isEqualTo(404);
        assertThat(ask("DELETE", "/api/cases", "").status()).isEqualTo(404);
    }
}
