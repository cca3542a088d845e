package dev.odometer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Clients that count through the nodes of a {@link Fleet}, and know what must come out. */
final class Load {
    private static final int KEYS = 20;

    private final Fleet fleet;
    final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    private final Map<Key, Long> counted = new HashMap<>();
    private final Map<Key, Long> unknown = new HashMap<>();
    private final Map<Key, Set<Long>> seen = new HashMap<>();
    int open;
    private int numbers;
    long slowestMillis;

    Load(Fleet fleet) {
        this.fleet = fleet;
    }

    /** Counts through one node for a while: one operation without an identity, keyed ones, and reads. */
    void run(Fleet.Node node, long forMillis, int pauseMicros) {
        long until = fleet.world.millis() + forMillis;
        fleet.world.after(fleet.world.random.nextInt(pauseMicros), () -> step(node, until, pauseMicros));
    }

    private void step(Fleet.Node node, long until, int pauseMicros) {
        if (fleet.world.millis() >= until || node.process.dead) {
            return;
        }
        int kind = fleet.world.random.nextInt(10);
        Key key = Key.of("k" + fleet.world.random.nextInt(KEYS));
        if (kind == 0) {
            keyed(node, key, new Identity.IdempotencyKey("i" + numbers++), 0);
        } else if (kind == 1) {
            batch(node, new Identity.SessionBatch("s" + numbers++, 1), 0);
        } else if (kind == 2) {
            node.process.run(() -> node.engine.submit(new Operation.Get(key), null, (t, o, v, r) -> {}, 0));
        } else {
            plain(node, key);
        }
        fleet.world.after(1 + fleet.world.random.nextInt(2 * pauseMicros), () -> step(node, until, pauseMicros));
    }

    private void plain(Fleet.Node node, Key key) {
        open++;
        long from = fleet.world.millis();
        boolean[] answered = {false};
        node.process.run(() -> node.engine.submit(
                new Operation.Add(key, 1),
                null,
                (token, outcome, value, replayed) -> {
                    assertThat(answered[0]).as("answered twice").isFalse();
                    answered[0] = true;
                    assertThat(replayed).as("an operation that was sent once").isFalse();
                    open--;
                    slowestMillis = Math.max(slowestMillis, fleet.world.millis() - from);
                    result(key, outcome, value);
                },
                0));
        fleet.world.after(20_000_000, () -> {
            if (!answered[0] && node.process.dead) {
                answered[0] = true;
                open--;
                unknown.merge(key, 1L, Long::sum);
            }
        });
    }

    private void result(Key key, Outcome outcome, long value) {
        outcomes.merge(outcome, 1, Integer::sum);
        if (outcome == Outcome.VALUE) {
            counted.merge(key, 1L, Long::sum);
            assertThat(seen.computeIfAbsent(key, none -> new HashSet<>()).add(value))
                    .as("the value %s of %s was given twice", value, key)
                    .isTrue();
        } else if (outcome == Outcome.UNKNOWN) {
            unknown.merge(key, 1L, Long::sum);
        }
    }

    /** Sends again, through any node, until the answer is definite. */
    private void keyed(Fleet.Node node, Key key, Identity identity, int tries) {
        if (tries == 0) {
            open++;
        }
        boolean[] answered = {false};
        node.process.run(() -> node.engine.submit(
                new Operation.Add(key, 1),
                identity,
                (token, outcome, value, replayed) -> {
                    if (answered[0]) {
                        return;
                    }
                    answered[0] = true;
                    if (Parcel.isTemporary(outcome)) {
                        fleet.world.after(100_000, () -> keyed(any(), key, identity, tries + 1));
                    } else {
                        open--;
                        result(key, outcome, value);
                    }
                },
                0));
        fleet.world.after(12_000_000, () -> {
            if (!answered[0]) {
                answered[0] = true;
                keyed(any(), key, identity, tries + 1);
            }
        });
    }

    private void batch(Fleet.Node node, Identity.SessionBatch identity, int tries) {
        if (tries == 0) {
            open++;
        }
        List<Operation> operations = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            operations.add(new Operation.Add(Key.of("k" + (identity.session().hashCode() + i * 7 & 15)), 1));
        }
        boolean[] answered = {false};
        node.process.run(() -> node.engine.batch(operations, identity).whenComplete((answer, error) -> {
            if (answered[0]) {
                return;
            }
            answered[0] = true;
            if (Parcel.isTemporary(answer.refusal())) {
                fleet.world.after(100_000, () -> batch(any(), identity, tries + 1));
            } else {
                open--;
                assertThat(answer.refusal()).isEqualTo(Outcome.VALUE);
                for (int i = 0; i < operations.size(); i++) {
                    result(
                            operations.get(i).key(),
                            answer.answers().get(i).outcome(),
                            answer.answers().get(i).value());
                }
            }
        }));
        fleet.world.after(12_000_000, () -> {
            if (!answered[0]) {
                answered[0] = true;
                batch(any(), identity, tries + 1);
            }
        });
    }

    private Fleet.Node any() {
        List<Fleet.Node> living =
                fleet.nodes.values().stream().filter(node -> !node.process.dead).toList();
        return living.get(fleet.world.random.nextInt(living.size()));
    }

    /** All is answered, and each counter has what was counted, and no more than that and what nobody knows about. */
    void check() {
        assertThat(open).as("operations without an answer").isZero();
        for (int i = 0; i < KEYS; i++) {
            Key key = Key.of("k" + i);
            long least = counted.getOrDefault(key, 0L);
            assertThat(fleet.store.value(key))
                    .as("counter %s, with %s unknown", key, unknown.getOrDefault(key, 0L))
                    .isBetween(least, least + unknown.getOrDefault(key, 0L));
        }
    }

    int count(Outcome outcome) {
        return outcomes.getOrDefault(outcome, 0);
    }
}
