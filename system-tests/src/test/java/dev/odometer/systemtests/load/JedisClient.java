package dev.odometer.systemtests.load;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Sends pipelines of adds with idempotency keys by Jedis. */
final class JedisClient extends LoadClient {
    private static final ProtocolCommand ADD = () -> "ODOMETER.ADD".getBytes(StandardCharsets.US_ASCII);

    private final KeyedPipeline pipeline;
    private Jedis jedis;

    JedisClient(String name, Target target, Oracle oracle, Random random) {
        super(name, target, oracle, random);
        this.pipeline = new KeyedPipeline(name, oracle, random, true);
    }

    @Override
    void prepare() {
        pipeline.next();
    }

    @Override
    boolean attempt() {
        try {
            if (jedis == null) {
                int millis = (int) target().timeout().toMillis();
                jedis = new Jedis("127.0.0.1", target().redisPort(), millis, millis);
            }
            List<Response<Object>> replies = new ArrayList<>();
            try (Pipeline sending = jedis.pipelined()) {
                for (KeyedPipeline.Add add : pipeline.adds()) {
                    replies.add(sending.sendCommand(ADD, add.arguments()));
                }
                sending.sync();
            }
            return settle(replies);
        } catch (JedisConnectionException e) {
            close();
            return false;
        }
    }

    private boolean settle(List<Response<Object>> replies) {
        boolean settled = true;
        for (int i = 0; i < replies.size(); i++) {
            KeyedPipeline.Add add = pipeline.adds().get(i);
            try {
                pipeline.answered(add, (Long) replies.get(i).get());
            } catch (JedisDataException e) {
                settled &= !pipeline.mayRetry(add, e.getMessage());
            }
        }
        return settled;
    }

    @Override
    void close() {
        if (jedis != null) {
            try {
                jedis.close();
            } catch (JedisConnectionException e) {
                // It was broken already.
            }
            jedis = null;
        }
    }
}
