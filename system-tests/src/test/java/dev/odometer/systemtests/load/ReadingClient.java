package dev.odometer.systemtests.load;

import dev.odometer.systemtests.client.HttpWire;
import dev.odometer.systemtests.client.RedisWire;
import java.io.IOException;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;

/**
 * Reads counters that only ever grow, by both doors in turn. A value once read must never be undone, also not by a
 * crash: it would not have
 * been committed when it was read.
 */
final class ReadingClient extends LoadClient {
    private final HttpWire http;
    private final List<String> keys = new ArrayList<>();
    private final long[] seen = new long[Workload.SHARED_COUNTERS];
    private RedisWire redis;
    private int key;
    private boolean byRedis;

    ReadingClient(String name, Target target, Oracle oracle, Random random) {
        super(name, target, oracle, random);
        this.http = new HttpWire(target.httpPort(), HttpClient.Version.HTTP_1_1, target.timeout());
        for (int i = 0; i < Workload.SHARED_COUNTERS; i++) {
            keys.add("shared/" + i);
        }
    }

    @Override
    void prepare() {
        key = random().nextInt(keys.size());
        byRedis = random().nextBoolean();
    }

    @Override
    boolean attempt() {
        try {
            if (byRedis) {
                readByRedis();
            } else {
                OptionalLong value = http.value(keys.get(key));
                read(key, value.isPresent() ? value.getAsLong() : 0);
            }
        } catch (IOException | AssertionError e) {
            close(); // not now: a read is not worth a retry
        }
        return true;
    }

    private void readByRedis() throws IOException {
        if (redis == null) {
            redis = new RedisWire(target().redisPort(), (int) target().timeout().toMillis());
        }
        List<Long> values = redis.values(keys);
        for (int i = 0; i < values.size(); i++) {
            read(i, values.get(i) == null ? 0 : values.get(i));
        }
    }

    private void read(int index, long value) {
        if (value < seen[index]) {
            oracle().complain(keys.get(index) + " was read as " + seen[index] + " and later as " + value);
        }
        seen[index] = value;
    }

    @Override
    void close() {
        if (redis != null) {
            try {
                redis.close();
            } catch (IOException e) {
                oracle().complain("a socket could not be closed: " + e);
            }
            redis = null;
        }
    }
}
