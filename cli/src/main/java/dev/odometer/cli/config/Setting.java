package dev.odometer.cli.config;

import dev.odometer.engine.model.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Everything about a server that can be configured. Each setting has one name for all sources: the flag {@code
 * --http-port}, the variable {@code ODOMETER_HTTP_PORT} and the file's key {@code http-port} are the same setting.
 * Its bounds are enforced here and nowhere else.
 */
public enum Setting {
    /** Where HTTP listens. */
    HTTP_PORT("http-port", "PORT", "7600", t -> Values.integer(t, 0, 65_535), "HTTP port; 0 = any free port"),
    /** Where the Redis protocol listens. */
    REDIS_PORT(
            "redis-port", "PORT", "7601", t -> Values.integer(t, 0, 65_535), "Redis protocol port; 0 = any free port"),
    /** The address to listen on. */
    BIND(
            "bind",
            "ADDRESS",
            "127.0.0.1",
            t -> Values.text(t, 255),
            "Address to listen on; 0.0.0.0 = all of them (HTTP has no login: only on a trusted network)"),
    /** The data directory. */
    DATA(
            "data",
            "DIR",
            "./odometer-data",
            t -> Values.text(t, 4_096),
            "Data directory; created if absent, locked while in use"),
    /** Where shards are kept. */
    STORE(
            "store",
            "STORE",
            "embedded",
            t -> Values.oneOf(t, List.of("embedded", "cassandra")),
            "Where counters are kept: embedded = in the data directory, cassandra = in Apache Cassandra"),
    /** The node's name. */
    NODE_NAME(
            "node-name",
            "NAME",
            "odometer",
            Values::name,
            "Name of this node, stored with the shards that it owns; in a cluster each node has its own"),
    /** How many shards a new store gets. */
    SHARDS(
            "shards",
            "N",
            "16",
            t -> Values.integer(t, 1, Limits.MAX_SHARDS),
            "Shards of a new store; one that exists keeps its own"),
    /** Whether FLUSHALL works. */
    ALLOW_FLUSHALL("allow-flushall", "BOOL", "false", Values::flag, "Let FLUSHALL delete every counter"),
    /** The password that AUTH wants. */
    REDIS_PASSWORD(
            "redis-password",
            "TEXT",
            "",
            t -> Values.text(t, 512),
            "Password that Redis clients must send; better in the variable or file: flags are visible to other users"),
    /** How long idempotency keys are remembered. */
    IDEMPOTENCY_WINDOW(
            "idempotency-window",
            "DURATION",
            "1h",
            t -> Values.duration(t, Duration.ofSeconds(1), Duration.ofDays(30)),
            "How long an idempotency key is remembered"),
    /** How long request ids are remembered. */
    REQUEST_ID_WINDOW(
            "request-id-window",
            "DURATION",
            "60s",
            t -> Values.duration(t, Duration.ofSeconds(1), Duration.ofDays(1)),
            "How long an Odometer-Request-Id is remembered"),
    /** How long sessions are remembered. */
    SESSION_IDLE(
            "session-idle",
            "DURATION",
            "7d",
            t -> Values.duration(t, Duration.ofMinutes(1), Duration.ofDays(365)),
            "How long a session is remembered after its last batch"),
    /** The most identities in memory. */
    MAX_IDEMPOTENCY_KEYS(
            "max-idempotency-keys",
            "N",
            "500000",
            t -> Values.integer(t, 1_000, 50_000_000),
            "Most idempotency keys, request ids and sessions in memory, ~250 bytes each and at most a quarter"
                    + " of the heap; more are refused with 429"),
    /** About how many counters stay in memory. */
    CACHE_COUNTERS(
            "cache-counters",
            "N",
            "500000",
            t -> Values.integer(t, 1_000, 100_000_000),
            "About how many counters stay in memory, ~200 bytes each and at most a quarter of the heap;"
                    + " the rest load on first touch"),
    /** The most operations that wait. */
    MAX_WAITING_OPERATIONS(
            "max-waiting-operations",
            "N",
            "262144",
            t -> Values.integer(t, 1_000, 10_000_000),
            "Most operations that wait for a commit; more are refused with 503"),
    /** Nodes of Cassandra. */
    CASSANDRA_CONTACT_POINTS(
            "cassandra-contact-points",
            "HOST:PORT,…",
            "127.0.0.1:9042",
            t -> Values.addresses(t, 64),
            "Nodes of Cassandra to ask first; several, so that one may be down"),
    /** Cassandra's local data centre. */
    CASSANDRA_LOCAL_DC(
            "cassandra-local-dc",
            "NAME",
            "datacenter1",
            t -> Values.text(t, 64),
            "Data centre of Cassandra whose nodes are talked to"),
    /** The keyspace. */
    CASSANDRA_KEYSPACE("cassandra-keyspace", "NAME", "odometer", Values::keyspace, "Keyspace of the store"),
    /** Whether Paxos runs in the local data centre alone. */
    CASSANDRA_LOCAL_SERIAL(
            "cassandra-local-serial",
            "BOOL",
            "false",
            Values::flag,
            "LOCAL_SERIAL instead of SERIAL: quicker with several data centres, survives the loss of none of them"),
    /** How long a request to Cassandra may take. */
    CASSANDRA_TIMEOUT(
            "cassandra-timeout",
            "DURATION",
            "3s",
            t -> Values.duration(t, Duration.ofMillis(100), Duration.ofMinutes(1)),
            "How long a request to Cassandra may take before its outcome is in doubt"),
    /** Cassandra's user. */
    CASSANDRA_USER("cassandra-user", "NAME", "", t -> Values.text(t, 256), "User to log in to Cassandra with"),
    /** Cassandra's password. */
    CASSANDRA_PASSWORD(
            "cassandra-password",
            "TEXT",
            "",
            t -> Values.text(t, 512),
            "Password of that user; better in the variable or file: flags are visible to other users"),
    /** Whether connections to Cassandra are encrypted. */
    CASSANDRA_TLS("cassandra-tls", "BOOL", "false", Values::flag, "Encrypt the connections to Cassandra"),
    /** What certificates are trusted. */
    CASSANDRA_TRUSTSTORE(
            "cassandra-truststore",
            "FILE",
            "",
            t -> Values.text(t, 4_096),
            "Keystore file of trusted certificates; without it, Java's own"),
    /** The truststore's password. */
    CASSANDRA_TRUSTSTORE_PASSWORD(
            "cassandra-truststore-password", "TEXT", "", t -> Values.text(t, 512), "Password of the truststore"),
    /** Our own certificate. */
    CASSANDRA_KEYSTORE(
            "cassandra-keystore",
            "FILE",
            "",
            t -> Values.text(t, 4_096),
            "Keystore file of our own certificate, where Cassandra asks for one"),
    /** The keystore's password. */
    CASSANDRA_KEYSTORE_PASSWORD(
            "cassandra-keystore-password", "TEXT", "", t -> Values.text(t, 512), "Password of the keystore"),
    /** The driver's own configuration. */
    CASSANDRA_DRIVER_CONFIG(
            "cassandra-driver-config",
            "FILE",
            "",
            t -> Values.text(t, 4_096),
            "Configuration file of the Apache Java driver, for what has no setting here"),
    /** Who else is alive. */
    MEMBERSHIP(
            "membership",
            "WHICH",
            "standalone",
            t -> Values.oneOf(t, List.of("standalone", "zookeeper", "etcd")),
            "standalone = this server serves everything; zookeeper or etcd = it is one of several nodes"),
    /** Which cluster. */
    CLUSTER_NAME(
            "cluster-name",
            "NAME",
            "",
            Values::name,
            "Name of the cluster at its coordinator, the same for all its nodes; without it, the keyspace's"),
    /** Where ZooKeeper is. */
    ZOOKEEPER(
            "zookeeper",
            "HOST:PORT,…",
            "127.0.0.1:2181",
            t -> Values.text(t, 4_096),
            "Servers of ZooKeeper; a path after them keeps all below it"),
    /** The login at ZooKeeper. */
    ZOOKEEPER_USER(
            "zookeeper-user",
            "NAME",
            "",
            t -> Values.text(t, 128),
            "User to log in to ZooKeeper with (digest); what this node writes only that user may then change"),
    /** Its password. */
    ZOOKEEPER_PASSWORD(
            "zookeeper-password",
            "TEXT",
            "",
            t -> Values.text(t, 256),
            "Password of that user; better in the variable or file: flags are visible to other users"),
    /** Where etcd is. */
    ETCD(
            "etcd",
            "URL,…",
            "http://127.0.0.1:2379",
            t -> Values.text(t, 4_096),
            "Endpoints of etcd, all http://HOST:PORT or, with TLS, all https://HOST:PORT"),
    /** The login at etcd. */
    ETCD_USER("etcd-user", "NAME", "", t -> Values.text(t, 256), "User to log in to etcd with"),
    /** Its password. */
    ETCD_PASSWORD(
            "etcd-password",
            "TEXT",
            "",
            t -> Values.text(t, 512),
            "Password of that user; better in the variable or file: flags are visible to other users"),
    /** Whom to trust as etcd. */
    ETCD_TRUSTED(
            "etcd-trusted",
            "FILE",
            "",
            t -> Values.text(t, 4_096),
            "PEM file of the certificates to trust as etcd; without it, those that Java trusts"),
    /** Our certificate for etcd. */
    ETCD_CERTIFICATE(
            "etcd-certificate",
            "FILE",
            "",
            t -> Values.text(t, 4_096),
            "PEM file of our own certificate, where etcd asks for one"),
    /** Its key. */
    ETCD_KEY("etcd-key", "FILE", "", t -> Values.text(t, 4_096), "PEM file of its private key, PKCS#8, unencrypted"),
    /** When a silent node counts as gone. */
    SESSION_TIMEOUT(
            "session-timeout",
            "DURATION",
            "4s",
            t -> Values.duration(t, Duration.ofMillis(400), Duration.ofSeconds(60)),
            "After how long without a sign of life the others see this node gone"),
    /** Where other nodes call. */
    CLUSTER_PORT(
            "cluster-port",
            "PORT",
            "7602",
            t -> Values.integer(t, 0, 65_535),
            "Port for other nodes; 0 = any free port"),
    /** How other nodes reach this one. */
    ADVERTISE(
            "advertise",
            "HOST",
            "",
            t -> Values.text(t, 255),
            "Name or address by which other nodes reach this one; without it, --bind"),
    /** This node's certificate for other nodes. */
    CLUSTER_CERTIFICATE(
            "cluster-certificate",
            "FILE",
            "",
            t -> Values.text(t, 4_096),
            "PEM file of this node's certificate: nodes then talk over mutual TLS"),
    /** Its key. */
    CLUSTER_KEY(
            "cluster-key", "FILE", "", t -> Values.text(t, 4_096), "PEM file of its private key, PKCS#8, unencrypted"),
    /** Whom to trust. */
    CLUSTER_TRUSTED(
            "cluster-trusted",
            "FILE",
            "",
            t -> Values.text(t, 4_096),
            "PEM file of the authority that signed the nodes' certificates"),
    /** How long a stop waits for balancers. */
    DRAIN_DELAY(
            "drain-delay",
            "DURATION",
            "0s",
            t -> Values.duration(t, Duration.ZERO, Duration.ofSeconds(60)),
            "How long a stop goes on serving after /readyz has turned 503; behind a balancer, what it takes to notice"),
    /** How much is logged. */
    LOG_LEVEL(
            "log-level",
            "LEVEL",
            "info",
            t -> Values.oneOf(t, List.of("error", "warn", "info", "debug", "trace")),
            "error, warn, info, debug or trace, to stderr; debug adds stack traces to start errors");

