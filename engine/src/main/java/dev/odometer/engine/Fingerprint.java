package dev.odometer.engine;

import dev.odometer.engine.model.Operation;
import java.util.List;

/** A 64-bit hash of what a request asks for, by which a reused identity is recognised. Part of the stored format. */
final class Fingerprint {
    private Fingerprint() {}

    static long of(List<Operation> operations) {
        long h = operations.size();
        for (Operation operation : operations) {
            h = mix(h ^ operation.key().hash());
            h = mix(h ^ operation.key().length());
            if (operation instanceof Operation.Add add) {
                h = mix(mix(h ^ 1) ^ add.delta());
            } else if (operation instanceof Operation.Set set) {
                h = mix(mix(h ^ 2) ^ set.value());
                h = mix(h ^ (condition(set) * 2L + (set.answersPrevious() ? 1 : 0)));
            } else if (operation instanceof Operation.Delete) {
                h = mix(h ^ 3);
            } else {
                h = mix(h ^ 4);
            }
        }
        return h;
    }

    private static long condition(Operation.Set set) {
        return switch (set.condition()) {
            case ALWAYS -> 0;
            case IF_ABSENT -> 1;
            case IF_PRESENT -> 2;
        };
    }

    private static long mix(long value) {
        long h = value + 0x9E3779B97F4A7C15L;
        h = (h ^ (h >>> 30)) * 0xBF58476D1CE4E5B9L;
        h = (h ^ (h >>> 27)) * 0x94D049BB133111EBL;
        return h ^ (h >>> 31);
    }
}
