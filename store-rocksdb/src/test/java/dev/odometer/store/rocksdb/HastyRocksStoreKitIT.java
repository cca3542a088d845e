package dev.odometer.store.rocksdb;

/** The store's contract where every sync is left to other threads and values come into the database at once. */
class HastyRocksStoreKitIT extends RocksStoreKitTest {
    @Override
    RocksStoreConfig config() {
        return files.hasty(directory);
    }
}
