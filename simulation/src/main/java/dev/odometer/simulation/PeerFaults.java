package dev.odometer.simulation;

import dev.odometer.cluster.ApplyCall;
import dev.odometer.cluster.ApplySink;
import dev.odometer.cluster.PeerException;
import dev.odometer.engine.Answer;
import dev.odometer.engine.Remembering;
import dev.odometer.engine.RemotePart;
import dev.odometer.engine.membership.Member;
import dev.odometer.engine.model.IdentityId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The planted faults of what nodes send to each other, as a faulty sender or receiver would have them. */
final class PeerFaults {
    private final Fault fault;
    private final SplittableRandom random;

    /** To which process each identity was sent first. */
    private final Map<IdentityId, String> firstSentTo = new HashMap<>();

    PeerFaults(Fault fault, SplittableRandom random) {
        this.fault = fault;
        this.random = random;
    }

    /** A call as it leaves. */
    ApplyCall sent(Member to, ApplyCall call) {
        return switch (fault) {
            case LANES_RENUMBERED -> anonymous(call, part -> part.remembering().sequence() > 0);
            case IDENTITIES_LEFT_BEHIND ->
                anonymous(
                        call,
                        part -> !firstSentTo
                                .computeIfAbsent(part.remembering().id(), id -> to.incarnation())
                                .equals(to.incarnation()));
            case TRAINS_OUT_OF_ORDER -> reversed(call);
            default -> call;
        };
    }

    /** A call as it is carried out. */
    ApplyCall received(ApplyCall call) {
        return fault == Fault.OWNERS_FORGET_LANES
                ? anonymous(call, part -> part.remembering().sequence() > 0)
                : call;
    }

    /** Takes the end of a call for what it is not. */
    ApplySink mistaken(ApplySink sink) {
        if (fault != Fault.SILENCE_TAKEN_FOR_REFUSAL) {
            return sink;
        }
        return new ApplySink() {
            @Override
            public void answered(int unit, List<Answer> answers) {
                sink.answered(unit, answers);
            }

            @Override
            public void ended(@Nullable PeerException failure) {
                sink.ended(
                        failure == null
                                ? null
                                : new PeerException(PeerException.Kind.NOT_SENT, "no answer, so not sent", failure));
            }
        };
    }

    private static ApplyCall reversed(ApplyCall call) {
        List<RemotePart> parts = new ArrayList<>(call.parts());
        Collections.reverse(parts);
        return new ApplyCall(call.hops(), parts, call.reads());
    }

    private ApplyCall anonymous(ApplyCall call, Predicate<RemotePart> which) {
        List<RemotePart> parts = call.parts().stream()
                .map(part -> which.test(part) ? anonymous(part) : part)
                .toList();
        return new ApplyCall(call.hops(), parts, call.reads());
    }

    private RemotePart anonymous(RemotePart part) {
        IdentityId id = new IdentityId(random.nextLong(), random.nextLong());
        return new RemotePart(part.shard(), part.operations(), Remembering.ofLane(id, 1, part.operations(), 60_000));
    }
}
