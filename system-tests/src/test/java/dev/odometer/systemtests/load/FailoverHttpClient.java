package dev.odometer.systemtests.load;

import dev.odometer.systemtests.client.HttpWire;
import java.io.IOException;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Random;

/**
 * Adds with idempotency keys over HTTP to whichever node takes its connection, as behind a balancer: where a node
 * refuses or breaks it, the same add goes to the next one. What a node answers is to be a success.
 */
final class FailoverHttpClient extends LoadClient {
    private final List<HttpWire> nodes;
    private int at;
    private long number;
    private String id = "";
    private String counter = "";
    private long delta;

    FailoverHttpClient(String name, List<Target> targets, Oracle oracle, Random random) {
        super(name, targets.get(0), oracle, random);
        nodes = targets.stream()
                .map(target -> new HttpWire(target.httpPort(), HttpClient.Version.HTTP_1_1, target.timeout()))
                .toList();
    }

    @Override
    void prepare() {
        id = name() + "-" + ++number;
        counter = Workload.shared(random());
        delta = 1L + random().nextInt(9);
        oracle().issued(counter, delta);
        at = random().nextInt(nodes.size());
    }

    @Override
    boolean attempt() {
        HttpWire.Answer answer;
        try {
            answer = nodes.get(at).add(counter, delta, id);
        } catch (IOException e) {
            at = (at + 1) % nodes.size();
            return false;
        }
        if (answer.status() != 200) {
            oracle().complain(id + " to node " + at + " gave " + answer);
            return answer.status() < 500;
        }
        oracle().answered(id, counter, delta, answer.value());
        return true;
    }

    @Override
    void close() {}
}
