package dev.odometer.systemtests.load;

import dev.odometer.systemtests.process.Waiting;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Clients of every kind, counting at once until they are told to stop. Used by one thread. */
public final class Workload implements AutoCloseable {
    /** The counters that all clients with identities add to. */
    static final int SHARED_COUNTERS = 40;

    private static final int GENTLE_PACE_MILLIS = 60;

    private final Oracle oracle;
    private final List<LoadClient> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private Workload(Oracle oracle) {
        this.oracle = oracle;
    }

    /**
     * Starts clients of every kind.
     *
     * @param run names this run, so that its identities are its own
     */
    public static Workload start(String run, Target target, Oracle oracle, long seed) {
        return start(run, target, oracle, seed, 2, LoadClient.PACE_MILLIS);
    }

    /** Starts one client of each kind, in no hurry: for several such loads beside everything else on one machine. */
    public static Workload startGently(String run, Target target, Oracle oracle, long seed) {
        return start(run, target, oracle, seed, 1, GENTLE_PACE_MILLIS);
    }

    private static Workload start(String run, Target target, Oracle oracle, long seed, int ofEach, int paceMillis) {
        Workload load = new Workload(oracle);
        Random random = new Random(seed);
        for (int i = 0; i < ofEach; i++) {
            HttpClient.Version version = i % 2 == 0 ? HttpClient.Version.HTTP_1_1 : HttpClient.Version.HTTP_2;
            load.add(new HttpKeyedClient(run + "-http" + i, target, oracle, next(random), version));
            load.add(new SessionClient(run + "-session" + i, target, oracle, next(random)));
            load.add(new JedisClient(run + "-jedis" + i, target, oracle, next(random)));
            load.add(new LettuceClient(run + "-lettuce" + i, target, oracle, next(random)));
        }
        load.add(new UnkeyedRedisClient(run + "-incr", target, oracle, next(random)));
        load.add(new UnkeyedHttpClient(run + "-post", target, oracle, next(random)));
        load.add(new ReadingClient(run + "-read", target, oracle, next(random)));
        load.clients.forEach(client -> client.pace(paceMillis));
        load.threads.forEach(Thread::start);
        return load;
    }

    /**
     * Starts clients that go to another node where one is away, and to which no node may refuse anything.
     *
     * @param run names this run, so that its identities are its own
     */
    public static Workload startFailover(String run, List<Target> targets, Oracle oracle, long seed) {
        Workload load = new Workload(oracle);
        Random random = new Random(seed);
        for (int i = 0; i < 4; i++) {
            load.add(new FailoverHttpClient(run + "-http" + i, targets, oracle, next(random)));
            load.add(new FailoverRedisClient(run + "-redis" + i, targets, oracle, next(random)));
        }
        load.clients.forEach(client -> client.pace(GENTLE_PACE_MILLIS));
        load.threads.forEach(Thread::start);
        return load;
    }

    private static Random next(Random random) {
        return new Random(random.nextLong());
    }

    private void add(LoadClient client) {
        clients.add(client);
        Thread thread = new Thread(client, client.name());
        thread.setDaemon(true);
        threads.add(thread);
    }

    static String shared(Random random) {
        return "shared/" + random.nextInt(SHARED_COUNTERS);
    }

    /** Waits until so many more operations are answered. */
    public void awaitAnswers(long more, Duration limit) {
        long goal = oracle.answeredCount() + more;
        Waiting.until(more + " more answers", limit, () -> oracle.answeredCount() >= goal);
    }

    /**
     * Lets every client settle what it has begun, and ends them. @throws AssertionError where one cannot within the
     * limit
     */
    public void finish(Duration limit) {
        clients.forEach(LoadClient::stop);
        long deadline = System.nanoTime() + limit.toNanos();
        for (Thread thread : threads) {
            join(thread, Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
            if (thread.isAlive()) {
                throw new AssertionError(thread.getName() + " cannot settle what it has begun within " + limit);
            }
        }
    }

    /** Ends the clients where they are. */
    @Override
    public void close() {
        clients.forEach(LoadClient::abandon);
        threads.forEach(thread -> join(thread, 10_000));
    }

    private static void join(Thread thread, long millis) {
        try {
            thread.join(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }
}
