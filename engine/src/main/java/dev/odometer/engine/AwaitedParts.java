package dev.odometer.engine;

import java.util.List;

/** Parts that wait together for the counters of all of them. Only the engine's thread. */
final class AwaitedParts {
    final List<Part> parts;

    /** The ownership under which they wait: under another one they are not applied. */
    final int life;

    /** How many counters still have to be loaded before they can be applied. */
    int missing;

    AwaitedParts(List<Part> parts, int life) {
        this.parts = parts;
        this.life = life;
    }

    int answers() {
        return parts.stream().mapToInt(Part::answers).sum();
    }
}
