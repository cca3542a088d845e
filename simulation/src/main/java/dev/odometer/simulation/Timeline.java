package dev.odometer.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time: a queue of events, taken in the order of their times and, within one time, of their creation.
 * Whatever happens is noted here, which makes a hash of the whole run (equal seeds must give equal hashes) and
 * keeps the last lines for a failure's report.
 */
final class Timeline {
    private static final int KEPT_LINES = 200;

    private final PriorityQueue<Event> queue = new PriorityQueue<>();
    private Line[] lines = new Line[KEPT_LINES];
    private long noted;
    private long created;
    private long nowMicros;
    private long hash = 0xCBF29CE484222325L;
    private long steps;

    /** Microseconds since the run began. */
    long now() {
        return nowMicros;
    }

    /** How many events have happened. */
    long steps() {
        return steps;
    }

    /** A hash of all that was noted. */
    long hash() {
        return hash;
    }

    /** Lets something happen this many microseconds from now. */
    void after(long micros, Runnable action) {
        queue.add(new Event(nowMicros + Math.max(0, micros), created++, action));
    }

    /** Lets the next event happen; false where none is left. */
    boolean step() {
        Event next = queue.poll();
        if (next == null) {
            return false;
        }
        nowMicros = next.atMicros;
        steps++;
        next.action.run();
        return true;
    }

    /** Notes what happened. The detail is written out only for a report, so it must be immutable. */
    void note(String where, String what, long a, long b, @Nullable Object detail) {
        mix(nowMicros);
        mix(where.hashCode());
        mix(what.hashCode());
        mix(a);
        mix(b);
        lines[(int) (noted++ % lines.length)] = new Line(nowMicros, where, what, a, b, detail);
    }

    /** Keeps so many lines from now on, and forgets those before. */
    void keep(int most) {
        lines = new Line[most];
        noted = 0;
    }

    /** The last things that happened, oldest first. */
    List<String> lastLines() {
        List<String> last = new ArrayList<>();
        for (long i = Math.max(0, noted - lines.length); i < noted; i++) {
            last.add(lines[(int) (i % lines.length)].toString());
        }
        return last;
    }

    private void mix(long word) {
        long h = (hash ^ word) * 0x9E3779B97F4A7C15L;
        hash = h ^ (h >>> 32);
    }

    private record Event(long atMicros, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atMicros, other.atMicros);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    private record Line(
            long atMicros,
            String where,
            String what,
            long a,
            long b,
            @Nullable Object detail) {
        @Override
        public String toString() {
            String text = String.format("%12.3f ms  %-10s %s %d %d", atMicros / 1000.0, where, what, a, b);
            return detail == null ? text : text + "  " + detail;
        }
    }
}
