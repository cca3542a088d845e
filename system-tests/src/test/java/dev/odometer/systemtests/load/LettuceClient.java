package dev.odometer.systemtests.load;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends adds with idempotency keys by Lettuce, many at once. Lettuce reconnects by itself and then sends again what
 * was not answered;
 * beyond that this client sends again after its timeout.
 */
final class LettuceClient extends LoadClient {
    private static final ProtocolKeyword ADD = new Add();

    private final KeyedPipeline pipeline;
    private final ClientResources resources;
    private final RedisClient client;
    private StatefulRedisConnection<String, String> connection;

    LettuceClient(String name, Target target, Oracle oracle, Random random) {
        super(name, target, oracle, random);
        this.pipeline = new KeyedPipeline(name, oracle, random, false);
        this.resources = ClientResources.builder()
                .ioThreadPoolSize(2)
                .computationThreadPoolSize(2)
                .reconnectDelay(Delay.constant(Duration.ofMillis(50)))
                .build();
        this.client = RedisClient.create(
                resources,
                RedisURI.builder()
                        .withHost("127.0.0.1")
                        .withPort(target.redisPort())
                        .withTimeout(target.timeout())
                        .build());
    }

    @Override
    void prepare() {
        pipeline.next();
    }

    @Override
    boolean attempt() {
        try {
            if (connection == null) {
                connection = client.connect();
            }
            List<RedisFuture<Long>> replies = new ArrayList<>();
            for (KeyedPipeline.Add add : pipeline.adds()) {
                CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8);
                for (String argument : add.arguments()) {
                    arguments.add(argument);
                }
                replies.add(connection.async().dispatch(ADD, new IntegerOutput<>(StringCodec.UTF8), arguments));
            }
            return settle(replies);
        } catch (RedisException e) {
            return false;
        }
    }

    private boolean settle(List<RedisFuture<Long>> replies) {
        long deadline = System.nanoTime() + target().timeout().toNanos();
        boolean settled = true;
        for (int i = 0; i < replies.size(); i++) {
            KeyedPipeline.Add add = pipeline.adds().get(i);
            try {
                long left = Math.max(1, deadline - System.nanoTime());
                pipeline.answered(add, replies.get(i).get(left, TimeUnit.NANOSECONDS));
            } catch (ExecutionException e) {
                boolean refused = e.getCause() instanceof RedisCommandExecutionException;
                settled &= refused && !pipeline.mayRetry(add, e.getCause().getMessage());
            } catch (TimeoutException e) {
                // The command stays in Lettuce's queue and may be sent yet: its key makes that harmless.
                settled = false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return true;
            }
        }
        return settled;
    }

    @Override
    void close() {
        if (connection != null) {
            connection.close();
        }
        client.shutdown(0, 1, TimeUnit.SECONDS);
        resources.shutdown(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private static final class Add implements ProtocolKeyword {
        @Override
        public byte[] getBytes() {
            return "ODOMETER.ADD".getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public String toString() {
            return "ODOMETER.ADD";
        }
    }
}
