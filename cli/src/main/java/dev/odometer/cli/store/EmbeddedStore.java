package dev.odometer.cli.store;

import dev.odometer.cli.config.Setting;
import dev.odometer.cli.config.Settings;
import dev.odometer.store.rocksdb.RocksStore;
import dev.odometer.store.rocksdb.RocksStoreConfig;
import dev.odometer.store.rocksdb.StoreEnvironment;
import dev.odometer.store.rocksdb.journal.FatalHandler;
import java.nio.file.Path;

/** The store in the data directory. */
public final class EmbeddedStore {
    private EmbeddedStore() {}

    /** The data directory, absolute. */
    public static Path directory(Settings settings) {
        return Path.of(settings.text(Setting.DATA)).toAbsolutePath().normalize();
    }

    /** Opens the store. {@code fatal} is told where it can promise nothing more. */
    public static OpenedStore open(Settings settings, FatalHandler fatal) {
        Path data = directory(settings);
        RocksStoreConfig config = RocksStoreConfig.defaults(data)
                .withShards(settings.integer(Setting.SHARDS))
                .within(Runtime.getRuntime().maxMemory());
        StoreEnvironment environment = StoreEnvironment.standard(fatal);
        RocksStore store = settings.isSaid(Setting.SHARDS)
                ? RocksStore.open(config, environment)
                : RocksStore.openAsStored(config, environment);
        return new OpenedStore(store, data.toString(), "RocksDB", store.restoreNanos());
    }
}
