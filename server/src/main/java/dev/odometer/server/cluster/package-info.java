/**
 * A server as one node of several: the port for the others, joining and leaving, and what to say about the
 * cluster.
 */
@NullMarked
package dev.odometer.server.cluster;

import org.jspecify.annotations.NullMarked;
