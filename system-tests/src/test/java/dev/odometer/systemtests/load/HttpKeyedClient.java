package dev.odometer.systemtests.load;

import dev.odometer.systemtests.client.HttpWire;
import java.io.IOException;
import java.net.http.HttpClient;
import java.util.Random;

/**
 * Adds, sets and deletes over HTTP, each with an idempotency key. Half of the adds go to counters that others write
 * too; of its own
 * counter it knows every value.
 */
final class HttpKeyedClient extends LoadClient {
    private final HttpWire http;
    private final String own;
    private Long ownValue;
    private long number;

    private String id = "";
    private String counter = "";
    private String method = "";
    private long operand;

    HttpKeyedClient(String name, Target target, Oracle oracle, Random random, HttpClient.Version version) {
        super(name, target, oracle, random);
        this.http = new HttpWire(target.httpPort(), version, target.timeout());
        this.own = "own/" + name;
    }

    @Override
    void prepare() {
        id = name() + "-" + ++number;
        operand = 1L + random().nextInt(9);
        int die = random().nextInt(20);
        method = die == 0 ? "DELETE" : die == 1 ? "PUT" : "POST";
        counter = die < 10 ? own : Workload.shared(random());
        if (!counter.equals(own)) {
            oracle().issued(counter, operand);
        }
    }

    @Override
    boolean attempt() {
        HttpWire.Answer answer;
        try {
            answer = switch (method) {
                case "DELETE" -> http.write("DELETE", HttpWire.counter(counter), "", id);
                case "PUT" -> http.write("PUT", HttpWire.counter(counter), "{\"value\":" + operand + "}", id);
                default -> http.add(counter, operand, id);
            };
        } catch (IOException e) {
            return false;
        }
        if (answer.status() >= 500 || answer.status() == 429 || answer.status() == 409) {
            return false;
        }
        settle(answer);
        return true;
    }

    private void settle(HttpWire.Answer answer) {
        int success = method.equals("DELETE") ? (ownValue == null ? 404 : 204) : 200;
        if (answer.status() != success) {
            oracle().complain(id + " " + method + " " + counter + " gave " + answer + ", not " + success);
            return;
        }
        if (!counter.equals(own)) {
            oracle().answered(id, counter, operand, answer.value());
            return;
        }
        oracle().answered();
        ownValue = switch (method) {
            case "DELETE" -> null;
            case "PUT" -> Long.valueOf(operand);
            default -> Long.valueOf((ownValue == null ? 0 : ownValue) + operand);
        };
        oracle().modelled(own, ownValue);
        if (ownValue != null && answer.value() != ownValue) {
            oracle().complain(id + " " + method + " " + counter + " gave " + answer + ", not " + ownValue);
        }
    }

    @Override
    void close() {}
}
