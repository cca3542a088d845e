package dev.odometer.store.rocksdb;

import static dev.odometer.testkit.ShardWriter.set;
import static org.awaitility.Awaitility.await;

import dev.odometer.testkit.ShardWriter;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A race that takes many tries to be met: a read that is asked just before the store ends. */
class ReadsAtCloseIT {
    @TempDir
    Path directory;

    private final StoreFiles files = new StoreFiles();

    @Test
    void everyReadIsAnsweredAlsoThoseAskedWhileTheStoreIsClosed() throws InterruptedException {
        for (int round = 0; round < 40; round++) {
            RocksStore store = RocksStore.open(files.config(directory), files.environment());
            ShardWriter.acquire(store, 0, "node").write(set("a", round));
            Queue<CompletableFuture<?>> asked = new ConcurrentLinkedQueue<>();
            Thread reader = new Thread(() -> {
                CompletableFuture<?> last;
                do {
                    last = store.scan(0, new byte[0], null, 10).toCompletableFuture();
                    asked.add(last);
                } while (!last.isCompletedExceptionally());
            });
            reader.start();
            while (asked.size() < 10) {
                Thread.onSpinWait();
            }
            store.close();
            reader.join();
            await().until(() -> asked.stream().allMatch(CompletableFuture::isDone));
        }
    }
}
