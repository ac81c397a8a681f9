package org.poolscope.app.page;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.poolscope.diagnosis.Case;
import org.poolscope.diagnosis.CaseReader;
import org.poolscope.diagnosis.Diagnosis;
import org.poolscope.diagnosis.Exhibits;
import org.poolscope.diagnosis.OpenPool;
import org.poolscope.diagnosis.Verdict;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.Progress;
import org.poolscope.report.VerdictHtml;

/** One case: read in the background, then open for questions. */
final class PageCase implements AutoCloseable {

    /** What is heard of a case from outside. */
    record News(String state, String what, long done, long total, String failure) {
    }

    private final int id;
    private final List<Path> evidence;
    private final boolean uploaded;
    private final String madeBy;
    private volatile News news = new News("reading", "", 0, 0, null);
    private volatile Case subject;
    private volatile byte[] report;
    private volatile List<ImagePages> images = List.of();

    /** A case; of what was uploaded the user knows no path. */
    PageCase(int id, List<Path> evidence, boolean uploaded, String madeBy) {
        this.uploaded = uploaded;
        this.id = id;
        this.evidence = List.copyOf(evidence);
        this.madeBy = madeBy;
    }

    int id() {
        return id;
    }

    News news() {
        return news;
    }

    String name() {
        List<String> names = evidence.stream().map(path -> path.toAbsolutePath().normalize().getFileName())
                .map(name -> name == null ? "/" : name.toString()).toList();
        return names.size() <= 3 ? String.join(", ", names) : names.getFirst() + " and " + (names.size() - 1) + " more";
    }

    void read() {
        Progress progress = (what, done, total) -> news = new News("reading", what, done, total, null);
        try {
            subject = uploaded ? CaseReader.readCopies(evidence, progress) : CaseReader.read(evidence, progress);
            Verdict verdict = Diagnosis.of(subject, progress);
            List<ImagePages> open = new ArrayList<>();
            for (OpenPool pool : OpenPool.of(subject)) {
                open.add(new ImagePages(pool));
            }
            images = List.copyOf(open);
            report = VerdictHtml.data(verdict, Exhibits.of(verdict, progress), open.stream().map(ImagePages::file).toList(), madeBy)
                    .getBytes(StandardCharsets.UTF_8);
            news = new News("ready", "", 0, 0, null);
        } catch (EvidenceException e) {
            news = new News("failed", "", 0, 0, e.getMessage());
        } catch (Exception | OutOfMemoryError e) {
            news = new News("failed", "", 0, 0, "This case could not be read: " + e);
        }
    }

    /** What the report shows, as JSON. */
    byte[] report() throws Refusal {
        ready();
        return report;
    }

    Case subject() throws Refusal {
        ready();
        return subject;
    }

    ImagePages image(String number) throws Refusal {
        ready();
        return images.stream().skip(number.matches("\\d{1,3}") ? Integer.parseInt(number) : images.size()).findFirst()
                .orElseThrow(() -> new Refusal(404, "This case has no image " + number + " whose blocks can be read"));
    }

    private void ready() throws Refusal {
        if (!news.state().equals("ready")) {
            throw new Refusal(409, news.failure() == null ? "This case is still being read" : news.failure());
        }
    }

    @Override
    public void close() {
        if (subject != null) {
            subject.close();
        }
    }
}
