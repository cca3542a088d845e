package dev.odometer.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.config.ProgrammaticDriverConfigLoaderBuilder;
import com.datastax.oss.driver.internal.core.config.typesafe.DefaultDriverConfigLoader;
import com.datastax.oss.driver.internal.core.config.typesafe.DefaultProgrammaticDriverConfigLoaderBuilder;
import com.datastax.oss.driver.internal.core.retry.DefaultRetryPolicy;
import com.datastax.oss.driver.internal.core.specex.ConstantSpeculativeExecutionPolicy;
import com.datastax.oss.driver.internal.core.specex.NoSpeculativeExecutionPolicy;
import com.datastax.oss.driver.internal.core.ssl.DefaultSslEngineFactory;
import com.datastax.oss.driver.internal.core.time.ServerSideTimestampGenerator;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.odometer.engine.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the driver's sessions. */
final class Sessions {
    /** The profile of reads, which may be repeated: retried, and asked of a second node where the first is slow. */
    static final String READS = "reads";

    private static final Duration SLOW_READ = Duration.ofMillis(500);
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);

    /** How long the nodes may take to agree on a changed schema. */
    static final Duration AGREEMENT_LIMIT = Duration.ofSeconds(10);

    private static final int QUIET_MILLIS = 50;
    private static final int SHUTDOWN_MILLIS = 3_000;

    private Sessions() {}

    /**
     * Connects to the cluster.
     *
     * @throws StoreException.Unreachable where no contact point answers
     * @throws StoreException.Incompatible where the driver's configuration cannot be used
     */
    static CqlSession open(CassandraStoreConfig config) {
        try {
            return CqlSession.builder()
                    .withConfigLoader(loader(config))
                    .addContactPoints(config.contactPoints())
                    .withLocalDatacenter(config.localDatacenter())
                    .build();
        } catch (RuntimeException e) {
            throw Failures.atStart(config, e);
        }
    }

    /** Ours first, then the user's file, then the driver's defaults. */
    private static Config behindOurs(@Nullable Path file) {
        Config defaults = ConfigFactory.defaultReference(CqlSession.class.getClassLoader());
        return file == null ? defaults : ConfigFactory.parseFile(file.toFile()).withFallback(defaults);
    }

    private static DriverConfigLoader loader(CassandraStoreConfig config) {
        Path file = config.driverConfig();
        if (file != null && !Files.isReadable(file)) {
            throw new StoreException.Incompatible("the driver's configuration file " + file + " cannot be read");
        }
        ProgrammaticDriverConfigLoaderBuilder builder = new DefaultProgrammaticDriverConfigLoaderBuilder(
                        () -> behindOurs(file), DefaultDriverConfigLoader.DEFAULT_ROOT_PATH)
                .withString(DefaultDriverOption.SESSION_NAME, "odometer")
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, config.requestTimeout())
                .withClass(DefaultDriverOption.RETRY_POLICY_CLASS, NeverRetry.class)
                .withClass(DefaultDriverOption.SPECULATIVE_EXECUTION_POLICY_CLASS, NoSpeculativeExecutionPolicy.class)
                .withBoolean(DefaultDriverOption.REQUEST_DEFAULT_IDEMPOTENCE, false)
                .withClass(DefaultDriverOption.TIMESTAMP_GENERATOR_CLASS, ServerSideTimestampGenerator.class)
                .withDuration(DefaultDriverOption.CONNECTION_CONNECT_TIMEOUT, config.connectTimeout())
                .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, config.connectTimeout())
                .withDuration(DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, config.connectTimeout())
                .withDuration(DefaultDriverOption.HEARTBEAT_INTERVAL, HEARTBEAT)
                .withDuration(DefaultDriverOption.HEARTBEAT_TIMEOUT, Duration.ofSeconds(2))
                .withDuration(DefaultDriverOption.RECONNECTION_BASE_DELAY, Duration.ofMillis(200))
                .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(5))
                .withStringList(DefaultDriverOption.METADATA_SCHEMA_REFRESHED_KEYSPACES, List.of(config.keyspace()))
                .withDuration(DefaultDriverOption.CONTROL_CONNECTION_AGREEMENT_TIMEOUT, AGREEMENT_LIMIT)
                .withBoolean(DefaultDriverOption.NETTY_DAEMON, true)
                .withInt(DefaultDriverOption.NETTY_IO_SIZE, 2)
                // Without any quiet period the driver's own last steps find its threads gone, and it complains.
                .withString(DefaultDriverOption.NETTY_IO_SHUTDOWN_UNIT, "MILLISECONDS")
                .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, QUIET_MILLIS)
                .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_TIMEOUT, SHUTDOWN_MILLIS)
                .withString(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_UNIT, "MILLISECONDS")
                .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, QUIET_MILLIS)
                .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_TIMEOUT, SHUTDOWN_MILLIS);
        String user = config.user();
        String password = config.password();
        if (user != null && password != null) {
            builder.withString(DefaultDriverOption.AUTH_PROVIDER_CLASS, "PlainTextAuthProvider")
                    .withString(DefaultDriverOption.AUTH_PROVIDER_USER_NAME, user)
                    .withString(DefaultDriverOption.AUTH_PROVIDER_PASSWORD, password);
        }
        tls(builder, config.tls());
        builder.startProfile(READS)
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, config.requestTimeout())
                .withClass(DefaultDriverOption.RETRY_POLICY_CLASS, DefaultRetryPolicy.class)
                .withClass(
                        DefaultDriverOption.SPECULATIVE_EXECUTION_POLICY_CLASS,
                        ConstantSpeculativeExecutionPolicy.class)
                .withInt(DefaultDriverOption.SPECULATIVE_EXECUTION_MAX, 2)
                .withDuration(DefaultDriverOption.SPECULATIVE_EXECUTION_DELAY, SLOW_READ)
                .withBoolean(DefaultDriverOption.REQUEST_DEFAULT_IDEMPOTENCE, true)
                .endProfile();
        return builder.build();
    }

    private static void tls(ProgrammaticDriverConfigLoaderBuilder builder, CassandraStoreConfig.@Nullable Tls tls) {
        if (tls == null) {
            return;
        }
        builder.withClass(DefaultDriverOption.SSL_ENGINE_FACTORY_CLASS, DefaultSslEngineFactory.class)
                .withBoolean(DefaultDriverOption.SSL_HOSTNAME_VALIDATION, tls.hostnameValidation());
        with(builder, DefaultDriverOption.SSL_TRUSTSTORE_PATH, tls.truststore());
        with(builder, DefaultDriverOption.SSL_TRUSTSTORE_PASSWORD, tls.truststorePassword());
        with(builder, DefaultDriverOption.SSL_KEYSTORE_PATH, tls.keystore());
        with(builder, DefaultDriverOption.SSL_KEYSTORE_PASSWORD, tls.keystorePassword());
    }

    private static void with(
            ProgrammaticDriverConfigLoaderBuilder builder, DefaultDriverOption option, @Nullable Object value) {
        if (value != null) {
            builder.withString(option, value.toString());
        }
    }
}
