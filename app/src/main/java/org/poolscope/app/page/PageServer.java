package org.poolscope.app.page;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.poolscope.model.Address;
import org.poolscope.model.PoolKind;
import org.poolscope.pool.BlockState;
import org.poolscope.report.HostileText;
import org.poolscope.report.VerdictHtml;

/**
 * Serves the page and answers its questions, on the loopback only. What it answers is described in {@code openapi.json}, which it serves
 * too, and nothing else. Every answer says that it must not be kept, framed or guessed at.
 */
public final class PageServer implements AutoCloseable {

    private static final long MOST_ROWS = 1000;
    private static final int LONGEST_QUESTION = 1 << 16;
    private static final Duration LINGER = Duration.ofSeconds(3);

    /** Writes the fields of an answer. */
    private interface Answer {
        void write(JsonGenerator json) throws IOException, Refusal;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Gate gate;
    private final Desk desk;
    private final Uploads uploads;
    private final Description description = new Description();

    private PageServer(HttpServer server, String madeBy, long mostBytes, Consumer<String> complaints) throws IOException {
        this.server = server;
        this.gate = new Gate(server.getAddress().getPort());
        this.desk = new Desk(madeBy, complaints);
        this.uploads = new Uploads(mostBytes);
    }

    /**
     * Starts to listen, and to read the evidence given.
     *
     * @param evidence what to open at once; may be empty
     * @param port the port, or 0 for any that is free
     * @param mostBytes the most that may be dropped on the page, all files together
     */
    public static PageServer start(List<Path> evidence, int port, long mostBytes, String madeBy) throws IOException {
        return start(evidence, port, mostBytes, madeBy, complaint -> { });
    }

