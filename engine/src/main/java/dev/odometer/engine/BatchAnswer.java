package dev.odometer.engine;

import java.util.List;

/**
 * The answer to a batch.
 *
 * @param refusal why nothing of it was applied, or {@link Outcome#VALUE} where each operation has its own answer;
 *     {@link Outcome#UNKNOWN} where a part of it was applied, or may have been
 * @param expectedSequence for {@link Outcome#OUT_OF_SEQUENCE}, the number that the session's next batch must have
 * @param answers one a operation, in order; empty where the batch was refused
 * @param replayed whether the whole batch had been applied before
 */
public record BatchAnswer(Outcome refusal, long expectedSequence, List<Answer> answers, boolean replayed) {}
