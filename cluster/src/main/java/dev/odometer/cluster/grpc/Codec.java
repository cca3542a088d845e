package dev.odometer.cluster.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.odometer.cluster.ApplyCall;
import dev.odometer.cluster.SessionCall;
import dev.odometer.cluster.grpc.proto.Answers;
import dev.odometer.cluster.grpc.proto.ApplyRequest;
import dev.odometer.cluster.grpc.proto.Change;
import dev.odometer.cluster.grpc.proto.Kind;
import dev.odometer.cluster.grpc.proto.Part;
import dev.odometer.cluster.grpc.proto.Reads;
import dev.odometer.cluster.grpc.proto.SessionBatchAnswer;
import dev.odometer.cluster.grpc.proto.SessionBatchRequest;
import dev.odometer.engine.Answer;
import dev.odometer.engine.BatchAnswer;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.Remembering;
import dev.odometer.engine.RemotePart;
import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
import java.util.ArrayList;
import java.util.List;

/**
 * Between the messages of node.proto and what they mean. What is decoded is checked like a client's: a message that
 * cannot be meant is an {@link IllegalArgumentException}.
 */
final class Codec {
    private static final int REPLAYED = 0x80;

    private Codec() {}

    static ApplyRequest encode(ApplyCall call) {
        ApplyRequest.Builder request = ApplyRequest.newBuilder().setHops(call.hops());
        for (RemotePart part : call.parts()) {
            Remembering how = part.remembering();
            Part.Builder message = Part.newBuilder()
                    .setShard(part.shard())
                    .setIdHigh(how.id().high())
                    .setIdLow(how.id().low())
                    .setSequence(how.sequence())
                    .setFingerprint(how.fingerprint())
                    .setRetentionMillis(how.retentionMillis())
                    .setJudgeableFromMillis(how.judgeableFromMillis())
                    .setJudgeableUntilMillis(how.judgeableUntilMillis());
            part.operations().forEach(operation -> message.addOperations(encode(operation)));
            request.addParts(message);
        }
        for (ApplyCall.Reads reads : call.reads()) {
            Reads.Builder message = Reads.newBuilder().setShard(reads.shard()).setLinearizable(reads.linearizable());
            reads.keys().forEach(key -> message.addKeys(bytes(key)));
            request.addReads(message);
        }
        return request.build();
    }

    static ApplyCall decode(ApplyRequest request) {
        List<RemotePart> parts = new ArrayList<>(request.getPartsCount());
        for (Part part : request.getPartsList()) {
            Remembering how = new Remembering(
                    new IdentityId(part.getIdHigh(), part.getIdLow()),
                    part.getSequence(),
                    part.getFingerprint(),
                    part.getRetentionMillis(),
                    part.getJudgeableFromMillis(),
                    part.getJudgeableUntilMillis());
            parts.add(new RemotePart(part.getShard(), operations(part.getOperationsList()), how));
        }
        List<ApplyCall.Reads> reads = new ArrayList<>(request.getReadsCount());
        for (Reads some : request.getReadsList()) {
            List<Key> keys = new ArrayList<>(some.getKeysCount());
            some.getKeysList().forEach(key -> keys.add(key(key)));
            reads.add(new ApplyCall.Reads(some.getShard(), some.getLinearizable(), keys));
        }
        return new ApplyCall(request.getHops(), parts, reads);
    }

    static SessionBatchRequest encode(SessionCall call) {
        SessionBatchRequest.Builder request = SessionBatchRequest.newBuilder()
                .setHops(call.hops())
                .setShard(call.shard())
                .setSession(call.identity().session())
                .setSequence(call.identity().sequence());
        call.operations().forEach(operation -> request.addOperations(encode(operation)));
        return request.build();
    }

    static SessionCall decode(SessionBatchRequest request) {
        return new SessionCall(
                request.getHops(),
                request.getShard(),
                operations(request.getOperationsList()),
                new Identity.SessionBatch(request.getSession(), request.getSequence()));
    }

    static SessionBatchAnswer encode(BatchAnswer answer) {
        return SessionBatchAnswer.newBuilder()
                .setRefusal(code(answer.refusal()))
                .setExpectedSequence(answer.expectedSequence())
                .setReplayed(answer.replayed())
                .setAnswers(encode(answer.answers()))
                .build();
    }

    static BatchAnswer decode(SessionBatchAnswer answer) {
        return new BatchAnswer(
                outcome(answer.getRefusal()),
                answer.getExpectedSequence(),
                decode(answer.getAnswers()),
                answer.getReplayed());
    }

