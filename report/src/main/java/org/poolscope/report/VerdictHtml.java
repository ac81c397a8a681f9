package org.poolscope.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import org.poolscope.diagnosis.Exhibit;
import org.poolscope.diagnosis.Verdict;

/**
 * A verdict as one HTML file that needs nothing else: data, styles and programs are all in it. Its content security policy lets
 * exactly these programs and styles in, by their hashes, and no connection out. The programs build the page from the data with text
 * nodes only, so nothing that came from evidence is ever read as markup.
 */
public final class VerdictHtml {

    private static final String D3 = "/META-INF/resources/webjars/d3/7.9.0/";
    private static final List<String> REPORT = List.of("dom.js", "charts.js", "sections.js", "report.js");
    private static final List<String> EXPLORER = List.of("dom.js", "charts.js", "sections.js", "list.js", "explorer.js");

    private VerdictHtml() {
    }

    /**
     * Writes the file.
     *
     * @param madeBy name and version of this program
     */
    public static void print(Verdict verdict, List<Exhibit> exhibits, String madeBy, Writer out) throws IOException {
        page("Poolscope report", REPORT, "", data(verdict, exhibits, List.of(), madeBy), out);
    }

    /**
     * The page that explores evidence live: the same programs, and one that asks the server it came from.
     *
     * @param settings what the page needs to know at once, as JSON that may stand in a page
     */
    public static void explorer(String settings, Writer out) throws IOException {
        page("Poolscope", EXPLORER, "; connect-src 'self'", settings, out);
    }

    private static void page(String title, List<String> parts, String alsoAllowed, String data, Writer out) throws IOException {
        String style = asset("page.css");
        List<String> programs = List.of(d3(), parts.stream().map(VerdictHtml::asset).collect(Collectors.joining("\n")));
        String policy = "default-src 'none'; script-src " + programs.stream().map(VerdictHtml::hash).collect(Collectors.joining(" "))
                + "; style-src " + hash(style) + alsoAllowed + "; base-uri 'none'; form-action 'none'";
        out.write("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"");
        out.write(policy);
        out.write("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
                + "<title>" + title + "</title>\n<style>");
        out.write(style);
        out.write("</style>\n</head>\n<body>\n<noscript>This page is drawn by a program inside it: allow scripts for it.</noscript>\n"
                + "<script type=\"application/json\" id=\"case\">");
        out.write(data);
        out.write("</script>\n");
        for (String program : programs) {
            out.write("<script>");
            out.write(program);
            out.write("</script>\n");
        }
        out.write("</body>\n</html>\n");
        out.flush();
    }

    /**
     * What the page shows, as JSON that may stand in a page.
     *
     * @param images the images of the case whose blocks can be asked for; none for a page that cannot ask
     */
    public static String data(Verdict verdict, List<Exhibit> exhibits, List<String> images, String madeBy) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator plain = new JsonFactory().createGenerator(text); JsonGenerator json = new HostileText(plain)) {
            json.writeStartObject();
            json.writeStringField("madeBy", madeBy);
            json.writeBooleanField("problem", verdict.isProblem());
            VerdictJson.fields(verdict, false, json);
            json.writeArrayFieldStart("images");
            for (String image : images) {
                json.writeString(image);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("exhibits");
            for (Exhibit exhibit : exhibits) {
                ExhibitJson.write(exhibit, json);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.toString();
    }

    /** The chart library, with its licence as that asks. */
    static String d3() {
        return "/*!\n" + resource(D3 + "LICENSE") + "*/\n" + resource(D3 + "dist/d3.min.js");
    }

    static String asset(String name) {
        return resource("/org/poolscope/report/page/" + name);
    }

    private static String resource(String path) {
        try (InputStream in = VerdictHtml.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("not on the class path: " + path);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
