package dev.odometer.membership.etcd;

import static dev.odometer.membership.etcd.EtcdConnection.bytes;

import dev.odometer.engine.membership.Coordinator;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdException;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One key for each member, {@code PREFIX + NAME}, with the member's text, bound to the member's lease.
 *
 * <p>Nothing here relies on a stream, because jetcd's streams can end without a word. Each renewal is a keep-alive of
 * its own whose answer is waited for. The watch is a mere hint: it begins after the revision of a listing, and where it
 * has ended, for whatever reason and also because its revision was compacted away, the next listing begins another.
 *
 * <p>Not thread-safe: called on the membership's thread.
 */
final class EtcdCoordinator implements Coordinator {
    private final EtcdConfig config;
    private final EtcdConnection connection;
    private final ByteSequence prefix;
    private Runnable changed = () -> {};
    private long lease;
    private @Nullable Watching watching;

    /** A watch and the client that it belongs to. */
    private record Watching(Client client, Watch.Watcher watcher, AtomicBoolean ended) {}

    EtcdCoordinator(EtcdConfig config, EtcdConnection connection) {
        this.config = config;
        this.connection = connection;
        prefix = bytes(config.prefix());
    }

    @Override
    public void watch(Runnable task) {
        changed = task;
    }

    @Override
    public long open() {
        LeaseGrantResponse granted =
                connection.call(c -> c.getLeaseClient().grant(config.ttlSeconds()), failure -> false);
        lease = granted.getID();
        return granted.getTTL() * 1_000;
    }

    @Override
    public long renew(long nowNanos) {
        long renewed = lease;
        try {
            connection.call(c -> c.getLeaseClient().keepAliveOnce(renewed), EtcdCoordinator::leaseNotFound);
        } catch (EtcdException e) {
            throw new SessionGone("etcd does not know lease " + Long.toHexString(renewed) + " any more");
        }
        return nowNanos;
    }

    private static boolean leaseNotFound(Throwable failure) {
        return failure instanceof EtcdException e && e.getErrorCode() == ErrorCode.NOT_FOUND;
    }

    @Override
    public List<Entry> list() {
        GetOption all = GetOption.builder().isPrefix(true).build();
        GetResponse response = connection.call(c -> c.getKVClient().get(prefix, all), failure -> false);
        watchAfter(response.getHeader().getRevision());
        List<Entry> entries = new ArrayList<>();
        for (KeyValue kv : response.getKvs()) {
            String key = kv.getKey().toString(StandardCharsets.UTF_8);
            entries.add(new Entry(
                    key.substring(config.prefix().length()),
                    kv.getValue().toString(StandardCharsets.UTF_8),
                    kv.getLease() == lease,
                    kv.getModRevision()));
        }
        return entries;
    }

    private void watchAfter(long revision) {
        Client client = connection.client();
        Watching current = watching;
        if (current != null) {
            if (current.client == client && !current.ended.get()) {
                return;
            }
            current.ended.set(true);
            current.watcher.close();
        }
        AtomicBoolean ended = new AtomicBoolean();
        WatchOption from =
                WatchOption.builder().isPrefix(true).withRevision(revision + 1).build();
        Watch.Watcher watcher = client.getWatchClient()
                .watch(
                        prefix,
                        from,
                        Watch.listener(response -> changed.run(), failure -> end(ended), () -> end(ended)));
        watching = new Watching(client, watcher, ended);
    }

    /** The watch has ended, or may have missed something. */
    private void end(AtomicBoolean ended) {
        if (ended.compareAndSet(false, true)) {
            changed.run();
        }
    }

    @Override
    public boolean create(String name, String text) {
        ByteSequence key = bytes(config.prefix() + name);
        return put(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.createRevision(0)), key, text);
    }

    @Override
    public boolean replace(Entry entry, String text) {
        ByteSequence key = bytes(config.prefix() + entry.name());
        return put(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(entry.version())), key, text);
    }

    private boolean put(Cmp condition, ByteSequence key, String text) {
        PutOption withLease = PutOption.builder().withLeaseId(lease).build();
        return connection
                .call(
                        c -> c.getKVClient()
                                .txn()
                                .If(condition)
                                .Then(Op.put(key, bytes(text), withLease))
                                .commit(),
                        failure -> false)
                .isSucceeded();
    }

    @Override
    public void end() {
        long ended = lease;
        try {
            connection.call(c -> c.getLeaseClient().revoke(ended), EtcdCoordinator::leaseNotFound);
        } catch (EtcdException e) {
            // It had ended before.
        }
    }

    @Override
    public void close() {
        if (watching != null) {
            watching.ended.set(true);
        }
        connection.close();
    }
}
