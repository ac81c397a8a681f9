package org.poolscope.symbols.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.poolscope.model.Progress;

/** Fetches files from a symbol server. Connections are made when the first file is asked for. */
final class HttpStore implements AutoCloseable {

    /** The largest symbol files, those of web browsers, have 2 GB; of kernels and drivers, 20 MB. */
    private static final long LARGEST = 1L << 30;

    private static final Duration CONNECT = Duration.ofSeconds(15);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final int PIECE = 1 << 16;

    private HttpClient client;

    /**
     * Fetches a file.
     *
     * @return whether the server has it
     * @throws IOException when it cannot be reached, answers with an error, or sends less than it promised
     */
    boolean fetch(URI address, Path to, Progress progress) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(address).timeout(ANSWER).header("User-Agent", "poolscope").GET().build();
        progress.at("fetching " + address, 0, 0);
        try {
            HttpResponse<InputStream> answer = client().send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = answer.body()) {
                if (answer.statusCode() == 404 || answer.statusCode() == 410) {
                    return false;
                }
                if (answer.statusCode() != 200) {
                    throw new IOException("the server answers with status " + answer.statusCode());
                }
                copy(in, to, answer.headers().firstValueAsLong("Content-Length").orElse(-1), address, progress);
                return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void copy(InputStream in, Path to, long promised, URI address, Progress progress) throws IOException {
        long got = 0;
        byte[] piece = new byte[PIECE];
        try (OutputStream out = Files.newOutputStream(to)) {
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                got += n;
                if (got > LARGEST) {
                    throw new IOException("the file is larger than any symbol file");
                }
                out.write(piece, 0, n);
                progress.at("fetching " + address, got, promised);
            }
        }
        if (promised >= 0 && got != promised) {
            throw new IOException("the server sent " + got + " bytes of " + promised);
        }
    }

    private synchronized HttpClient client() {
        if (client == null) {
            client = HttpClient.newBuilder().connectTimeout(CONNECT).followRedirects(HttpClient.Redirect.NORMAL).build();
        }
        return client;
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
            client = null;
        }
    }
}
