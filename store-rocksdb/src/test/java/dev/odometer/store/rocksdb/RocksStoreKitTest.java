package dev.odometer.store.rocksdb;

import dev.odometer.engine.store.Store;
import dev.odometer.testkit.StoreCompatibilityKit;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The store's contract, held by the embedded store. */
class RocksStoreKitTest extends StoreCompatibilityKit {
    @TempDir
    Path directory;

    final StoreFiles files = new StoreFiles();

    RocksStoreConfig config() {
        return files.config(directory);
    }

    @Override
    protected Store open() {
        return RocksStore.open(config(), files.environment());
    }

    @Override
    protected Store openAfterCrash(Store running) {
        ((RocksStore) running).abandon();
        return open();
    }

    @Override
    protected Store openBeside(Store running) {
        return open();
    }

    @Override
    protected Store openWithOtherShards() {
        return RocksStore.open(config().withShards(5), files.environment());
    }

    @Override
    protected void makeNewer() {
        files.makeNewer(directory);
    }

    @Override
    protected void damage() throws Exception {
        files.damageDatabase(directory);
    }
}
