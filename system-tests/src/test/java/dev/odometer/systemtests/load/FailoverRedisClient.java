package dev.odometer.systemtests.load;

import dev.odometer.systemtests.client.RedisWire;
import java.io.IOException;
import java.util.List;
import java.util.Random;

/**
 * Sends pipelines of adds with idempotency keys to one node, over one connection, and goes to the next node when that
 * is refused or closed. What a node answers is to be a success.
 */
final class FailoverRedisClient extends LoadClient {
    private final List<Target> targets;
    private final KeyedPipeline pipeline;
    private RedisWire redis;
    private int at;

    FailoverRedisClient(String name, List<Target> targets, Oracle oracle, Random random) {
        super(name, targets.get(0), oracle, random);
        this.targets = targets;
        this.pipeline = new KeyedPipeline(name, oracle, random, true);
        this.at = random.nextInt(targets.size());
    }

    @Override
    void prepare() {
        pipeline.next();
    }

    @Override
    boolean attempt() {
        try {
            if (redis == null) {
                Target target = targets.get(at);
                redis = new RedisWire(target.redisPort(), (int) target.timeout().toMillis());
            }
            for (KeyedPipeline.Add add : pipeline.adds()) {
                String[] arguments = add.arguments();
                redis.send("ODOMETER.ADD", arguments[0], arguments[1], arguments[2], arguments[3]);
            }
            redis.flush();
            boolean settled = true;
            for (KeyedPipeline.Add add : pipeline.adds()) {
                settled &= settle(add, redis.reply());
            }
            return settled;
        } catch (IOException e) {
            close();
            at = (at + 1) % targets.size();
            return false;
        }
    }

    private boolean settle(KeyedPipeline.Add add, Object reply) {
        if (reply instanceof Long value) {
            pipeline.answered(add, value);
            return true;
        }
        oracle().complain(add + " to node " + at + " gave " + reply);
        return false;
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
