package org.poolscope.app.page;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** The cases that are open. Few at a time: each keeps its blocks in memory. */
final class Desk implements AutoCloseable {

    private static final int MOST_CASES = 6;

    private final List<PageCase> cases = new ArrayList<>();
    private final ExecutorService worker = Executors.newSingleThreadExecutor();
    private final String madeBy;
    private final Consumer<String> complaints;
    private int next = 1;
    private volatile boolean closed;

    /** A desk; complaints take, as a sentence, why a case could not be read. */
    Desk(String madeBy, Consumer<String> complaints) {
        this.madeBy = madeBy;
        this.complaints = complaints;
    }

    /**
     * Opens evidence as a case; it is read after this returns.
     *
     * @param uploaded whether these are copies that came from a browser
     */
    synchronized PageCase open(List<Path> evidence, boolean uploaded) throws Refusal {
        if (cases.size() >= MOST_CASES) {
            throw new Refusal(409, MOST_CASES + " cases are open, which is all this page holds. Start poolscope ui again for others");
        }
        PageCase made = new PageCase(next++, evidence, uploaded, madeBy);
        cases.add(made);
        worker.submit(() -> {
            made.read();
            // Of a case that is closed while it is read nobody wants to hear.
            if (made.news().failure() != null && !closed) {
                complaints.accept(made.news().failure());
            }
        });
        return made;
    }

    synchronized List<PageCase> cases() {
        return List.copyOf(cases);
    }

    synchronized PageCase find(String id) throws Refusal {
        return cases.stream().filter(one -> String.valueOf(one.id()).equals(id)).findFirst()
                .orElseThrow(() -> new Refusal(404, "There is no case " + id));
    }

    @Override
    public void close() {
        closed = true;
        worker.shutdownNow();
        cases().forEach(PageCase::close);
    }
}
