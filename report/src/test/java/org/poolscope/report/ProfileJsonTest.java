package org.poolscope.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.poolscope.model.PoolTag;
import org.poolscope.pool.ContentProfile;
import org.poolscope.pool.FieldKind;

class ProfileJsonTest {

    @Test
    void neighboursThatSayTheSameAreOneLineAndLeftoversAreLinesOfTheirOwn() throws IOException {
        List<ContentProfile.Field> fields = new ArrayList<>();
        fields.add(field(0, FieldKind.CONSTANT, 1));
        for (int offset = 4; offset < 32; offset += 4) {
            fields.add(field(offset, FieldKind.CONSTANT, 0));
        }
        // Behind the data the same stands by chance.
        fields.add(field(32, FieldKind.CONSTANT, 0));
        fields.add(field(36, FieldKind.LEFTOVER, 5));
        fields.add(field(40, FieldKind.LEFTOVER, 6));
        assertThat(lines(new ContentProfile(PoolTag.parse("Leak"), 9, 9, 0x40, 32, fields, List.of()))).isEqualTo("""
                {"lines":[\
                {"offset":0,"size":4,"count":1,"kind":"constant","what":"0x1","field":0},\
                {"offset":4,"size":4,"count":7,"kind":"constant","what":"0x0","field":1},\
                {"offset":32,"size":4,"count":1,"kind":"constant","what":"0x0","field":8},\
                {"offset":36,"size":4,"count":2,"kind":"leftover","what":"","field":9}]}""");
    }

    @Test
    void whatComesAgainAndAgainStandsOnce() throws IOException {
        List<ContentProfile.Field> fields = new ArrayList<>();
        for (int offset = 0; offset < 32; offset += 8) {
            fields.add(field(offset, FieldKind.OPAQUE, offset));
            fields.add(field(offset + 4, FieldKind.CONSTANT, 7));
        }
        assertThat(lines(new ContentProfile(PoolTag.parse("Leak"), 9, 9, 0x28, 32, fields, List.of()))).isEqualTo("""
                {"lines":[\
                {"offset":0,"size":4,"count":1,"kind":"data without a pattern","what":"","field":0},\
                {"offset":4,"size":4,"count":1,"kind":"constant","what":"0x7","field":1},\
                {"offset":8,"size":24,"count":1,"kind":"and so on","what":"3 times more, the same every 8 bytes","field":null}]}""");
    }

    private static ContentProfile.Field field(int offset, FieldKind kind, long value) {
        return new ContentProfile.Field(offset, 4, kind, List.of(new ContentProfile.Value(value, 9, Optional.empty())), 1, null, null, Optional.empty(), 0);
    }

    private static String lines(ContentProfile profile) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            ProfileJson.lines(profile, json);
            json.writeEndObject();
        }
        return text.toString();
    }
}
