/** The meters of a server, as Prometheus reads them; docs/metrics.md lists them. */
@NullMarked
package dev.odometer.server.metrics;

import org.jspecify.annotations.NullMarked;
