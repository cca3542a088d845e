package dev.odometer.server.redis;

import dev.odometer.engine.AnswerSink;
import dev.odometer.engine.Outcome;
import dev.odometer.server.redis.RedisMetrics.Result;
import java.util.function.Function;

/**
 * Gathers the answers to one command that is several operations, then replies once: with an error if any operation
 * failed, else with what {@code reply} makes of the answers. Tokens are the operations' positions.
 *
 * <p>Used by the loop's thread only.
 */
final class SeveralAnswers implements AnswerSink {
    private final RedisConnection connection;
    private final long token;
    private final boolean writes;
    private final Function<SeveralAnswers, byte[]> reply;
    private final Outcome[] outcomes;
    private final long[] values;
    private int left;

    /** Takes the command's slot. {@code writes} says whether an error must say that the rest may have been done. */
    SeveralAnswers(RedisConnection connection, int count, boolean writes, Function<SeveralAnswers, byte[]> reply) {
        this.connection = connection;
        this.token = connection.open();
        this.writes = writes;
        this.reply = reply;
        this.outcomes = new Outcome[count];
        this.values = new long[count];
        this.left = count;
    }

    int count() {
        return outcomes.length;
    }

    /** How many operations had this outcome. */
    int count(Outcome wanted) {
        int count = 0;
        for (Outcome outcome : outcomes) {
            count += outcome == wanted ? 1 : 0;
        }
        return count;
    }

    Outcome outcome(int index) {
        return outcomes[index];
    }

    long value(int index) {
        return values[index];
    }

    @Override
    public void answered(long index, Outcome outcome, long value, boolean replayed) {
        connection.state.answered();
        outcomes[(int) index] = outcome;
        values[(int) index] = value;
        if (--left == 0) {
            finish();
        }
    }

    private void finish() {
        for (Outcome outcome : outcomes) {
            Result result = RedisConnection.result(outcome);
            if (result != Result.OK) {
                connection.answer(token, error(outcome), result);
                return;
            }
        }
        connection.answer(token, reply.apply(this), Result.OK);
    }

    private byte[] error(Outcome outcome) {
        if (writes && outcomes.length > 1) {
            return Resp.error("TRYAGAIN not all of the " + outcomes.length + " keys could be changed (" + outcome
                    + "), others were; sending the command again is safe");
        }
        return Errors.of(outcome, false);
    }
}
