package dev.odometer.store.cassandra;

import static dev.odometer.testkit.Stages.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.odometer.engine.store.StoreException;
import dev.odometer.testkit.ShardWriter;
import dev.odometer.testkit.cassandra.CassandraCluster;
import dev.odometer.testkit.cassandra.ClusterOptions;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One node with a login and TLS, and with every setting that {@code check} has something to say about. */
@Timeout(180)
class OtherClusterIT {
    private static final String SECRET = "changeit";

    @TempDir
    static Path directory;

    private static Path keystore;
    private static CassandraCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        keystore = directory.resolve("node.p12");
        int made = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "node",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=node",
                        "-ext",
                        "SAN=ip:127.0.0.1,dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keystore.toString(),
                        "-storepass",
                        SECRET)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.log").toFile())
                .start()
                .waitFor();
        assertThat(made).isZero();
        cluster = CassandraCluster.start(ClusterOptions.in(Path.of("target", "other-cluster"))
                .withNodes(1)
                .with("commitlog_sync", "periodic")
                .with("commitlog_sync_period", "10000ms")
                .with("paxos_variant", "v1")
                .with("authenticator", "PasswordAuthenticator")
                .with(
                        "client_encryption_options",
                        "{enabled: true, optional: false, keystore: '" + keystore + "', keystore_password: " + SECRET
                                + ", require_client_auth: false}"));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static CassandraStoreConfig config(String password, boolean tls) {
        CassandraStoreConfig.Tls encrypted = new CassandraStoreConfig.Tls(keystore, SECRET, null, null, true);
        return new CassandraStoreConfig(
                cluster.contactPoints(),
                CassandraCluster.LOCAL_DATACENTER,
                "other",
                2,
                false,
                Duration.ofSeconds(8),
                Duration.ofSeconds(5),
                "cassandra",
                password,
                tls ? encrypted : null,
                null);
    }

    @Test
    void it_is_logged_in_to_over_tls_and_checked() {
        CassandraStoreConfig config = config("cassandra", true);
        // The node makes its first user in the background.
        Awaitility.await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
            try (CassandraAdmin admin = CassandraAdmin.connect(config)) {
                admin.init(Replication.parse(CassandraCluster.LOCAL_DATACENTER + ":1"));
                return true;
            }
        });
        try (CassandraStore store = CassandraStore.open(config)) {
            ShardWriter writer = ShardWriter.acquire(store, 0, "owner");
            writer.write(ShardWriter.set("a", 1));
            assertThat(join(store.head(0))).isEqualTo(writer.head());
            assertThat(store.check().stream().map(Finding::problem).toList())
                    .hasSize(3)
                    .anyMatch(problem -> problem.contains("other has 1 replica in datacenter1"))
                    .anyMatch(problem -> problem.contains("commitlog_sync is periodic, 10"))
                    .anyMatch(problem -> problem.contains("paxos_variant is v1 on"));
            assertThat(store.check())
                    .allSatisfy(finding -> assertThat(finding.remedy()).isNotBlank());
        }
    }

    @Test
    void a_wrong_password_is_refused_with_the_remedy() {
        assertThatThrownBy(() -> CassandraStore.open(config("wrong", true)))
                .isInstanceOf(StoreException.Incompatible.class)
                .hasMessageContaining("say the right user and password")
                .hasMessageNotContaining("wrong");
    }

    @Test
    void without_tls_it_is_not_reached() {
        assertThatThrownBy(() -> CassandraStore.open(config("cassandra", false)))
                .isInstanceOf(StoreException.Unreachable.class);
    }
}
