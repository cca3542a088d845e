package dev.odometer.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Collects the answers to a batch's operations. Tokens are the operations' places; higher ones are claims of a
 * session's number.
 */
final class BatchCall implements AnswerSink {
    final CompletableFuture<BatchAnswer> future = new CompletableFuture<>();
    private final Answer[] answers;
    private final boolean identified;
    private int missing;
    private int fresh;
    private int decided;
    private boolean changed;
    private long expectedSequence;
    private Outcome worst = Outcome.VALUE;
    private Consumer<Outcome> onDone = refusal -> {};

    BatchCall(int operations, int claims, boolean identified) {
        this.answers = new Answer[operations];
        this.missing = operations + claims;
        this.identified = identified;
    }

    /** Is told, before anybody else, how the batch ended: {@link Outcome#VALUE}, or why it was refused. */
    void onDone(Consumer<Outcome> action) {
        onDone = action;
    }

    @Override
    public void answered(long token, Outcome outcome, long value, boolean replayed) {
        if (token < answers.length) {
            answers[(int) token] = new Answer(outcome, value, replayed);
        }
        if (!replayed) {
            fresh++;
        }
        if (outcome.isDecided()) {
            decided++;
            changed |= !replayed;
        } else if (worst == Outcome.VALUE || outcome == Outcome.UNKNOWN) {
            worst = outcome;
            expectedSequence = outcome == Outcome.OUT_OF_SEQUENCE ? value : 0;
        }
        if (--missing == 0) {
            BatchAnswer answer = answer();
            onDone.accept(answer.refusal());
            future.complete(answer);
        }
    }

    private BatchAnswer answer() {
        if (identified && worst != Outcome.VALUE) {
            // Parts that were applied are remembered: a retry under the same identity completes the rest. Until then
            // nobody may take it
            // for a batch that changed nothing. No retry helps one of which a part has expired: where nothing was
            // changed now, it is told so.
            boolean partly = changed || (decided > 0 && worst != Outcome.EXPIRED);
            return refused(partly ? Outcome.UNKNOWN : worst, partly ? 0 : expectedSequence);
        }
        return new BatchAnswer(Outcome.VALUE, 0, new ArrayList<>(Arrays.asList(answers)), fresh == 0);
    }

    static BatchAnswer refused(Outcome outcome, long expectedSequence) {
        return new BatchAnswer(outcome, expectedSequence, List.of(), false);
    }
}
