package dev.odometer.simulation;

/**
 * Which ways are cut. What was sent before a cut still arrives, and a cut in one direction leaves the other one open.
 * Nodes are meant by their numbers.
 */
final class Links {
    private final int[][] peers;
    private final int[][] refusals;
    private final int[] store;
    private final int[] coordinator;

    Links(int nodes) {
        peers = new int[nodes][nodes];
        refusals = new int[nodes][nodes];
        store = new int[nodes];
        coordinator = new int[nodes];
    }

    /** Whether what one node sends now reaches another. */
    boolean reaches(int from, int to) {
        return peers[from][to] == 0;
    }

    /** Whether a node's connections to another are refused, as if nobody listened there. */
    boolean refuses(int from, int to) {
        return refusals[from][to] > 0;
    }

    boolean reachesStore(int node) {
        return store[node] == 0;
    }

    boolean reachesCoordinator(int node) {
        return coordinator[node] == 0;
    }

    /** Cuts one direction; cuts add up until each is healed. */
    void cut(int from, int to) {
        peers[from][to]++;
    }

    void heal(int from, int to) {
        peers[from][to]--;
    }

    void refuse(int from, int to) {
        refusals[from][to]++;
    }

    void acceptAgain(int from, int to) {
        refusals[from][to]--;
    }

    void cutStore(int node) {
        store[node]++;
    }

    void healStore(int node) {
        store[node]--;
    }

    void cutCoordinator(int node) {
        coordinator[node]++;
    }

    void healCoordinator(int node) {
        coordinator[node]--;
    }
}