    private final String key;
    private final String placeholder;
    private final String standard;

    @SuppressWarnings("ImmutableEnumChecker") // each is a pure function
    private final Function<String, Object> reader;

    private final String meaning;

    Setting(String key, String placeholder, String standard, Function<String, Object> reader, String meaning) {
        this.key = key;
        this.placeholder = placeholder;
        this.standard = standard;
        this.reader = reader;
        this.meaning = meaning;
    }

    /** Its key in a file, such as {@code http-port}. */
    public String key() {
        return key;
    }

    /** Its flag, such as {@code --http-port}. */
    public String flag() {
        return "--" + key;
    }

    /** Its variable, such as {@code ODOMETER_HTTP_PORT}. */
    public String variable() {
        return "ODOMETER_" + key.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** What kind of value it takes, for the help. */
    public String placeholder() {
        return placeholder;
    }

    /** The default, as text; empty where there is none. */
    public String standard() {
        return standard;
    }

    /** What it does, in a line. */
    public String meaning() {
        return meaning;
    }

    /** Whether its value must not be shown. */
    public boolean isSecret() {
        return key.endsWith("-password");
    }

    /** Whether it is true or false, so that its flag needs no value. */
    public boolean isSwitch() {
        return placeholder.equals("BOOL");
    }

    /** The setting with this key in a file. */
    public static Optional<Setting> ofKey(String key) {
        for (Setting setting : values()) {
            if (setting.key.equals(key)) {
                return Optional.of(setting);
            }
        }
        return Optional.empty();
    }

    Object read(String text) {
        return reader.apply(text);
    }
}
