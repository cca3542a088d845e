package dev.odometer.simulation;

import dev.odometer.engine.Answer;
import dev.odometer.engine.Outcome;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What happened in one run or in many, to show that the simulation reaches what it is meant to reach. */
final class Stats {
    final Map<Outcome, Long> answers = new EnumMap<>(Outcome.class);
    long runs;
    long events;
    long virtualMillis;
    long requests;
    long replays;
    long commits;
    long storeTimeouts;
    long acquisitions;
    long crashes;
    long pauses;
    long abandoned;
    long searchesGivenUp;
    long calls;
    long drains;
    long calmMillis;
    final Map<Trouble, Long> troubles = new EnumMap<>(Trouble.class);

    void answered(Answer answer) {
        answers.merge(answer.outcome(), 1L, Long::sum);
        if (answer.replayed()) {
            replays++;
        }
    }

    synchronized void add(Stats other) {
        other.answers.forEach((outcome, count) -> answers.merge(outcome, count, Long::sum));
        runs += other.runs;
        events += other.events;
        virtualMillis += other.virtualMillis;
        requests += other.requests;
        replays += other.replays;
        commits += other.commits;
        storeTimeouts += other.storeTimeouts;
        acquisitions += other.acquisitions;
        crashes += other.crashes;
        pauses += other.pauses;
        abandoned += other.abandoned;
        searchesGivenUp += other.searchesGivenUp;
        calls += other.calls;
        drains += other.drains;
        calmMillis += other.calmMillis;
        other.troubles.forEach((kind, count) -> troubles.merge(kind, count, Long::sum));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%,d runs, %,.1f days of virtual time, %,d events; %,d requests, %,d commits,"
                        + " %,d calls of the store unanswered, %,d acquisitions,"
                        + " %,d crashes, %,d pauses, %,d requests given up, %,d searches given up%nanswers:",
                runs,
                virtualMillis / 86_400_000.0,
                events,
                requests,
                commits,
                storeTimeouts,
                acquisitions,
                crashes,
                pauses,
                abandoned,
                searchesGivenUp));
        answers.forEach((outcome, count) -> text.append(String.format(Locale.ROOT, " %s %,d", outcome, count)));
        text.append(String.format(Locale.ROOT, "; replays %,d", replays));
        if (calls > 0) {
            text.append(String.format(
                    Locale.ROOT,
                    "%n%,d calls between nodes, %,d nodes left in peace, %,d ms until all was well again; trouble: %s",
                    calls,
                    drains,
                    calmMillis / runs,
                    troubles));
        }
        return text.toString();
    }
}
