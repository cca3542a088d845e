package dev.odometer.testkit;

import static dev.odometer.testkit.Stages.join;

import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.Store;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;

/** The stores of one test of {@link StoreCompatibilityKit}: what a driver fills in, and how tests look at a store. */
abstract class StoreKitFixture {
    private final List<Store> opened = new ArrayList<>();

    /** The store under test. */
    protected Store store;

    @SuppressWarnings("NullAway.Init")
    StoreKitFixture() {}

    /**
     * Opens the store of this test: made where it is absent, and the same one each time. What was opened before
     * is closed.
     */
    protected abstract Store open() throws Exception;

    /** Ends a store that runs, as the death of its process would, and opens it again. */
    protected Store openAfterCrash(Store running) throws Exception {
        return skipped("this driver cannot crash a store");
    }

    /** Opens the store while another one that runs holds it. */
    protected Store openBeside(Store running) throws Exception {
        return skipped("this driver has no lock");
    }

    /** Who holds the store, as the refusal of {@link #openBeside} names it. */
    protected String holder() {
        return String.valueOf(ProcessHandle.current().pid());
    }

    /** Opens the store with another number of shards than it was made with. */
    protected Store openWithOtherShards() throws Exception {
        return skipped("this driver's shards are not configured");
    }

    /** Makes the closed store look as if a newer version had written it. */
    protected void makeNewer() throws Exception {
        skipped("this driver cannot change the format");
    }

    /** Damages something committed in the closed store. */
    protected void damage() throws Exception {
        skipped("this driver cannot damage a store");
    }

    /** Opens the store such that the next commit's outcome is unknown, and it takes effect, or does not. */
    protected Store openInDoubt(boolean takesEffect) throws Exception {
        return skipped("this driver cannot provoke an unknown outcome");
    }

    /** How many steps a long test makes; a driver whose commits go through a network may make fewer. At least 10. */
    protected int steps(int usual) {
        return usual;
    }

    private static Store skipped(String why) {
        return Assumptions.abort(why);
    }

    @BeforeEach
    final void openTheStore() throws Exception {
        store = remember(open());
    }

    @AfterEach
    final void closeTheStores() {
        opened.forEach(Store::close);
    }

    final Store remember(Store another) {
        opened.add(another);
        return another;
    }

    final void reopen() throws Exception {
        store.close();
        store = remember(open());
    }

    final void crash() throws Exception {
        store = remember(openAfterCrash(store));
    }

    // How tests look at the store.

    final ShardWriter writer(int shard) {
        return ShardWriter.acquire(store, shard, "writer");
    }

    final @Nullable CounterRow read(int shard, String key) {
        return join(store.read(shard, Key.of(key))).orElse(null);
    }

    final List<CounterRow> scan(int shard, String prefix) {
        return scan(shard, prefix, null, Integer.MAX_VALUE);
    }

    final List<CounterRow> scan(int shard, String prefix, @Nullable String after, int limit) {
        byte[] bytes = prefix.getBytes(StandardCharsets.UTF_8);
        return join(store.scan(shard, bytes, after == null ? null : Key.of(after), limit));
    }

    final List<IdentityRow> identities(int shard) {
        return join(store.identities(shard, null, Integer.MAX_VALUE));
    }

    /** The row that {@link ShardWriter#set} leaves. */
    static CounterRow row(String key, long value) {
        return new CounterRow(Key.of(key), value, 1_700_000_000_000L + value);
    }
}
