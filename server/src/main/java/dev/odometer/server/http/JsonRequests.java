package dev.odometer.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.odometer.engine.model.InvalidKeyException;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Limits;
import dev.odometer.engine.model.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads request bodies, strictly: one JSON object, its known fields, each once; whole numbers of 64 bits written as
 * such (5, not 5.0, 5e0 or "5"). Anything else is a {@link RequestException} that says where. Stateless.
 */
final class JsonRequests {
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(8)
                    .maxNumberLength(32)
                    .maxNameLength(64)
                    .maxStringLength(4 * Limits.MAX_KEY_BYTES)
                    .build())
            .build();

    private JsonRequests() {}

    /**
     * A batch as it was sent.
     *
     * @param session null where the batch names none; then the sequence is null too
     */
    record Batch(
            List<Operation> operations,
            @Nullable String session,
            @Nullable Long sequence) {}

    /** Reads <code>{"delta": 5}</code>. */
    static long delta(String body) {
        return onlyNumber(body, "delta");
    }

    /** Reads <code>{"value": 7}</code>. */
    static long value(String body) {
        return onlyNumber(body, "value");
    }

    private static long onlyNumber(String body, String field) {
        return read(body, parser -> {
            Long number = null;
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                if (!name.equals(field)) {
                    throw unknown(parser, "'" + field + "'");
                }
                number = number(parser, field);
            }
            if (number == null) {
                throw invalid("The field '" + field + "' is missing.");
            }
            return number;
        });
    }

    /** Reads <code>{"operations": […], "session": "…", "sequence": 7}</code>. */
    static Batch batch(String body) {
        return read(body, parser -> {
            List<Operation> operations = null;
            String session = null;
            Long sequence = null;
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                switch (name) {
                    case "operations" -> operations = operations(parser);
                    case "session" -> session = text(parser, "session");
                    case "sequence" -> sequence = number(parser, "sequence");
                    default -> throw unknown(parser, "'operations', 'session' and 'sequence'");
                }
            }
            if (operations == null || operations.isEmpty()) {
                throw invalid("The batch has no operations.");
            }
            if ((session == null) != (sequence == null)) {
                throw invalid("'session' and 'sequence' go together; one of them is missing.");
            }
            return new Batch(operations, session, sequence);
        });
    }

    private static List<Operation> operations(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_ARRAY) {
            throw invalid("'operations' must be an array.");
        }
        List<Operation> operations = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (operations.size() == Limits.MAX_BATCH_OPERATIONS) {
                throw invalid("The batch has more than " + Limits.MAX_BATCH_OPERATIONS + " operations.");
            }
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw invalid("Operation " + operations.size() + " is not an object.");
            }
            operations.add(operation(parser, operations.size()));
        }
        return operations;
    }

    private static Operation operation(JsonParser parser, int index) throws IOException {
        String op = null;
        Key key = null;
        Long delta = null;
        Long value = null;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            switch (name) {
                case "op" -> op = text(parser, "op");
                case "key" -> key = key(text(parser, "key"), index);
                case "delta" -> delta = number(parser, "delta");
                case "value" -> value = number(parser, "value");
                default -> throw unknown(parser, "'op', 'key', 'delta' and 'value'");
            }
        }
        if (op == null || key == null) {
            throw invalid("Operation " + index + " lacks '" + (op == null ? "op" : "key") + "'.");
        }
        return switch (op) {
            case "add" -> {
                absent(value, "value", op, index);
                yield new Operation.Add(key, present(delta, "delta", op, index));
            }
            case "set" -> {
                absent(delta, "delta", op, index);
                yield new Operation.Set(key, present(value, "value", op, index));
            }
            case "get" -> {
                absent(delta, "delta", op, index);
                absent(value, "value", op, index);
                yield new Operation.Get(key);
            }
            case "delete" -> {
                absent(delta, "delta", op, index);
                absent(value, "value", op, index);
                yield new Operation.Delete(key);
            }
            default ->
                throw invalid("Operation " + index + " has an unknown 'op'; known are add, set, get and delete.");
        };
    }

    private static void absent(@Nullable Long field, String name, String op, int index) {
        if (field != null) {
            throw invalid("Operation " + index + " (" + op + ") takes no '" + name + "'.");
        }
    }

    private static long present(@Nullable Long field, String name, String op, int index) {
        if (field == null) {
            throw invalid("Operation " + index + " (" + op + ") lacks '" + name + "'.");
        }
        return field;
    }

    private static Key key(String text, int index) {
        try {
            return Key.of(text);
        } catch (InvalidKeyException e) {
            throw new RequestException(ProblemType.INVALID_KEY, "Operation " + index + ": " + e.getMessage() + ".");
        }
    }

    private static String text(JsonParser parser, String field) throws IOException {
        if (parser.nextToken() != JsonToken.VALUE_STRING) {
            throw invalid("'" + field + "' must be a string" + at(parser.currentTokenLocation()) + ".");
        }
        return parser.getText();
    }

    private static long number(JsonParser parser, String field) throws IOException {
        boolean whole = parser.nextToken() == JsonToken.VALUE_NUMBER_INT;
        if (!whole || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw invalid("'" + field
                    + "' must be a whole number from -9223372036854775808 to 9223372036854775807, written without"
                    + " quotes, point and exponent" + at(parser.currentTokenLocation()) + ".");
        }
        return parser.getLongValue();
    }

    private static <T> T read(String body, Reading<T> reading) {
        try (JsonParser parser = JSON.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw invalid("The body must be a JSON object.");
            }
            T result = reading.read(parser);
            if (parser.nextToken() != null) {
                throw invalid("Something follows the JSON object" + at(parser.currentTokenLocation()) + ".");
            }
            return result;
        } catch (JsonProcessingException e) {
            throw invalid("The body is not strict JSON: " + reason(e) + at(e.getLocation()) + ".");
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
    }

    /** In our own words: the library's tell of its options and classes, which a client cannot change. */
    private static String reason(JsonProcessingException e) {
        if (e instanceof JsonEOFException) {
            return "it ends too early";
        }
        if (e instanceof StreamConstraintsException) {
            return "a number, a name or a text in it is too long, or it is nested too deeply";
        }
        // The library has no type of its own for this one.
        if (e.getOriginalMessage().startsWith("Duplicate field")) {
            return "a field comes twice";
        }
        return "something stands there that JSON does not allow; names and texts are written in double quotes, numbers"
                + " like 5 or -5";
    }

    private static RequestException unknown(JsonParser parser, String known) {
        return invalid("Unknown field" + at(parser.currentTokenLocation()) + "; known: " + known + ".");
    }

    private static String at(@Nullable JsonLocation location) {
        return location == null ? "" : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }

    private static RequestException invalid(String detail) {
        return new RequestException(ProblemType.INVALID_BODY, detail);
    }

    /** Reads the fields of an object whose opening brace has been read, with its closing brace. */
    private interface Reading<T> {
        T read(JsonParser parser) throws IOException;
    }
}
