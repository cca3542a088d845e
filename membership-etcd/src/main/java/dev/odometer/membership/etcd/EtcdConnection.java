package dev.odometer.membership.etcd;

import dev.odometer.engine.membership.Coordinator.Unreachable;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The client of etcd, replaced by a fresh one while it gets no answers: its channel waits longer and longer between two
 * attempts to connect, up to minutes, where a member has only its session timeout to be back in.
 *
 * <p>Not thread-safe: called on the membership's thread.
 */
final class EtcdConnection {
    private final EtcdConfig config;
    private final ExecutorService executor;
    private final LongSupplier nanos;
    private final long callMillis;
    private final long renewAfterMillis;
    private @Nullable Client client;

    /** Since when the client has been without an answer; meaningless without a client. */
    private long silentSinceNanos;

    EtcdConnection(EtcdConfig config, ExecutorService executor, LongSupplier nanos) {
        this.config = config;
        this.executor = executor;
        this.nanos = nanos;
        callMillis = Math.max(300, config.ttlSeconds() * 1_000L / 4);
        renewAfterMillis = config.ttlSeconds() * 1_000L / 2;
    }

    /**
     * What the call answers.
     *
     * @param tolerated failures that are answers too: they are thrown as they are
     */
    <T> T call(Function<Client, CompletableFuture<T>> call, Predicate<Throwable> tolerated) {
        Client current = client();
        CompletableFuture<T> future = null;
        Throwable why;
        try {
            future = call.apply(current);
            T answer = future.get(callMillis, TimeUnit.MILLISECONDS);
            silentSinceNanos = nanos.getAsLong();
            return answer;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (tolerated.test(cause) && cause instanceof RuntimeException answer) {
                silentSinceNanos = nanos.getAsLong();
                throw answer;
            }
            why = cause;
        } catch (TimeoutException e) {
            future.cancel(true);
            why = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted", e);
        } catch (RuntimeException e) {
            why = e;
        }
        if ((nanos.getAsLong() - silentSinceNanos) / 1_000_000 >= renewAfterMillis) {
            drop();
        }
        String said = why instanceof TimeoutException
                ? "no answer in " + callMillis + " ms"
                : String.valueOf(why.getMessage());
        throw new Unreachable("etcd at " + String.join(", ", config.endpoints()) + ": " + said, why);
    }

    /** The client of now; another one than before if that had got no answers. */
    Client client() {
        Client current = client;
        if (current == null) {
            current = connect();
            client = current;
            silentSinceNanos = nanos.getAsLong();
        }
        return current;
    }

    private Client connect() {
        ClientBuilder builder = Client.builder()
                .endpoints(config.endpoints().toArray(String[]::new))
                .executorService(executor)
                .connectTimeout(Duration.ofMillis(callMillis))
                .keepaliveTime(Duration.ofSeconds(10))
                .keepaliveTimeout(Duration.ofMillis(callMillis))
                .keepaliveWithoutCalls(false)
                .retryMaxAttempts(0);
        String user = config.user();
        String password = config.password();
        if (user != null && password != null) {
            builder.user(bytes(user)).password(bytes(password));
        }
        if (config.tls()) {
            try {
                builder.sslContext(ssl -> {
                    if (config.trustCertificates() != null) {
                        ssl.trustManager(config.trustCertificates().toFile());
                    }
                    if (config.certificate() != null && config.privateKey() != null) {
                        ssl.keyManager(
                                config.certificate().toFile(),
                                config.privateKey().toFile());
                    }
                });
            } catch (SSLException | IllegalArgumentException e) {
                throw new Unreachable("the certificates for etcd cannot be used: " + e.getMessage(), e);
            }
        }
        return builder.build();
    }

    static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private void drop() {
        Client old = client;
        client = null;
        if (old != null) {
            try {
                old.close();
            } catch (RuntimeException e) {
                // It was of no use any more.
            }
        }
    }

    void close() {
        drop();
        executor.shutdownNow();
    }
}
