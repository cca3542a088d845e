package dev.odometer.cluster;

import dev.odometer.cluster.ApplyCall.Reads;
import dev.odometer.engine.Answer;
import dev.odometer.engine.RemotePart;
import dev.odometer.engine.membership.Member;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
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
        List<Attempt> parts = new ArrayList<>();
        List<Attempt> reads = new ArrayList<>();
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
            if (next.parcel instanceof PartParcel part) {
                parts.add(next);
                partsOfCall.add(part.part);
            } else if (next.parcel instanceof ReadsParcel some) {
                reads.add(next);
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
        private final List<@Nullable Attempt> open;

        Call(Member to, List<Attempt> units) {
            this.to = to;
            this.open = new ArrayList<>(units);
        }

        @Override
        public void answered(int unit, List<Answer> answers) {
            Attempt attempt = unit >= 0 && unit < open.size() ? open.get(unit) : null;
            if (attempt != null && answers.size() == attempt.parcel.answers()) {
                open.set(unit, null);
                carrier.answered(attempt.parcel, attempt.number, answers);
            }
        }

        @Override
        public void ended(@Nullable PeerException failure) {
            calls--;
            PeerException why = failure != null
                    ? failure
                    : new PeerException(PeerException.Kind.NO_ANSWER, "the call ended without this answer", null);
            for (Attempt attempt : open) {
                if (attempt != null) {
                    carrier.failed(to, attempt.parcel, attempt.number, why);
                }
            }
            if (failure != null) {
                carrier.failed(to, failure);
            }
            carrier.flushSoon(to.name());
        }
    }
}
