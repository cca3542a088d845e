package dev.odometer.systemtests.load;

import dev.odometer.systemtests.client.RedisWire;
import java.io.IOException;
import java.util.Random;

/**
 * Sends pipelines of INCRs of its own counter, each once. What it is answered has to go up by one from answer to
 * answer, over a restart by
 * at most as many as were unanswered.
 */
final class UnkeyedRedisClient extends LoadClient {
    private static final int MOST_OPERATIONS = 100;

    private final String own;
    private RedisWire redis;
    private long last;
    private long doubtful; // unanswered since the last answer
    private int count;

    UnkeyedRedisClient(String name, Target target, Oracle oracle, Random random) {
        super(name, target, oracle, random);
        this.own = "incr/" + name;
        oracle.bounds(own);
    }

    @Override
    void prepare() {
        count = 1 + random().nextInt(MOST_OPERATIONS);
    }

    @Override
    boolean attempt() {
        int sent = 0;
        try {
            if (redis == null) {
                redis = new RedisWire(
                        target().redisPort(), (int) target().timeout().toMillis());
            }
            sent = count;
            for (int i = 0; i < count; i++) {
                redis.send("INCR", own);
            }
            redis.flush();
            for (; sent > 0; sent--) {
                answered(redis.reply());
            }
        } catch (IOException e) {
            doubtful += sent;
            oracle().unanswered(own, sent);
            close();
        }
        return true;
    }

    private void answered(Object reply) {
        if (reply instanceof Long value) {
            if (value <= last || value > last + doubtful + 1) {
                oracle().complain("INCR " + own + " gave " + value + " after " + last + " with " + doubtful
                        + " in doubt");
            }
            last = value;
            doubtful = 0;
            oracle().acknowledged(own);
        } else if (reply instanceof RedisWire.Failure failure && failure.text().startsWith("INDOUBT")) {
            doubtful++;
            oracle().unanswered(own, 1);
        } else if (!(reply instanceof RedisWire.Failure failure
                && failure.text().startsWith("TRYAGAIN"))) {
            oracle().complain("INCR " + own + " gave " + reply);
        }
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
