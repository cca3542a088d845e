package dev.odometer.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.store.rocksdb.RocksStore;
import dev.odometer.store.rocksdb.RocksStoreConfig;
import dev.odometer.store.rocksdb.StoreEnvironment;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP over the embedded store: totals and identities outlive the server. */
class RestartTest {
    private static final String BATCH = "{\"operations\":[{\"op\":\"add\",\"key\":\"a\",\"delta\":1},"
            + "{\"op\":\"add\",\"key\":\"b\",\"delta\":2}],\"session\":\"s\",\"sequence\":1}";

    @TempDir
    private Path directory;

    @Test
    void totalsAndIdentitiesOutliveTheServer() {
        serve(server -> {
            server.put("/v1/counters/gone", "{\"value\":1}");
            server.delete("/v1/counters/gone");
            server.post("/v1/counters/x/add", "{\"delta\":5}", "Idempotency-Key", "k");
            server.post("/v1/batch", BATCH);
        });
        serve(server -> {
            HttpResponse<String> again = server.post("/v1/counters/x/add", "{\"delta\":5}", "Idempotency-Key", "k");
            assertThat(again.body()).isEqualTo("{\"key\":\"x\",\"value\":5}");
            assertThat(again.headers().firstValue("idempotent-replayed")).hasValue("true");
            assertThat(server.post("/v1/batch", BATCH).headers().firstValue("idempotent-replayed"))
                    .hasValue("true");
            assertThat(server.get("/v1/counters").body().replaceAll(",\"created\":\"[^\"]*\"", ""))
                    .isEqualTo("{\"counters\":[{\"key\":\"a\",\"value\":1},{\"key\":\"b\",\"value\":2},"
                            + "{\"key\":\"x\",\"value\":5}],\"next\":null}");
        });
    }

    @Test
    void addsFromManyConnectionsAllCount() {
        serve(server -> {
            List<CompletableFuture<HttpResponse<String>>> adds = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                adds.add(server.exchangeAsync("POST", "/v1/counters/many-" + i % 7 + "/add", "{\"delta\":3}"));
                if (adds.size() == 50) {
                    adds.forEach(add -> assertThat(add.join().statusCode()).isEqualTo(200));
                    adds.clear();
                }
            }
            long total = 0;
            for (int i = 0; i < 7; i++) {
                String body = server.get("/v1/counters/many-" + i).body();
                total += Long.parseLong(body.replaceAll(".*:(\\d+)}", "$1"));
            }
            assertThat(total).isEqualTo(6_000);
        });
    }

    private void serve(Use use) {
        StoreEnvironment environment = StoreEnvironment.standard((message, cause) -> {
            throw new AssertionError(message, cause);
        });
        try (RocksStore store = RocksStore.open(RocksStoreConfig.defaults(directory), environment);
                HttpHarness server = new HttpHarness(store)) {
            use.with(server);
        }
    }

    private interface Use {
        void with(HttpHarness server);
    }
}
