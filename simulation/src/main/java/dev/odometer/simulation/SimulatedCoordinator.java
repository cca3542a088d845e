package dev.odometer.simulation;

import dev.odometer.engine.membership.Coordinator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A coordinator that all nodes of a cluster ask. It keeps sessions and entries as a real one does, but what it lists
 * may be old, differs from node to node, and sometimes it cannot be reached. Renewals are always honest: a node that
 * was told that its session lives can rely on it.
 */
final class SimulatedCoordinator {
    private final SimulatedWorld world;
    private final SplittableRandom random;
    private final ClusterPlan plan;
    private final TreeMap<String, Held> entries = new TreeMap<>();
    private final Map<Integer, Link> links = new LinkedHashMap<>();
    private final List<Snapshot> history = new ArrayList<>();
    private final long[] lagMicros;
    private final int[] lies;
    private long lingerMicros;
    private int outages;
    private long versions;

    SimulatedCoordinator(SimulatedWorld world, ClusterPlan plan) {
        this.world = world;
        this.plan = plan;
        this.random = world.random.split();
        this.lagMicros = new long[world.plan.nodes()];
        this.lies = new int[world.plan.nodes()];
        history.add(new Snapshot(0, List.of()));
    }

    /** An entry, and the session that it lives with. */
    private record Held(String name, String text, Session session, long version) {}

    /** What was true from a time on. */
    private record Snapshot(long fromMicros, List<Held> entries) {}

    /** A session of one process. */
    static final class Session {
        final int process;
        long renewedMicros;
        boolean over;

        Session(int process) {
            this.process = process;
        }
    }

    /** The way of one process to the coordinator. */
    Link link(SimulatedProcess process) {
        Link link = new Link(process);
        links.put(process.number, link);
        return link;
    }

    void forget(SimulatedProcess process) {
        links.remove(process.number);
    }

    // --- trouble
    // ------------------------------------------------------------------------------------------------------------

    void lag(int node, long micros) {
        lagMicros[node] = micros;
    }

    void lie(int node, boolean lies) {
        this.lies[node] += lies ? 1 : -1;
    }

    void keepDead(long micros) {
        lingerMicros = micros;
    }

    void goDown() {
        outages++;
    }

    /** It is back; sessions either go on from now, or have aged meanwhile. */
    void comeBack(boolean renewsSessions) {
        outages--;
        if (renewsSessions) {
            entries.values().forEach(held -> held.session.renewedMicros = world.timeline.now());
        }
    }

    /** Ends the session of some living process, without a reason. */
    void endSomeSession() {
        List<Held> all = List.copyOf(entries.values());
        if (!all.isEmpty()) {
            end(all.get(random.nextInt(all.size())).session, "loses session of process");
        }
    }

    void calm() {
        lingerMicros = 0;
        outages = 0;
        for (int node = 0; node < lagMicros.length; node++) {
            lagMicros[node] = 0;
            lies[node] = 0;
        }
        links.values().forEach(link -> link.tell(0));
    }

    // --- sessions and entries
    // ----------------------------------------------------------------------------------------------

    private void watchOver(Session session) {
        long end = session.renewedMicros + plan.sessionMillis() * 1_000 + lingerMicros;
        world.timeline.after(Math.max(1, end - world.timeline.now()), () -> {
            if (session.over) {
                return;
            }
            if (outages == 0
                    && world.timeline.now() >= session.renewedMicros + plan.sessionMillis() * 1_000 + lingerMicros) {
                end(session, "ends session of process");
            } else if (outages > 0) {
                world.timeline.after(100_000, () -> watchOver(session));
            } else {
                watchOver(session);
            }
        });
    }

