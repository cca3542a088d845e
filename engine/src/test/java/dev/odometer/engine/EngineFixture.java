package dev.odometer.engine;

import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One engine on a {@link MemoryStore}, and the answers that it has given. */
final class EngineFixture {
    final MemoryStore store;
    final ManualEnvironment environment = new ManualEnvironment();
    final List<String> events = new ArrayList<>();
    Engine engine;

    EngineFixture(int shards) {
        this(new MemoryStore(shards), config());
    }

    EngineFixture(MemoryStore store, EngineConfig config) {
        this.store = store;
        this.engine = start(config);
    }

    static EngineConfig config() {
        return new EngineConfig("n1", 3_600_000, 60_000, 7 * 86_400_000L, 1_000, 10_000, 10_000, true);
    }

    Engine start(EngineConfig config) {
        EngineListener listener = new EngineListener() {
            @Override
            public void lost(int shard, String reason) {
                events.add("lost " + shard);
            }

            @Override
            public void fatal(Throwable cause) {
                events.add("fatal " + cause.getMessage());
            }
        };
        Engine started = new Engine(config, store, environment, listener);
        started.acquireAll();
        environment.run();
        return started;
    }

    /** The slot that one answer goes to. */
    static final class Slot implements AnswerSink {
        @Nullable
        Answer answer;

        @Override
        public void answered(long token, Outcome outcome, long value, boolean replayed) {
            if (answer != null) {
                throw new AssertionError("answered twice");
            }
            answer = new Answer(outcome, value, replayed);
        }

        Answer get() {
            if (answer == null) {
                throw new AssertionError("not answered");
            }
            return answer;
        }
    }

    Slot submit(Operation operation, @Nullable Identity identity) {
        Slot slot = new Slot();
        engine.submit(operation, identity, slot, 0);
        return slot;
    }

    Slot add(String key, long delta) {
        Slot slot = new Slot();
        byte[] bytes = Key.of(key).bytes();
        engine.add(bytes, 0, bytes.length, delta, slot, 0);
        return slot;
    }

    Slot keyed(String key, long delta, String idempotencyKey) {
        return submit(new Operation.Add(Key.of(key), delta), new Identity.IdempotencyKey(idempotencyKey));
    }

    Slot get(String key) {
        Slot slot = new Slot();
        byte[] bytes = Key.of(key).bytes();
        engine.get(bytes, 0, bytes.length, slot, 0);
        return slot;
    }

    Answer answerTo(Slot slot) {
        environment.run();
        return slot.get();
    }

    static Answer value(long value) {
        return new Answer(Outcome.VALUE, value, false);
    }

    static Answer replay(long value) {
        return new Answer(Outcome.VALUE, value, true);
    }

    static Answer only(Outcome outcome) {
        return new Answer(outcome, 0, false);
    }
}
