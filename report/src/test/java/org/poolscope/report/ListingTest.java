package org.poolscope.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListingTest {

    private record Row(String name, Long size) {
    }

    private final Listing<Row> listing = new Listing<Row>((row, json) -> {
        json.writeStringField("name", row.name());
        JsonDocument.number(json, "size", row.size());
    }).text("name", Row::name).number("size", row -> row.size() == null ? null : row.size().toString());

    private final List<Row> rows = List.of(new Row("mup.sys", 12L), new Row("evil\u001b[2J.sys", null));

    @Test
    void textIsATableAndSafe() throws IOException {
        StringWriter out = new StringWriter();
        listing.printText(rows.iterator(), out);
        assertThat(out).hasToString("name               size\nmup.sys              12\nevil\\u{1b}[2J.sys     -\n");
    }

    @Test
    void jsonIsOneObjectALineAndSaysWhatIsNotKnown() throws IOException {
        StringWriter out = new StringWriter();
        listing.printJson(rows.iterator(), out);
        assertThat(out.toString().lines()).containsExactly("{\"name\":\"mup.sys\",\"size\":12}",
                "{\"name\":\"evil\\u001B[2J.sys\",\"size\":null}");
    }
}
