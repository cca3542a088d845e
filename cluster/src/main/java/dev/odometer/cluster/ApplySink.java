package dev.odometer.cluster;

import dev.odometer.engine.Answer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes the answers to an {@link ApplyCall}: each unit's at most once, in any order, and then the end. */
public interface ApplySink {
    /** The answers to one unit, one for each of its operations (one where it has none). */
    void answered(int unit, List<Answer> answers);

    /** The call has ended; what of it was not answered has failed. Called once. */
    void ended(@Nullable PeerException failure);
}
