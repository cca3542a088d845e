package dev.odometer.cluster;

import dev.odometer.cluster.ApplyCall.Reads;
import dev.odometer.engine.Answer;
import dev.odometer.engine.RemotePart;
import dev.odometer.engine.membership.Member;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What goes to one peer: parcels share calls, and calls are bounded in bytes and in number at a time. Only the
 * engine's
 * thread.
 */
final class Outbox {
    private final ClusterConfig config;
    private final Peers peers;
    private final Carrier carrier;
    private final Deque<Attempt> queue = new ArrayDeque<>();
    private int calls;

    /** One attempt of a parcel. */
    record Attempt(Parcel parcel, int number) {
        boolean isCurrent() {
            return !parcel.done && parcel.attempt == number;
        }
    }

    /** What is answered together: a part, or the reads of a shard. */
    private record Unit(Attempt attempt, int answers, Consumer<List<Answer>> taker) {}

    Outbox(ClusterConfig config, Peers peers, Carrier carrier) {
        this.config = config;
        this.peers = peers;
        this.carrier = carrier;
    }

    void add(Attempt attempt) {
        queue.add(attempt);
    }

    int calls() {
        return calls;
    }

    /** Sends what may be sent now; the rest when a call has ended. */
    void flush(Member to) {
        while (calls < config.maxCallsPerPeer()) {
            queue.removeIf(attempt -> !attempt.isCurrent());
            Attempt first = queue.peek();
            if (first == null) {
                return;
            }
            if (first.parcel instanceof SessionParcel session) {
                queue.remove();
                sendSession(to, session, first.number);
            } else {
                sendCall(to, first.parcel.hops);
            }
        }
    }

    private void sendSession(Member to, SessionParcel parcel, int number) {
        calls++;
        parcel.unsettled++;
        peers.sessionBatch(to, parcel.call).whenComplete((answer, error) -> {
            calls--;
            if (answer != null) {
                carrier.verdict(parcel, number, parcel.done ? Parcel.Verdict.DONE : parcel.take(answer));
            } else {
                carrier.failed(to, parcel, number, Failure.of(error));
            }
            carrier.flushSoon(to.name());
        });
    }

    private void sendCall(Member to, int hops) {
        List<Unit> parts = new ArrayList<>();
        List<Unit> reads = new ArrayList<>();
        List<RemotePart> partsOfCall = new ArrayList<>();
        List<Reads> readsOfCall = new ArrayList<>();
        int bytes = 0;
        while (true) {
            Attempt next = queue.peek();
            if (next == null || next.parcel.hops != hops || next.parcel instanceof SessionParcel) {
                break;
            }
            bytes += next.parcel.bytes();
            if (bytes > config.maxCallBytes() && bytes > next.parcel.bytes()) {
                break;
            }
            queue.remove();
            next.parcel.unsettled++;
            if (next.parcel instanceof TrainParcel train) {
                TrainParcel.Departure departure = train.depart();
                List<RemotePart> some = departure.parts();
                for (int i = 0; i < some.size(); i++) {
                    int index = i;
                    parts.add(new Unit(
                            next,
                            some.get(i).answers(),
                            answers -> carrier.verdict(train, next.number, departure.take(index, answers))));
                }
                partsOfCall.addAll(some);
            } else if (next.parcel instanceof ReadsParcel some) {
                reads.add(new Unit(next, some.answers(), answers -> carrier.answered(some, next.number, answers)));
                readsOfCall.add(some.reads());
            }
        }
        parts.addAll(reads);
        calls++;
        peers.apply(to, new ApplyCall(hops, partsOfCall, readsOfCall), new Call(to, parts));
    }

    /** One call on its way. */
    private final class Call implements ApplySink {
        private final Member to;
        private final List<@Nullable Unit> open;

        Call(Member to, List<Unit> units) {
            this.to = to;
            this.open = new ArrayList<>(units);
        }

        @Override
        public void answered(int unit, List<Answer> answers) {
            Unit one = unit >= 0 && unit < open.size() ? open.get(unit) : null;
            if (one != null && answers.size() == one.answers) {
                open.set(unit, null);
                one.taker.accept(answers);
            }
        }

        @Override
        public void ended(@Nullable PeerException failure) {
            calls--;
            PeerException why = failure != null
                    ? failure
                    : new PeerException(PeerException.Kind.NO_ANSWER, "the call ended without this answer", null);
            Set<Attempt> failed = new LinkedHashSet<>(); // a train is several units
            for (Unit unit : open) {
                if (unit != null && failed.add(unit.attempt)) {
                    carrier.failed(to, unit.attempt.parcel, unit.attempt.number, why);
                }
            }
            if (failure != null) {
                carrier.failed(to, failure);
            }
            carrier.flushSoon(to.name());
        }
    }
}
