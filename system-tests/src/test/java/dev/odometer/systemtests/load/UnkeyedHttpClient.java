package dev.odometer.systemtests.load;

import dev.odometer.systemtests.client.HttpWire;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.util.Random;

/** Adds 1 to its own counter over HTTP without an identity, each add sent once. */
final class UnkeyedHttpClient extends LoadClient {
    private final HttpWire http;
    private final String own;

    UnkeyedHttpClient(String name, Target target, Oracle oracle, Random random) {
        super(name, target, oracle, random);
        this.http = new HttpWire(target.httpPort(), HttpClient.Version.HTTP_1_1, target.timeout());
        this.own = "post/" + name;
        oracle.bounds(own);
    }

    @Override
    void prepare() {}

    @Override
    boolean attempt() {
        try {
            HttpWire.Answer answer = http.write("POST", HttpWire.counter(own) + "/add", "", null);
            if (answer.status() == 200) {
                oracle().acknowledged(own);
            } else if (answer.body().contains("/problems/outcome-unknown")) {
                oracle().unanswered(own, 1);
            } else if (answer.status() != 503) {
                oracle().complain("an add to " + own + " gave " + answer);
            }
        } catch (ConnectException e) {
            return true; // nothing was sent
        } catch (IOException e) {
            oracle().unanswered(own, 1);
        }
        return true;
    }

    @Override
    void close() {}
}
