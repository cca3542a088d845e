/** The calls between nodes, over gRPC. */
@org.jspecify.annotations.NullMarked
package dev.odometer.cluster.grpc;
