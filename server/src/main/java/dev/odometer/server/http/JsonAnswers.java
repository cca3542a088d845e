package dev.odometer.server.http;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.odometer.engine.Answer;
import dev.odometer.engine.CounterPage;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
import dev.odometer.engine.store.CounterRow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Writes answers as JSON. The answer for one counter is written by hand, everything else with a generator. Stateless.
 */
final class JsonAnswers {
    private static final JsonFactory JSON = new JsonFactory();
    private static final byte[] BEFORE_KEY = "{\"key\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BEFORE_VALUE = "\",\"value\":".getBytes(StandardCharsets.US_ASCII);

    private JsonAnswers() {}

    /**
     * Writes <code>{"key":"orders","value":42}</code>. A valid key has no control characters, so that quotes and
     * backslashes are all that must be escaped.
     */
    static byte[] counter(byte[] key, long value) {
        int escapes = 0;
        for (byte b : key) {
            escapes += b == '"' || b == '\\' ? 1 : 0;
        }
        byte[] digits = Long.toString(value).getBytes(StandardCharsets.ISO_8859_1);
        byte[] json = new byte[BEFORE_KEY.length + key.length + escapes + BEFORE_VALUE.length + digits.length + 1];
        int at = copy(BEFORE_KEY, json, 0);
        for (byte b : key) {
            if (b == '"' || b == '\\') {
                json[at++] = '\\';
            }
            json[at++] = b;
        }
        at = copy(BEFORE_VALUE, json, at);
        at = copy(digits, json, at);
        json[at] = '}';
        return json;
    }

    private static int copy(byte[] from, byte[] to, int at) {
        System.arraycopy(from, 0, to, at, from.length);
        return at + from.length;
    }

    /** Writes a page: <code>{"counters":[{"key":…,"value":…,"created":…}],"next":…}</code>. */
    static byte[] page(CounterPage page) {
        return write(64 + page.counters().size() * 96, json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("counters");
            for (CounterRow row : page.counters()) {
                json.writeStartObject();
                key(json, row.key());
                json.writeNumberField("value", row.value());
                json.writeStringField(
                        "created", Instant.ofEpochMilli(row.createdMillis()).toString());
                json.writeEndObject();
            }
            json.writeEndArray();
            Key next = page.next();
            if (next == null) {
                json.writeNullField("next");
            } else {
                json.writeStringField("next", next.toString());
            }
            json.writeEndObject();
        });
    }

    /** Writes <code>{"answers":[…]}</code>, one answer for each operation, in order. */
    static byte[] batch(List<Operation> operations, List<Answer> answers) {
        return write(64 + answers.size() * 64, json -> {
            json.writeStartObject();
            answers(json, operations, answers);
            json.writeEndObject();
        });
    }

    /** Writes a problem document about a batch, with the answers that there are. */
    static byte[] problem(Problem problem, List<Operation> operations, List<Answer> answers) {
        return write(256 + answers.size() * 96, json -> {
            json.writeStartObject();
            members(json, problem);
            answers(json, operations, answers);
            json.writeEndObject();
        });
    }

    private static void answers(JsonGenerator json, List<Operation> operations, List<Answer> answers)
            throws IOException {
        json.writeArrayFieldStart("answers");
        for (int i = 0; i < answers.size(); i++) {
            Answer answer = answers.get(i);
            Outcome outcome = answer.outcome();
            json.writeStartObject();
            key(json, operations.get(i).key());
            json.writeNumberField("status", Outcomes.status(outcome));
            if (outcome == Outcome.VALUE) {
                json.writeNumberField("value", answer.value());
            } else if (outcome != Outcome.DELETED) {
                ProblemType type = Outcomes.problemType(outcome);
                json.writeStringField("type", type.uri());
                json.writeStringField("title", type.title());
            }
            if (answer.replayed()) {
                json.writeBooleanField("replayed", true);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Writes the cluster. */
    static byte[] cluster(ClusterDescription cluster) {
        return write(512 + cluster.shards().size() * 96, json -> {
            json.writeStartObject();
            json.writeStringField("self", cluster.self());
            json.writeStringField("membership", cluster.membership());
            json.writeArrayFieldStart("members");
            for (ClusterDescription.Node node : cluster.members()) {
                json.writeStartObject();
                json.writeStringField("name", node.name());
                json.writeStringField("state", node.state());
                json.writeStringField("address", node.address());
                json.writeStringField("http", node.http());
                json.writeStringField("redis", node.redis());
                json.writeStringField("version", node.version());
                json.writeStringField(
                        "started", Instant.ofEpochMilli(node.startedMillis()).toString());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("shards");
            for (ClusterDescription.Shard shard : cluster.shards()) {
                json.writeStartObject();
                json.writeNumberField("shard", shard.shard());
                json.writeStringField("owner", shard.owner());
                json.writeNumberField("epoch", shard.epoch());
                json.writeNumberField("sequence", shard.sequence());
                json.writeNumberField("counters", shard.counters());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** Writes a problem document. */
    static byte[] problem(Problem problem) {
        return write(256, json -> {
            json.writeStartObject();
            members(json, problem);
            json.writeEndObject();
        });
    }

    private static void members(JsonGenerator json, Problem problem) throws IOException {
        json.writeStringField("type", problem.type().uri());
        json.writeStringField("title", problem.type().title());
        json.writeNumberField("status", problem.type().status());
        json.writeStringField("detail", problem.detail());
        for (Map.Entry<String, Object> member : problem.members().entrySet()) {
            member(json, member.getKey(), member.getValue());
        }
    }

    /** Writes an object of numbers and texts, in the order of the map. */
    static byte[] object(Map<String, Object> members) {
        return write(512, json -> {
            json.writeStartObject();
            for (Map.Entry<String, Object> member : members.entrySet()) {
                member(json, member.getKey(), member.getValue());
            }
            json.writeEndObject();
        });
    }

    private static void member(JsonGenerator json, String name, Object value) throws IOException {
        if (value instanceof Long || value instanceof Integer) {
            json.writeNumberField(name, ((Number) value).longValue());
        } else {
            json.writeStringField(name, value.toString());
        }
    }

    private static void key(JsonGenerator json, Key key) throws IOException {
        json.writeFieldName("key");
        json.writeUTF8String(key.bytes(), 0, key.length());
    }

    private static byte[] write(int sizeHint, Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(sizeHint);
        try (JsonGenerator json = JSON.createGenerator(bytes, JsonEncoding.UTF8)) {
            writing.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private interface Writing {
        void write(JsonGenerator json) throws IOException;
    }
}
