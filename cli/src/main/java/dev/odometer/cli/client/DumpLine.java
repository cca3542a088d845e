package dev.odometer.cli.client;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.odometer.engine.model.Key;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A line of an exported file.
 *
 * <pre>
 * {"key":"orders","value":42}          one a counter
 * {"counters":1,"sha256":"9f86…"}      the last line: how many, and the SHA-256 of all bytes before this line
 * </pre>
 */
sealed interface DumpLine {
    /** A counter. */
    record Counter(Key key, long value) implements DumpLine {}

    /** The last line. The digest may be left out by whoever writes such a file by hand. */
    record Trailer(long counters, @Nullable String sha256) implements DumpLine {}

    /** Reads lines. Thread-confined. */
    final class Parser {
        private final JsonFactory json = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();

        /** Reads a line.
         *
         * @throws IllegalArgumentException with the reason where it is neither of the two */
        DumpLine parse(byte[] line, int length) {
            try (JsonParser parser = json.createParser(line, 0, length)) {
                return parse(parser);
            } catch (JacksonException e) {
                throw new IllegalArgumentException("it is not valid JSON", e);
            } catch (IOException e) {
                throw new IllegalStateException("reading from memory failed", e);
            }
        }

        private static DumpLine parse(JsonParser parser) throws IOException {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("it is not a JSON object");
            }
            Key key = null;
            Long value = null;
            Long counters = null;
            String sha256 = null;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "key" -> key = Key.of(text(parser, name));
                    case "value" -> value = number(parser, name);
                    case "counters" -> counters = number(parser, name);
                    case "sha256" -> sha256 = text(parser, name);
                    default -> throw new IllegalArgumentException("it has an unknown field '" + name + "'");
                }
            }
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("it has something after the object");
            }
            if (key != null && value != null && counters == null && sha256 == null) {
                return new Counter(key, value);
            }
            if (counters != null && key == null && value == null) {
                return new Trailer(counters, sha256);
            }
            throw new IllegalArgumentException("it must have 'key' and 'value'");
        }

        private static String text(JsonParser parser, String name) throws IOException {
            if (parser.currentToken() != JsonToken.VALUE_STRING) {
                throw new IllegalArgumentException("'" + name + "' is not a text");
            }
            return parser.getText();
        }

        private static Long number(JsonParser parser, String name) throws IOException {
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw new IllegalArgumentException("'" + name + "' is not a whole number");
            }
            try {
                return parser.getLongValue();
            } catch (JacksonException e) {
                throw new IllegalArgumentException("'" + name + "' does not fit in 64 bits", e);
            }
        }
    }
}
