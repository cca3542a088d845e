/** The calls between nodes, over gRPC. */
@NullMarked
package dev.odometer.cluster.grpc;

import org.jspecify.annotations.NullMarked;