    static Answers encode(List<Answer> answers) {
        byte[] outcomes = new byte[answers.size()];
        Answers.Builder message = Answers.newBuilder();
        for (int i = 0; i < outcomes.length; i++) {
            Answer answer = answers.get(i);
            outcomes[i] = (byte) (code(answer.outcome()) | (answer.replayed() ? REPLAYED : 0));
            message.addValues(answer.value());
        }
        return message.setOutcomes(UnsafeByteOperations.unsafeWrap(outcomes)).build();
    }

    static List<Answer> decode(Answers message) {
        int count = message.getValuesCount();
        if (message.getOutcomes().size() != count) {
            throw new IllegalArgumentException("answers with " + count + " values and "
                    + message.getOutcomes().size() + " outcomes");
        }
        List<Answer> answers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int code = message.getOutcomes().byteAt(i) & 0xFF;
            answers.add(new Answer(outcome(code & ~REPLAYED), message.getValues(i), (code & REPLAYED) != 0));
        }
        return answers;
    }

    private static Change encode(Operation operation) {
        Change.Builder change = Change.newBuilder().setKey(bytes(operation.key()));
        if (operation instanceof Operation.Add add) {
            change.setKind(Kind.ADD).setNumber(add.delta());
        } else if (operation instanceof Operation.Set set) {
            Kind kind = switch (set.condition()) {
                case ALWAYS -> Kind.SET;
                case IF_ABSENT -> Kind.SET_IF_ABSENT;
                case IF_PRESENT -> Kind.SET_IF_PRESENT;
            };
            change.setKind(kind).setNumber(set.value()).setAnswersPrevious(set.answersPrevious());
        } else if (operation instanceof Operation.Delete) {
            change.setKind(Kind.DELETE);
        } else {
            change.setKind(Kind.GET);
        }
        return change.build();
    }

    private static List<Operation> operations(List<Change> changes) {
        List<Operation> operations = new ArrayList<>(changes.size());
        for (Change change : changes) {
            operations.add(decode(change));
        }
        return operations;
    }

    private static Operation decode(Change change) {
        Key key = key(change.getKey());
        return switch (change.getKind()) {
            case ADD -> new Operation.Add(key, change.getNumber());
            case SET -> set(key, change, Operation.Condition.ALWAYS);
            case SET_IF_ABSENT -> set(key, change, Operation.Condition.IF_ABSENT);
            case SET_IF_PRESENT -> set(key, change, Operation.Condition.IF_PRESENT);
            case DELETE -> new Operation.Delete(key);
            case GET -> new Operation.Get(key);
            case UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException("an operation of no known kind");
        };
    }

    private static Operation set(Key key, Change change, Operation.Condition condition) {
        return new Operation.Set(key, change.getNumber(), condition, change.getAnswersPrevious());
    }

    private static ByteString bytes(Key key) {
        return UnsafeByteOperations.unsafeWrap(key.bytes());
    }

    private static Key key(ByteString bytes) {
        byte[] copy = bytes.toByteArray();
        return Key.of(copy, 0, copy.length);
    }

    private static int code(Outcome outcome) {
        return switch (outcome) {
            case VALUE -> 1;
            case DELETED -> 2;
            case ABSENT -> 3;
            case NOT_APPLIED -> 4;
            case OVERFLOW -> 5;
            case CONFLICT -> 6;
            case EXPIRED -> 7;
            case OUT_OF_SEQUENCE -> 8;
            case WINDOW_FULL -> 9;
            case BUSY -> 10;
            case UNAVAILABLE -> 11;
            case STOPPING -> 12;
            case UNKNOWN -> 13;
        };
    }

    /** An outcome of a newer version is one that this version cannot judge. */
    private static Outcome outcome(int code) {
        return switch (code) {
            case 1 -> Outcome.VALUE;
            case 2 -> Outcome.DELETED;
            case 3 -> Outcome.ABSENT;
            case 4 -> Outcome.NOT_APPLIED;
            case 5 -> Outcome.OVERFLOW;
            case 6 -> Outcome.CONFLICT;
            case 7 -> Outcome.EXPIRED;
            case 8 -> Outcome.OUT_OF_SEQUENCE;
            case 9 -> Outcome.WINDOW_FULL;
            case 10 -> Outcome.BUSY;
            case 11 -> Outcome.UNAVAILABLE;
            case 12 -> Outcome.STOPPING;
            default -> Outcome.UNKNOWN;
        };
    }
}
