package org.poolscope.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import java.io.IOException;

/**
 * Makes JSON that may stand in a page: no character ends or begins markup, and every string is {@link Plain}, so that no control
 * character and no mark that reorders text reaches a reader's eyes.
 */
public final class HostileText extends JsonGeneratorDelegate {

    private static final CharacterEscapes NO_MARKUP = new CharacterEscapes() {
        private static final long serialVersionUID = 1;

        @Override
        public int[] getEscapeCodesForAscii() {
            int[] escapes = standardAsciiEscapesForJSON();
            for (char letter : "<>&'".toCharArray()) {
                escapes[letter] = ESCAPE_STANDARD;
            }
            return escapes;
        }

        @Override
        public SerializableString getEscapeSequence(int letter) {
            return new SerializedString(String.format("\\u%04x", letter));
        }
    };

    /** JSON that goes to {@code json}, which is closed with this. */
    public HostileText(JsonGenerator json) {
        super(json, false);
        json.setCharacterEscapes(NO_MARKUP);
    }

    @Override
    public void writeString(String text) throws IOException {
        delegate.writeString(Plain.text(text.strip().indexOf('\n') < 0 && text.indexOf('\r') < 0 ? text : text.replaceAll("[\r\n]+", " ")));
    }

    @Override
    public void writeStringField(String name, String value) throws IOException {
        writeFieldName(name);
        writeString(value);
    }
}