    private void end(Session session, String why) {
        if (!session.over) {
            session.over = true;
            world.timeline.note("coordinator", why, session.process, 0, null);
            Link link = links.get(session.process);
            if (link != null) {
                // Where the coordinator ended it too early, it could not know before.
                link.endedMicros = world.timeline.now();
                link.overSinceMicros =
                        Math.max(world.timeline.now(), session.renewedMicros + plan.sessionMillis() * 1_000);
            }
            if (entries.values().removeIf(held -> held.session == session)) {
                changed();
            }
        }
    }

    private void changed() {
        history.add(new Snapshot(world.timeline.now(), List.copyOf(entries.values())));
        List.copyOf(links.values()).forEach(link -> link.tell(random.nextLong(plan.tellMicros())));
    }

    /** What is shown to a node now. */
    private List<Held> shown(int node) {
        long until = world.timeline.now() - lagMicros[node];
        int at = history.size() - 1;
        while (at > 0 && history.get(at).fromMicros() > until) {
            at--;
        }
        if (lies[node] > 0) {
            at = Math.max(0, at - random.nextInt(4));
        }
        return history.get(at).entries();
    }

    /** One process's way. */
    final class Link implements Coordinator {
        private final SimulatedProcess process;
        private @Nullable Runnable watcher;
        private @Nullable Session session;
        private long overSinceMicros = Long.MAX_VALUE;
        private long endedMicros;
        private long backMicros;

        private Link(SimulatedProcess process) {
            this.process = process;
        }

        /** Whether, in its last time without an entry, this process must have known that it was no member. */
        boolean wasOver(long micros) {
            return micros > overSinceMicros && (backMicros < endedMicros || micros < backMicros);
        }

        private void tell(long afterMicros) {
            Runnable told = watcher;
            if (told != null && world.links.reachesCoordinator(process.node.number) && outages == 0) {
                world.timeline.after(1 + afterMicros + lagMicros[process.node.number], () -> process.arrive(told));
            }
        }

        private void reach() {
            if (outages > 0
                    || !world.links.reachesCoordinator(process.node.number)
                    || world.network.happens(world.plan.lossRate())) {
                throw new Unreachable("no answer");
            }
        }

        private Session living() {
            Session mine = session;
            if (mine == null || mine.over) {
                throw new SessionGone("it is over");
            }
            return mine;
        }

        @Override
        public void watch(Runnable changed) {
            watcher = changed;
        }

        @Override
        public long open() {
            reach();
            Session fresh = new Session(process.number);
            fresh.renewedMicros = world.timeline.now();
            session = fresh;
            watchOver(fresh);
            return plan.sessionMillis();
        }

        @Override
        public long renew(long nowNanos) {
            reach();
            living().renewedMicros = world.timeline.now();
            return nowNanos;
        }

        @Override
        public List<Entry> list() {
            reach();
            List<Entry> all = new ArrayList<>();
            for (Held held : shown(process.node.number)) {
                all.add(new Entry(held.name(), held.text(), held.session() == session, held.version()));
            }
            return all;
        }

        @Override
        public boolean create(String name, String text) {
            reach();
            Session mine = living();
            if (entries.containsKey(name)) {
                return false;
            }
            put(name, text, mine);
            return true;
        }

        @Override
        public boolean replace(Entry entry, String text) {
            reach();
            Session mine = living();
            Held held = entries.get(entry.name());
            if (held == null || held.version() != entry.version()) {
                return false;
            }
            put(entry.name(), text, mine);
            return true;
        }

        private void put(String name, String text, Session mine) {
            world.timeline.note("coordinator", "has entry of process", process.number, 0, name);
            backMicros = world.timeline.now();
            entries.put(name, new Held(name, text, mine, ++versions));
            changed();
            if (world.network.happens(world.plan.lossRate())) {
                throw new Unreachable("the answer is lost");
            }
        }

        @Override
        public void end() {
            reach();
            Session mine = session;
            session = null;
            if (mine != null) {
                SimulatedCoordinator.this.end(mine, "is left by process");
            }
        }

        @Override
        public void close() {
            watcher = null;
        }
    }
}
