package dev.odometer.store.rocksdb;

import dev.odometer.engine.store.Store;
import dev.odometer.testkit.StoreCompatibilityKit;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The store's contract, held by the embedded store. */
class RocksStoreKitTest extends StoreCompatibilityKit {
    @TempDir
    Path directory;

    private final StoreFiles files = new StoreFiles();

    @Override
    protected Store open() {
        return RocksStore.open(files.config(directory), files.environment());
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
        return RocksStore.open(files.config(directory).withShards(5), files.environment());
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
