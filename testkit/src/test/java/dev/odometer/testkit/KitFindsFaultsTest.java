package dev.odometer.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.odometer.testkit.ModelStore.Fault;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The kit itself: it finds no fault in a store that has none, and finds each that is planted. */
class KitFindsFaultsTest {
    @ParameterizedTest
    @EnumSource
    void eachPlantedFaultIsFound(Fault fault) {
        TestExecutionSummary summary = runKit(fault);
        assertThat(summary.getTestsStartedCount()).isGreaterThan(30);
        if (fault == Fault.NONE) {
            assertThat(summary.getFailures()).isEmpty();
        } else {
            assertThat(summary.getFailures()).isNotEmpty();
        }
    }

    private static TestExecutionSummary runKit(Fault fault) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(ModelStoreKitTest.class))
                .build();
        ModelStoreKitTest.fault = fault;
        try {
            LauncherFactory.create().execute(request, listener);
        } finally {
            ModelStoreKitTest.fault = Fault.NONE;
        }
        return listener.getSummary();
    }
}
