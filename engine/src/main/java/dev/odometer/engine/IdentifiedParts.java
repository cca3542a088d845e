package dev.odometer.engine;

import dev.odometer.engine.model.Limits;
import dev.odometer.engine.store.IdentityRow;
import java.util.List;

/** How a shard applies what has an identity: once, the first answers being kept. Only the engine's thread. */
final class IdentifiedParts {
    private final EngineContext context;
    private final Shard shard;

    IdentifiedParts(EngineContext context, Shard shard) {
        this.context = context;
        this.shard = shard;
    }

    /**
     * Applies parts whose counters are loaded, in order, up to one that may do better the next time.
     *
     * @param life the ownership under which the counters were loaded; where it has ended nothing is applied
     */
    void apply(List<Part> parts, int life) {
        parts.forEach(Part::unpin);
        boolean goesOn = true;
        for (Part part : parts) {
            // An answer that was given at once may have had the shard dropped.
            goesOn = goesOn && !part.unloadable && life == shard.ownership().life() && applyNow(part);
            if (!goesOn) {
                part.refuse(Outcome.UNAVAILABLE, 0);
            }
        }
    }

    /** Whether it was applied or will never be. */
    private boolean applyNow(Part part) {
        Remembering remembering = part.remembering;
        if (remembering == null) {
            throw new IllegalStateException("a part without an identity");
        }
        long now = context.environment.wallMillis();
        IdentityRow row = context.window.row(remembering.id(), shard.number, now);
        if (row != null && row.sequence() >= remembering.sequence()) {
            replay(part, remembering, row);
        } else if (row == null && !remembering.isJudgeable(now)) {
            part.refuse(Outcome.EXPIRED, 0); // its row has expired while the counters were loaded
        } else if (row == null && !context.window.hasRoomFor(IdentityWindow.weight(part.operations.size()))) {
            part.refuse(Outcome.WINDOW_FULL, 0);
        } else if (context.window.isPending(remembering.id(), shard.number)) {
            // The session's batch before this one still waits for its commit: this shard is being lost, or the client
            // did not wait for it.
            return false;
        } else {
            applyFresh(part, remembering, now);
        }
        return true;
    }

    private void applyFresh(Part part, Remembering remembering, long now) {
        int count = part.operations.size();
        byte[] answers = RecordedAnswers.create(count);
        Group group = shard.pipeline.roomFor(count + 1, count * Limits.MAX_KEY_BYTES + answers.length);
        for (int i = 0; i < count; i++) {
            Outcome outcome = shard.effect(part.counters[i], part.operations.get(i));
            RecordedAnswers.put(answers, i, outcome, shard.effectValue);
            part.answerIn(group, i, outcome, shard.effectValue, false);
        }
        if (count == 0) {
            part.answerIn(group, 0, Outcome.VALUE, 0, false);
        }
        context.pending += part.answers();
        long retention = context.rules.retentionMillis(remembering.retentionMillis());
        shard.pipeline.remember(context.window.put(
                shard.number,
                new IdentityRow(
                        remembering.id(), remembering.sequence(), remembering.fingerprint(), now, retention, answers)));
    }

    /** Gives the first answers again: at once, or with the groups that are on their way where the first ones are. */
    private void replay(Part part, Remembering remembering, IdentityRow row) {
        if (row.sequence() > remembering.sequence()) {
            part.refuse(Outcome.OUT_OF_SEQUENCE, row.sequence() + 1);
            return;
        }
        if (row.fingerprint() != remembering.fingerprint()
                || RecordedAnswers.count(row.answers()) != part.operations.size()) {
            part.refuse(Outcome.CONFLICT, 0);
            return;
        }
        IdentitySlot slot = context.window.slot(remembering.id(), shard.number);
        Group group = slot != null && slot.isPending() ? shard.pipeline.last() : null;
        boolean wait = group != null && !group.answeredEarly;
        for (int i = 0; i < part.answers(); i++) {
            boolean claim = part.operations.isEmpty();
            Outcome outcome = claim ? Outcome.VALUE : RecordedAnswers.outcome(row.answers(), i);
            long value = claim ? 0 : RecordedAnswers.value(row.answers(), i);
            if (wait && group != null) {
                context.pending++;
                part.answerIn(group, i, outcome, value, true);
            } else {
                part.answer(i, outcome, value, true);
            }
        }
    }
}
