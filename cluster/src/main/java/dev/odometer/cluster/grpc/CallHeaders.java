package dev.odometer.cluster.grpc;

/**
 * The headers by which both ends of a call check each other: the caller proves who it is by the secret that only
 * members
 * can know, and says whom it means, so that a process that was started anew at the same address takes nothing that
 * was
 * meant for its predecessor.
 */
final class CallHeaders {
    static final String FROM = "odometer-from";
    static final String FROM_INCARNATION = "odometer-from-incarnation";
    static final String TO_INCARNATION = "odometer-to-incarnation";

    private CallHeaders() {}
}
