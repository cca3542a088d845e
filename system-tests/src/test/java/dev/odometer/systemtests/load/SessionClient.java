package dev.odometer.systemtests.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.odometer.systemtests.client.HttpWire;
import java.io.IOException;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Sends batches numbered 1, 2, 3… of a session. Of its own counter it knows every value. */
final class SessionClient extends LoadClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_OPERATIONS = 20;

    private final HttpWire http;
    private final String own;
    private long ownValue;
    private long sequence;
    private String body = "";
    private final List<Long> expected = new ArrayList<>();

    SessionClient(String name, Target target, Oracle oracle, Random random) {
        super(name, target, oracle, random);
        this.http = new HttpWire(target.httpPort(), HttpClient.Version.HTTP_1_1, target.timeout());
        this.own = "own/" + name;
    }

    @Override
    void prepare() {
        ObjectNode batch = JSON.createObjectNode().put("session", name()).put("sequence", ++sequence);
        ArrayNode operations = batch.putArray("operations");
        expected.clear();
        int count = 1 + random().nextInt(MOST_OPERATIONS);
        for (int i = 0; i < count; i++) {
            long delta = 1L + random().nextInt(9);
            boolean toOwn = random().nextBoolean();
            String counter = toOwn ? own : Workload.shared(random());
            operations.addObject().put("op", "add").put("key", counter).put("delta", delta);
            if (toOwn) {
                ownValue += delta;
            } else {
                oracle().issued(counter, delta);
            }
            expected.add(toOwn ? ownValue : null);
        }
        body = batch.toString();
    }

    @Override
    boolean attempt() {
        HttpWire.Answer answer;
        try {
            answer = http.write("POST", "/v1/batch", body, null);
        } catch (IOException e) {
            return false;
        }
        if (answer.status() >= 500 || answer.status() == 429) {
            return false;
        }
        oracle().answered();
        if (ownValue > 0) {
            oracle().modelled(own, ownValue);
        }
        if (answer.status() != 200) {
            oracle().complain(name() + " batch " + sequence + " gave " + answer);
            return true;
        }
        check(answer.json().path("answers"));
        return true;
    }

    private void check(JsonNode answers) {
        if (answers.size() != expected.size()) {
            oracle().complain(name() + " batch " + sequence + ": " + answers.size() + " answers to " + expected.size());
            return;
        }
        for (int i = 0; i < expected.size(); i++) {
            long value = answers.get(i).path("value").longValue();
            boolean wrong = expected.get(i) != null && expected.get(i) != value;
            if (wrong || answers.get(i).path("status").intValue() != 200) {
                oracle().complain(name() + " batch " + sequence + "[" + i + "]: " + answers.get(i) + ", not "
                        + expected.get(i));
            }
        }
    }

    @Override
    void close() {}
}