    /**
     * The same.
     *
     * @param complaints takes, as a sentence, why a case could not be read; the page says it too
     */
    public static PageServer start(List<Path> evidence, int port, long mostBytes, String madeBy, Consumer<String> complaints) throws IOException {
        // By default the server reads on for a while before it closes, and would wait for the rest of a file that was refused.
        System.setProperty("sun.net.httpserver.drainAmount", "0");
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), 16);
        PageServer page = new PageServer(server, madeBy, mostBytes, complaints);
        if (!evidence.isEmpty()) {
            try {
                page.desk.open(evidence, false);
            } catch (Refusal e) {
                throw new IllegalStateException(e);
            }
        }
        server.createContext("/", page::answer);
        server.setExecutor(page.threads);
        server.start();
        return page;
    }

    /** The address to open, with the token. */
    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/?token=" + gate.token();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            try {
                gate.check(exchange);
                route(exchange);
            } catch (Refusal refusal) {
                refuse(exchange, refusal);
            } catch (RuntimeException e) {
                refuse(exchange, new Refusal(500, "An error in Poolscope itself (" + e + "). Please report it"));
            }
        }
    }

    private void route(HttpExchange exchange) throws IOException, Refusal {
        String method = exchange.getRequestMethod();
        String[] path = exchange.getRequestURI().getPath().substring(1).split("/");
        Query query = new Query(exchange.getRequestURI());
        if (!description.has(method, exchange.getRequestURI().getPath())) {
            throw new Refusal(404, "There is nothing at " + method + " /" + String.join("/", path));
        }
        String asked = method + " " + (path.length > 1 ? path[0] + "/" + path[1] : path[0]);
        switch (asked) {
            case "GET " -> home(exchange);
            case "GET api/openapi.json" -> send(exchange, 200, "application/json", description.text());
            case "GET api/cases" -> cases(exchange, path, query);
            case "POST api/cases" -> {
                PageCase made = desk.open(uploads.files(batch(exchange)), true);
                json(exchange, json -> number(json, "id", made.id()));
            }
            case "PUT api/upload" -> upload(exchange, path);
            default -> throw new Refusal(404, "There is nothing at " + method + " /" + String.join("/", path));
        }
    }

    private void home(HttpExchange exchange) throws IOException {
        StringWriter page = new StringWriter();
        VerdictHtml.explorer("{\"mostBytes\":" + uploads.mostBytes() + ",\"empty\":" + desk.cases().isEmpty() + "}", page);
        send(exchange, 200, "text/html; charset=utf-8", page.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void upload(HttpExchange exchange, String[] path) throws IOException, Refusal {
        if (path.length != 4) {
            throw new Refusal(404, "Files are sent to /api/upload/BATCH/NAME");
        }
        String length = exchange.getRequestHeaders().getFirst("Content-Length");
        // Not closed here: closing reads on to the end, and of a file that is refused nobody wants to wait for the rest.
        try {
            uploads.take(path[2], path[3], length == null ? -1 : Long.parseLong(length), exchange.getRequestBody());
        } catch (NumberFormatException e) {
            throw new Refusal(400, "Content-Length is no number");
        }
        json(exchange, json -> json.writeBooleanField("taken", true));
    }

    private static String batch(HttpExchange exchange) throws IOException, Refusal {
        byte[] body = exchange.getRequestBody().readNBytes(LONGEST_QUESTION);
        try (JsonParser json = new JsonFactory().createParser(body)) {
            while (json.nextToken() != null) {
                if ("batch".equals(json.currentName()) && json.currentToken().isScalarValue()) {
                    return json.getText();
                }
            }
        } catch (JsonProcessingException e) {
            throw new Refusal(400, "The question is no JSON");
        }
        throw new Refusal(400, "The question names no batch");
    }

    private void cases(HttpExchange exchange, String[] path, Query query) throws IOException, Refusal {
        if (path.length == 2) {
            json(exchange, this::list);
            return;
        }
        PageCase one = desk.find(path[2]);
        if (path.length == 3) {
            send(exchange, 200, "application/json", one.report());
        } else if (path[3].equals("images") && path.length > 5) {
            image(exchange, one.image(path[4]), path, query);
        } else {
            CaseAnswers answers = new CaseAnswers(one);
            json(exchange, switch (path[3]) {
                case "drivers" -> answers::drivers;
                case "callsites" -> json -> answers.callsites(query.text("driver", ""), json);
                case "referrals" -> answers::referrals;
                case "search" -> json -> answers.search(query.text("q", ""), json);
                default -> throw new Refusal(404, "A case has no " + path[3]);
            });
        }
    }

    private void list(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("cases");
        for (PageCase one : desk.cases()) {
            PageCase.News news = one.news();
            json.writeStartObject();
            number(json, "id", one.id());
            text(json, "name", one.name());
            text(json, "state", news.state());
            text(json, "progress", news.what());
            number(json, "done", news.done());
            number(json, "total", news.total());
            text(json, "failure", news.failure());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void image(HttpExchange exchange, ImagePages image, String[] path, Query query) throws IOException, Refusal {
        switch (path[5]) {
            case "blocks" -> {
                ImagePages.Choice choice = new ImagePages.Choice(query.text("tag", ""), chosen(PoolKind.class, query.text("pool", "")),
                        chosen(BlockState.class, query.text("state", "")));
                long from = query.number("from", 0, Integer.MAX_VALUE);
                long count = query.number("count", 100, MOST_ROWS);
                json(exchange, json -> image.blocks(choice, from, count, json));
            }
            case "profile" -> {
                StringWriter text = new StringWriter();
                try (JsonGenerator plain = new JsonFactory().createGenerator(text); JsonGenerator json = new HostileText(plain)) {
                    image.profile(query.text("tag", ""), json);
                }
                send(exchange, 200, "application/json", text.toString().getBytes(StandardCharsets.UTF_8));
            }
            case "at" -> {
                long address = address(path.length > 6 ? path[6] : "");
                json(exchange, json -> {
                    if (path.length > 7 && path[7].equals("refs")) {
                        image.references(address, json);
                    } else {
                        image.at(address, json);
                    }
                });
            }
            default -> throw new Refusal(404, "An image has no " + path[5]);
        }
    }

    private static <E extends Enum<E>> E chosen(Class<E> kind, String word) throws Refusal {
        try {
            return word.isEmpty() ? null : Enum.valueOf(kind, word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, "'" + word + "' is none of " + List.of(kind.getEnumConstants()).toString().toLowerCase(Locale.ROOT));
        }
    }

    private static long address(String text) throws Refusal {
        try {
            return Address.parse(text);
        } catch (NumberFormatException e) {
            throw new Refusal(400, e.getMessage());
        }
    }

    private void json(HttpExchange exchange, Answer answer) throws IOException, Refusal {
        StringWriter text = new StringWriter();
        JsonGenerator plain = new JsonFactory().createGenerator(text);
        plain.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
        try (plain; JsonGenerator json = new HostileText(plain)) {
            json.writeStartObject();
            answer.write(json);
            json.writeEndObject();
        }
        send(exchange, 200, "application/json", text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void refuse(HttpExchange exchange, Refusal refusal) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator plain = new JsonFactory().createGenerator(text); JsonGenerator json = new HostileText(plain)) {
            json.writeStartObject();
            json.writeStringField("message", refusal.getMessage() + ".");
            json.writeEndObject();
        }
        // What is left of the body is not wanted: the connection ends with this answer.
        exchange.getResponseHeaders().set("Connection", "close");
        byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
        begin(exchange, refusal.status(), "application/json", body.length);
        exchange.getResponseBody().write(body);
        exchange.getResponseBody().flush();
        if (!exchange.getRequestMethod().equals("GET")) {
            linger(exchange.getRequestBody());
        }
    }

    /** Reads on for a little while: a connection closed upon unread bytes takes the answer with it. The reader ends when it is closed. */
    private static void linger(InputStream in) {
        long end = System.nanoTime() + LINGER.toNanos();
        Thread reader = Thread.ofVirtual().start(() -> {
            byte[] piece = new byte[1 << 16];
            try {
                while (System.nanoTime() < end && in.read(piece) >= 0) {
                    // Thrown away.
                    continue;
                }
            } catch (IOException e) {
                // The sender gave up, which is as well.
                return;
            }
        });
        try {
            reader.join(LINGER);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void begin(HttpExchange exchange, int status, String type, int length) throws IOException {
        Map.of("Content-Type", type, "Cache-Control", "no-store", "X-Content-Type-Options", "nosniff", "Referrer-Policy", "no-referrer",
                "X-Frame-Options", "DENY", "Cross-Origin-Resource-Policy", "same-origin", "Cross-Origin-Opener-Policy", "same-origin")
                .forEach(exchange.getResponseHeaders()::set);
        exchange.getResponseHeaders().set("Content-Security-Policy", type.startsWith("text/html") ? "frame-ancestors 'none'" : "default-src 'none'");
        exchange.sendResponseHeaders(status, length);
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        begin(exchange, status, type, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    /** Stops, closes the cases and deletes what was dropped. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        desk.close();
        try {
            uploads.close();
        } catch (IOException e) {
            // What stays in the folder for temporary files is deleted by whoever tidies that.
            return;
        }
    }
}
