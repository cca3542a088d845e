package dev.odometer.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.BatchId;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.Store;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A random history of a store, made from a seed, and compared with {@link StoreModel} at each step. Every failure
 * names the seed, and the seed alone replays it. Not thread-safe.
 */
public final class RandomStoreHistory {
    private static final int KEYS = 60;
    private static final int IDENTITIES = 20;

    private final long seed;
    private final Random random;
    private final StoreModel model;
    private final List<Commit> past = new ArrayList<>();
    private Store store;
    private int step;

    /** A history on an empty store. */
    public RandomStoreHistory(long seed, Store store) {
        this.seed = seed;
        this.random = new Random(seed);
        this.store = store;
        this.model = new StoreModel(store.shards());
    }

    /** Goes on with the store as it was opened again, after checking that all of it is there. */
    public void continueOn(Store reopened) {
        store = reopened;
        for (int shard = 0; shard < store.shards(); shard++) {
            compare(shard);
        }
    }

    /** Makes this many random steps. */
    public void run(int steps) {
        for (int i = 0; i < steps; i++) {
            step++;
            int shard = random.nextInt(Math.min(3, store.shards()));
            int what = random.nextInt(100);
            if (what < 6) {
                model.acquired(acquire(shard));
            } else if (what < 70) {
                commitSome();
            } else if (what < 78 && !past.isEmpty()) {
                submit(List.of(past.get(random.nextInt(past.size()))));
            } else if (what < 90) {
                read(shard);
            } else {
                scan(shard);
            }
        }
    }

    private Head acquire(int shard) {
        Head before = model.head(shard);
        String owner = "node-" + random.nextInt(5);
        Head head = Stages.join(store.acquire(shard, owner));
        assertThat(head.epoch()).as(where()).isGreaterThan(before.epoch());
        assertThat(head)
                .as(where())
                .isEqualTo(
                        new Head(shard, head.epoch(), owner, before.sequence(), before.batchId(), before.counters()));
        return head;
    }

    private void commitSome() {
        List<Commit> commits = new ArrayList<>();
        for (int shard = 0; shard < Math.min(3, store.shards()); shard++) {
            if (random.nextInt(3) > 0) {
                if (model.head(shard).epoch() == 0) {
                    model.acquired(acquire(shard)); // nobody commits without having acquired
                }
                commits.add(commit(shard));
            }
        }
        submit(commits);
    }

    /** Submits commits of different shards, or the same again. */
    private void submit(List<Commit> commits) {
        List<CommitOutcome> outcomes = Stages.joinAll(store.commit(commits));
        assertThat(outcomes).as(where()).hasSameSizeAs(commits);
        for (int i = 0; i < commits.size(); i++) {
            Commit commit = commits.get(i);
            if (model.accepts(commit)) {
                assertThat(outcomes.get(i)).as(where()).isEqualTo(CommitOutcome.Committed.INSTANCE);
                model.apply(commit);
                past.add(commit);
            } else {
                assertThat(outcomes.get(i))
                        .as(where())
                        .isEqualTo(new CommitOutcome.Refused(model.head(commit.shard())));
            }
        }
    }

    /** A commit that mostly follows the head, and sometimes does not. */
    private Commit commit(int shard) {
        Head head = model.head(shard);
        int fault = random.nextInt(20);
        long epoch = fault == 0 ? head.epoch() - 1 : head.epoch();
        long sequence = head.sequence() + (fault == 1 ? 0 : fault == 2 ? 2 : 1);
        Map<Key, CounterChange> changes = new LinkedHashMap<>();
        int size = random.nextInt(random.nextInt(10) == 0 ? 200 : 8);
        for (int i = 0; i < size; i++) {
            Key key = key();
            boolean deleted = random.nextInt(6) == 0;
            changes.put(key, new CounterChange(key, deleted ? 0 : random.nextLong(), deleted ? 0 : step, deleted));
        }
        Map<IdentityId, IdentityRow> identities = new LinkedHashMap<>();
        List<IdentityId> forgotten = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            byte[] answers = new byte[random.nextInt(random.nextInt(8) == 0 ? 5_000 : 40)];
            if (random.nextBoolean()) {
                random.nextBytes(answers);
            }
            IdentityId id = identityId();
            identities.put(id, new IdentityRow(id, step, random.nextLong(), step, 1_000, answers));
            forgotten.add(identityId());
        }
        return new Commit(
                shard,
                epoch,
                sequence,
                new BatchId(random.nextLong(), random.nextLong()),
                random.nextInt(1_000),
                List.copyOf(changes.values()),
                forgotten,
                List.copyOf(identities.values()));
    }

    private Key key() {
        int number = random.nextInt(KEYS);
        return Key.of((number % 3 == 0 ? "even/" : number % 3 == 1 ? "\u00fcber/" : "k") + number);
    }

    private IdentityId identityId() {
        int number = random.nextInt(IDENTITIES);
        return new IdentityId(number % 4 - 2, number);
    }

    private void read(int shard) {
        Key key = key();
        @Nullable
        CounterRow expected = model.counters(shard).stream()
                .filter(row -> row.key().equals(key))
                .findFirst()
                .orElse(null);
        assertThat(Stages.join(store.read(shard, key)).orElse(null)).as(where()).isEqualTo(expected);
    }

    private void scan(int shard) {
        String[] prefixes = {"", "k", "even/", "\u00fc", "even/3", "none"};
        byte[] prefix = prefixes[random.nextInt(prefixes.length)].getBytes(StandardCharsets.UTF_8);
        Key after = random.nextBoolean() ? null : key();
        int limit = 1 + random.nextInt(30);
        List<CounterRow> expected = model.counters(shard).stream()
                .filter(row -> row.key().startsWith(prefix))
                .filter(row -> after == null || row.key().compareTo(after) > 0)
                .limit(limit)
                .toList();
        assertThat(Stages.join(store.scan(shard, prefix, after, limit)))
                .as(where())
                .isEqualTo(expected);
        compare(shard);
    }

    private void compare(int shard) {
        assertThat(Stages.join(store.head(shard))).as(where()).isEqualTo(model.head(shard));
        assertThat(Stages.join(store.scan(shard, new byte[0], null, Integer.MAX_VALUE)))
                .as(where())
                .isEqualTo(model.counters(shard));
        assertThat(Stages.join(store.identities(shard, null, Integer.MAX_VALUE)))
                .as(where())
                .isEqualTo(model.identities(shard));
    }

    private String where() {
        return "seed " + seed + ", step " + step;
    }
}
