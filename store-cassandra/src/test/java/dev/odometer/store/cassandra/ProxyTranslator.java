package dev.odometer.store.cassandra;

import com.datastax.oss.driver.api.core.addresstranslation.AddressTranslator;
import com.datastax.oss.driver.api.core.context.DriverContext;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Leads the driver to the proxies that stand in front of the nodes. Made by the driver, hence public. */
public final class ProxyTranslator implements AddressTranslator {
    static final Map<InetSocketAddress, InetSocketAddress> PROXIES = new ConcurrentHashMap<>();

    /** Called by the driver. */
    public ProxyTranslator(DriverContext context) {}

    @Override
    public InetSocketAddress translate(InetSocketAddress address) {
        return PROXIES.getOrDefault(address, address);
    }

    @Override
    public void close() {}
}
