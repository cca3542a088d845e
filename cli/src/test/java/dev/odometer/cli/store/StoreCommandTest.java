package dev.odometer.cli.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.cli.Harness;
import org.junit.jupiter.api.Test;

class StoreCommandTest {
    private final Harness harness = new Harness();

    @Test
    void the_schema_is_printed_without_a_cluster() {
        Harness.Result result = harness.variable("ODOMETER_CASSANDRA_KEYSPACE", "counts")
                .run("store", "schema", "--replication", "dc1:3,dc2:2");
        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .contains("CREATE KEYSPACE IF NOT EXISTS counts")
                .contains("{'class': 'NetworkTopologyStrategy', 'dc1': 3, 'dc2': 2}")
                .contains("CREATE TABLE IF NOT EXISTS counts.shards");
    }

    @Test
    void a_wrong_replication_is_refused() {
        Harness.Result result = harness.run("store", "schema", "--replication", "3");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err())
                .contains("--replication: '3' is no replication")
                .contains("dc1:3");
    }

    @Test
    void init_wants_a_replication() {
        assertThat(harness.run("store", "init").exitCode()).isEqualTo(2);
    }

    @Test
    void the_embedded_store_needs_no_preparation() {
        Harness.Result result = harness.run("store", "check", "--store", "embedded");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("needs no preparation");
    }

    @Test
    void a_cluster_that_is_not_there_is_an_error_with_the_remedy() {
        Harness.Result result = harness.run("store", "check", "--cassandra-contact-points", "127.0.0.1:1");
        assertThat(result.exitCode()).isEqualTo(74);
        assertThat(result.err()).contains("no Cassandra node can be reached").contains("Check the addresses");
    }

    @Test
    void a_truststore_without_tls_is_refused() {
        Harness.Result result = harness.run("store", "check", "--cassandra-truststore", "trusted.p12");
        assertThat(result.exitCode()).isEqualTo(78);
        assertThat(result.err()).contains("nothing would be encrypted");
    }

    @Test
    void store_alone_asks_which_command() {
        Harness.Result result = harness.run("store");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("schema, init and check");
    }
}
