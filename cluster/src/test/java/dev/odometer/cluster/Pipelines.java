package dev.odometer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Clients that each count a counter of their own, without waiting for answers: some operations with an identity, some
 * without. What is applied in the order in which it was sent is answered 1, 2, 3...
 */
final class Pipelines {
    private final Fleet fleet;
    private final List<Client> clients = new ArrayList<>();

    Pipelines(Fleet fleet) {
        this.fleet = fleet;
    }

    /** Has some clients send through one node for a while. */
    void run(Fleet.Node node, int many, long forMillis, int pauseMicros) {
        long until = fleet.world.millis() + forMillis;
        for (int i = 0; i < many; i++) {
            Client client = new Client(node, Key.of("own" + clients.size()), until, pauseMicros);
            clients.add(client);
            fleet.world.after(fleet.world.random.nextInt(pauseMicros), client::step);
        }
    }

    private final class Client {
        private final Fleet.Node node;
        private final Key key;
        private final long until;
        private final int pauseMicros;
        private final List<@Nullable Long> values = new ArrayList<>();
        private int open;
        private boolean complete = true;

        Client(Fleet.Node node, Key key, long until, int pauseMicros) {
            this.node = node;
            this.key = key;
            this.until = until;
            this.pauseMicros = pauseMicros;
        }

        void step() {
            if (fleet.world.millis() >= until || node.process.dead) {
                return;
            }
            node.process.run(() -> {
                for (int i = fleet.world.random.nextInt(12); i >= 0; i--) {
                    send();
                }
            });
            fleet.world.after(1 + fleet.world.random.nextInt(2 * pauseMicros), this::step);
        }

        private void send() {
            int place = values.size();
            values.add(null);
            open++;
            Identity identity = fleet.world.oneIn(2) ? new Identity.IdempotencyKey(key + "-" + place) : null;
            Operation operation = fleet.world.oneIn(8) ? new Operation.Get(key) : new Operation.Add(key, 1);
            node.engine.submit(
                    operation,
                    identity,
                    (token, outcome, value, replayed) -> {
                        open--;
                        boolean counts = operation instanceof Operation.Add;
                        complete &= outcome == Outcome.VALUE || !counts;
                        if (outcome == Outcome.VALUE && counts) {
                            values.set(place, value);
                        }
                    },
                    0);
        }

        /** Of what was answered each value is the next one, or a later one behind an answer that is missing. */
        int check() {
            assertThat(open == 0 || node.process.dead).as("all is answered").isTrue();
            long last = 0;
            int checked = 0;
            for (Long value : values) {
                if (value != null) {
                    assertThat(value)
                            .as("%s at %s: %s", key, node.member.name(), values)
                            .isGreaterThan(last);
                    last = value;
                    checked++;
                }
            }
            assertThat(complete && open == 0 ? last : checked)
                    .as("the last value of %s", key)
                    .isEqualTo(checked);
            return checked;
        }
    }

    /** Checks the order; how many operations were applied. */
    int check() {
        return clients.stream().mapToInt(Client::check).sum();
    }
}
