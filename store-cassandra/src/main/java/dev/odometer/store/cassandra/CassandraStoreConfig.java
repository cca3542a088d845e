package dev.odometer.store.cassandra;

import dev.odometer.engine.model.Limits;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which Cassandra the store is on, and how it is talked to. Immutable.
 *
 * @param contactPoints nodes to ask first; the others are learnt from them
 * @param localDatacenter the data centre whose nodes are talked to
 * @param keyspace the keyspace of the store; a name of lower-case letters, digits and underscores
 * @param shards how many shards a new store gets; for a store that exists it must be the number that it has
 * @param localSerial whether Paxos runs in the local data centre alone (LOCAL_SERIAL): quicker where there are
 *     several, and then every server of this store must be in that data centre
 * @param requestTimeout how long one request to Cassandra may take before its outcome counts as unknown
 * @param connectTimeout how long a connection may take to be made
 * @param user the name to log in with; null for none
 * @param password the password to log in with; null for none
 * @param tls how connections are encrypted; null for not at all
 * @param driverConfig a configuration file of the driver, for what has no setting here; what is set here wins. Null
 *     for none
 */
public record CassandraStoreConfig(
        List<InetSocketAddress> contactPoints,
        String localDatacenter,
        String keyspace,
        int shards,
        boolean localSerial,
        Duration requestTimeout,
        Duration connectTimeout,
        @Nullable String user,
        @Nullable String password,
        @Nullable Tls tls,
        @Nullable Path driverConfig) {
    /** The keyspace where nothing else is said. */
    public static final String DEFAULT_KEYSPACE = "odometer";

    /** The shortest request timeout: below it, Cassandra's own timeouts could never be heard. */
    public static final Duration MIN_REQUEST_TIMEOUT = Duration.ofMillis(100);

    /** The longest request timeout. */
    public static final Duration MAX_REQUEST_TIMEOUT = Duration.ofMinutes(1);

    private static final Pattern KEYSPACE = Pattern.compile("[a-z][a-z0-9_]{0,47}");
    private static final int MAX_CONTACT_POINTS = 64;

    /**
     * Encryption of connections.
     *
     * @param truststore a keystore file with the certificates that are trusted; null for those of the Java platform
     * @param truststorePassword its password; null for none
     * @param keystore a keystore file with our own certificate, for a cluster that asks for one; null for none
     * @param keystorePassword its password; null for none
     * @param hostnameValidation whether a node's certificate must carry the name that it was connected by
     */
    public record Tls(
            @Nullable Path truststore,
            @Nullable String truststorePassword,
            @Nullable Path keystore,
            @Nullable String keystorePassword,
            boolean hostnameValidation) {}

    /** The defaults for a cluster: keyspace {@value #DEFAULT_KEYSPACE}, 16 shards, SERIAL, 3 s, no login, no TLS. */
    public static CassandraStoreConfig defaults(List<InetSocketAddress> contactPoints, String localDatacenter) {
        return new CassandraStoreConfig(
                contactPoints,
                localDatacenter,
                DEFAULT_KEYSPACE,
                16,
                false,
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                null,
                null,
                null,
                null);
    }

    /** Checks the bounds; reports all that are wrong together. */
    public CassandraStoreConfig {
        contactPoints = List.copyOf(contactPoints);
        StringBuilder wrong = new StringBuilder();
        if (contactPoints.isEmpty() || contactPoints.size() > MAX_CONTACT_POINTS) {
            wrong.append("contactPoints are ").append(contactPoints.size()).append(", must be 1 to ");
            wrong.append(MAX_CONTACT_POINTS).append("; ");
        }
        if (localDatacenter.isBlank()) {
            wrong.append("localDatacenter is empty; ");
        }
        if (!isKeyspace(keyspace)) {
            wrong.append("keyspace is '").append(keyspace);
            wrong.append("', must be 1 to 48 of a-z, 0-9 and _, a letter first; ");
        }
        if (shards < 1 || shards > Limits.MAX_SHARDS) {
            wrong.append("shards is ")
                    .append(shards)
                    .append(", must be from 1 to ")
                    .append(Limits.MAX_SHARDS);
            wrong.append("; ");
        }
        range(wrong, "requestTimeout", requestTimeout);
        range(wrong, "connectTimeout", connectTimeout);
        if ((user == null) != (password == null)) {
            wrong.append("user and password go together; ");
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(wrong.toString());
        }
    }

    /** Whether a text can name the keyspace. */
    public static boolean isKeyspace(String name) {
        return KEYSPACE.matcher(name).matches();
    }

    private static void range(StringBuilder wrong, String name, Duration value) {
        if (value.compareTo(MIN_REQUEST_TIMEOUT) < 0 || value.compareTo(MAX_REQUEST_TIMEOUT) > 0) {
            wrong.append(name)
                    .append(" is ")
                    .append(value)
                    .append(", must be from ")
                    .append(MIN_REQUEST_TIMEOUT);
            wrong.append(" to ").append(MAX_REQUEST_TIMEOUT).append("; ");
        }
    }

    /** The same in another keyspace. */
    public CassandraStoreConfig withKeyspace(String name) {
        return new CassandraStoreConfig(
                contactPoints,
                localDatacenter,
                name,
                shards,
                localSerial,
                requestTimeout,
                connectTimeout,
                user,
                password,
                tls,
                driverConfig);
    }

    /** The same with another number of shards. */
    public CassandraStoreConfig withShards(int number) {
        return new CassandraStoreConfig(
                contactPoints,
                localDatacenter,
                keyspace,
                number,
                localSerial,
                requestTimeout,
                connectTimeout,
                user,
                password,
                tls,
                driverConfig);
    }

    /** The same with LOCAL_SERIAL, or with SERIAL. */
    public CassandraStoreConfig withLocalSerial(boolean local) {
        return new CassandraStoreConfig(
                contactPoints,
                localDatacenter,
                keyspace,
                shards,
                local,
                requestTimeout,
                connectTimeout,
                user,
                password,
                tls,
                driverConfig);
    }

    /** The same with another request timeout. */
    public CassandraStoreConfig withRequestTimeout(Duration timeout) {
        return new CassandraStoreConfig(
                contactPoints,
                localDatacenter,
                keyspace,
                shards,
                localSerial,
                timeout,
                connectTimeout,
                user,
                password,
                tls,
                driverConfig);
    }

    /** Shows everything but the passwords. */
    @Override
    public String toString() {
        return "CassandraStoreConfig[contactPoints=" + contactPoints + ", localDatacenter=" + localDatacenter
                + ", keyspace=" + keyspace + ", shards=" + shards + ", localSerial=" + localSerial + ", user=" + user
                + ", tls=" + (tls != null) + "]";
    }
}
