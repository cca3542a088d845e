package dev.odometer.engine;

import dev.odometer.engine.internal.EngineRules;
import dev.odometer.engine.model.Operation;
import dev.odometer.engine.store.Store;
import java.util.ArrayList;
import java.util.List;

/** What an engine's shards share. Only the engine's thread. */
final class EngineContext {
    final EngineConfig config;
    final Store store;
    final EngineEnvironment environment;
    final EngineListener listener;
    final EngineRules rules;
    final IdentityWindow window;

    /** Operations that wait for a commit or a load. */
    int pending;

    long loads;
    long commits;
    long operations;
    boolean failed;
    boolean draining;

    Elsewhere elsewhere = Elsewhere.NOWHERE;

    private final Runnable onDirty;
    private List<Shard> dirty = new ArrayList<>();
    private List<Shard> spare = new ArrayList<>();

    EngineContext(
            EngineConfig config,
            Store store,
            EngineEnvironment environment,
            EngineListener listener,
            EngineRules rules,
            Runnable onDirty) {
        this.config = config;
        this.store = store;
        this.environment = environment;
        this.listener = listener;
        this.rules = rules;
        this.window = new IdentityWindow(config.maxIdentities());
        this.onDirty = onDirty;
    }

    boolean isFull(int more) {
        return pending + more > config.maxPendingOperations();
    }

    /** Operations are answered, or applied after a wait. */
    void release(int answered) {
        pending -= answered;
        if (draining && pending == 0) {
            environment.execute(onDirty);
        }
    }

    /** Hands an operation of another's shard on; it counts as pending until it is answered. */
    void forward(int shard, Operation operation, boolean linearizable, AnswerSink sink, long token) {
        pending++;
        elsewhere.forward(
                shard,
                operation,
                linearizable,
                (same, outcome, value, replayed) -> {
                    release(1);
                    sink.answered(same, outcome, value, replayed);
                },
                token);
    }

    /** Has the shard asked for commits at the end of this moment: all that arrives until then shares them. */
    void markDirty(Shard shard) {
        if (!shard.dirty) {
            shard.dirty = true;
            dirty.add(shard);
            if (dirty.size() == 1) {
                environment.execute(onDirty);
            }
        }
    }

    List<Shard> takeDirty() {
        List<Shard> taken = dirty;
        dirty = spare;
        spare = taken;
        dirty.clear();
        for (int i = 0; i < taken.size(); i++) {
            taken.get(i).dirty = false;
        }
        return taken;
    }

    /** Reports what must stop the node. Nothing is answered as committed after it. */
    void fail(Throwable cause) {
        failed = true;
        listener.fatal(cause);
    }
}
