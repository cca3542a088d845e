package dev.odometer.testkit;

import dev.odometer.engine.store.Store;

/** The kit on a store that is nothing but the model; by {@link KitFindsFaultsTest} also on one with a fault. */
class ModelStoreKitTest extends StoreCompatibilityKit {
    static ModelStore.Fault fault = ModelStore.Fault.NONE;

    private final StoreModel model = new StoreModel(3);

    @Override
    protected Store open() {
        return new ModelStore(model, fault);
    }
}
