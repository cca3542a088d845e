package dev.odometer.engine.membership;

import dev.odometer.engine.membership.Coordinator.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/** A coordinator, its clients and their time, all in one thread. */
final class FakeCoordination {
    static final long TIMEOUT = 4_000;

    private record Timed(long atMillis, long order, Runnable task, Client client) {}

    private record Held(String text, long session, long version) {}

    private final PriorityQueue<Timed> tasks = new PriorityQueue<>(
            (a, b) -> a.atMillis != b.atMillis ? Long.compare(a.atMillis, b.atMillis) : Long.compare(a.order, b.order));
    private final Map<Long, Long> sessions = new HashMap<>(); // to the time at which each expires
    private final TreeMap<String, Held> entries = new TreeMap<>();
    private final List<Client> clients = new ArrayList<>();
    private long order;
    private long ids;
    private long millis = 1;
    boolean down;

    /** One process. */
    final class Client implements Coordinator, MembershipEnvironment {
        final List<String> warnings = new ArrayList<>();
        long session;
        boolean dead;
        boolean paused;
        boolean deaf;
        boolean loseAnswers;
        Runnable changed = () -> {};
        final SessionMembership membership = new SessionMembership(this, this, TIMEOUT);

        @Override
        public void coordinate(Runnable task, long delayMillis) {
            tasks.add(new Timed(millis + delayMillis, order++, task, this));
        }

        @Override
        public void tell(Runnable task, long delayMillis) {
            coordinate(task, delayMillis);
        }

        @Override
        public long nanos() {
            return millis * 1_000_000;
        }

        @Override
        public void warn(String message) {
            warnings.add(message);
        }

        @Override
        public void close(Runnable last) {
            last.run();
            dead = true;
        }

        @Override
        public void watch(Runnable task) {
            changed = task;
        }

        @Override
        public long open() {
            reach();
            session = ++ids;
            sessions.put(session, millis + TIMEOUT);
            return TIMEOUT;
        }

        @Override
        public long renew(long nowNanos) {
            reach();
            if (!sessions.containsKey(session)) {
                throw new SessionGone("session " + session);
            }
            sessions.put(session, millis + TIMEOUT);
            return nowNanos;
        }

        @Override
        public List<Entry> list() {
            reach();
            List<Entry> list = new ArrayList<>();
            entries.forEach(
                    (name, held) -> list.add(new Entry(name, held.text, held.session == session, held.version)));
            return list;
        }

        @Override
        public boolean create(String name, String text) {
            reach();
            boolean made = entries.putIfAbsent(name, new Held(text, session, ++ids)) == null;
            return answer(made);
        }

        @Override
        public boolean replace(Entry entry, String text) {
            reach();
            Held held = entries.get(entry.name());
            if (held == null || held.version != entry.version()) {
                return false;
            }
            entries.put(entry.name(), new Held(text, session, ++ids));
            return answer(true);
        }

        private boolean answer(boolean made) {
            hintAll();
            if (loseAnswers) {
                loseAnswers = false;
                throw new Unreachable("the answer was lost");
            }
            return made;
        }

        @Override
        public void end() {
            reach();
            sessions.remove(session);
            sweep();
        }

        @Override
        public void close() {
            dead = true;
        }

        private void reach() {
            if (down) {
                throw new Unreachable("down");
            }
        }
    }

    Client client() {
        Client client = new Client();
        clients.add(client);
        return client;
    }

    /** Lets the coordinator forget a session, as after an outage that lasted. */
    void expire(Client client) {
        sessions.remove(client.session);
        sweep();
    }

    /** Puts an entry there that belongs to nobody who is alive. */
    void leave(String name, String text, long forMillis) {
        sessions.put(++ids, millis + forMillis);
        entries.put(name, new Held(text, ids, ++ids));
    }

    void up() {
        down = false;
        sessions.replaceAll((id, at) -> millis + TIMEOUT);
    }

    private void hintAll() {
        clients.stream().filter(c -> !c.deaf).forEach(c -> c.changed.run());
    }

    private void sweep() {
        boolean expired = sessions.values().removeIf(at -> at < millis);
        if (entries.values().removeIf(held -> !sessions.containsKey(held.session)) || expired) {
            hintAll();
        }
    }

    /** Lets time pass; processes that are paused do nothing in it. */
    void pass(long howMany) {
        long until = millis + howMany;
        List<Timed> held = new ArrayList<>();
        while (!tasks.isEmpty() && tasks.peek().atMillis <= until) {
            Timed next = tasks.remove();
            millis = Math.max(millis, next.atMillis);
            if (!down) {
                sweep();
            }
            if (next.client.paused) {
                held.add(next);
            } else if (!next.client.dead) {
                next.task.run();
            }
        }
        millis = until;
        if (!down) {
            sweep();
        }
        tasks.addAll(held);
    }

    List<String> names() {
        return List.copyOf(entries.keySet());
    }
}
