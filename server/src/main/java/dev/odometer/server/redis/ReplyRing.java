package dev.odometer.server.redis;

import org.jspecify.annotations.Nullable;

/**
 * The answers that a connection owes, in the order of its commands. Each command takes the next slot, numbered by a
 * token that never repeats; slots are answered in any order and leave from the head.
 *
 * <pre>
 *   leave here: head ...  answered | open | answered | answered | open ... tail: next command
 * </pre>
 *
 * <p>A slot is an {@code int} (the form of the reply in the low byte, the command's number above it), a {@code long}
 * and, for rare replies, bytes. The ring grows by doubling to the bound that its owner keeps, and {@link #trim} makes
 * it small again.
 *
 * <p>Used by the loop's thread only.
 */
final class ReplyRing {
    // Forms of a slot that waits for the engine's answer.
    static final int AWAITS_SUM = 0;
    static final int AWAITS_VALUE = 1;
    static final int AWAITS_OK = 2;
    static final int AWAITS_PREVIOUS = 3;
    static final int AWAITS_KEYED_SUM = 4;
    static final int AWAITS_BYTES = 5;

    /** Added to a waiting form where the client spoke RESP3 when it sent the command. */
    static final int RESP3 = 8;

    // Forms of a slot that is ready.
    static final int READY = 16;
    static final int INTEGER = READY;
    static final int BULK_INTEGER = READY + 1;
    static final int BYTES = READY + 2;
    static final int CONSTANT = READY + 3;

    /** What a reply that this ring keeps counts for beside its bytes. */
    private static final int OBJECT_OVERHEAD = 32;

    private static final int SMALLEST = 16;
    private static final int KEPT = 256;

    private int[] slots = new int[SMALLEST];
    private long[] values = new long[SMALLEST];
    private byte @Nullable [] @Nullable [] objects;
    private int mask = SMALLEST - 1;
    private long head;
    private long tail;
    private int open;
    private long heldBytes;

    /** Takes the next slot. */
    long open(int form, int command) {
        if (tail - head > mask) {
            resize(slots.length * 2);
        }
        slots[(int) tail & mask] = form | command << 8;
        open++;
        return tail++;
    }

    /** The token of the next slot. */
    long next() {
        return tail;
    }

    /** How many commands have a slot: not answered, or answered and not yet taken. */
    int size() {
        return (int) (tail - head);
    }

    /** How many commands are not answered. */
    int unanswered() {
        return open;
    }

    /** About how many bytes of rare replies are kept. */
    long heldBytes() {
        return heldBytes;
    }

    int form(long token) {
        return slots[(int) token & mask] & 0xFF;
    }

    int command(long token) {
        return slots[(int) token & mask] >>> 8;
    }

    void integer(long token, long value) {
        ready(token, INTEGER);
        values[(int) token & mask] = value;
    }

    void bulkInteger(long token, long value) {
        ready(token, BULK_INTEGER);
        values[(int) token & mask] = value;
    }

    /** Answers with bytes that nobody changes and nobody else keeps. */
    void bytes(long token, byte[] reply) {
        heldBytes += reply.length + OBJECT_OVERHEAD;
        put(token, BYTES, reply);
    }

    /** Answers with bytes that exist once for all connections. */
    void constant(long token, byte[] reply) {
        put(token, CONSTANT, reply);
    }

    private void put(long token, int form, byte[] reply) {
        ready(token, form);
        byte[][] kept = objects;
        if (kept == null) {
            kept = new byte[slots.length][];
            objects = kept;
        }
        kept[(int) token & mask] = reply;
    }

    private void ready(long token, int form) {
        int slot = (int) token & mask;
        assert token >= head && token < tail && (slots[slot] & 0xFF) < READY : "slot answered twice";
        slots[slot] = (slots[slot] & ~0xFF) | form;
        open--;
    }

    boolean isHead(long token) {
        return token == head;
    }

    boolean headIsReady() {
        return head < tail && (slots[(int) head & mask] & 0xFF) >= READY;
    }

    /**
     * Writes ready replies from the head, and takes them, until one is not ready or does not fit. Returns where the
     * bytes end. A reply that is longer than the whole array stays; see {@link #takeBytes}.
     */
    int take(byte[] out, int from) {
        int at = from;
        int last = out.length - Resp.MAX_INTEGER_BYTES;
        while (head < tail && at <= last) {
            int slot = (int) head & mask;
            int form = slots[slot] & 0xFF;
            if (form == INTEGER) {
                at = Resp.integer(out, at, values[slot]);
            } else if (form == BULK_INTEGER) {
                at = Resp.bulkInteger(out, at, values[slot]);
            } else if (form >= READY) {
                byte[] reply = object(slot);
                if (reply.length > out.length - at) {
                    break;
                }
                System.arraycopy(reply, 0, out, at, reply.length);
                at += reply.length;
                release(slot, form, reply);
            } else {
                break;
            }
            head++;
        }
        return at;
    }

    /** Takes the head's reply, which is ready and of bytes. */
    byte[] takeBytes() {
        int slot = (int) head & mask;
        byte[] reply = object(slot);
        release(slot, slots[slot] & 0xFF, reply);
        head++;
        return reply;
    }

    /** Gives memory back where the ring is empty. */
    void trim() {
        if (head == tail && slots.length > KEPT) {
            objects = null;
            resize(SMALLEST);
        }
    }

    private byte[] object(int slot) {
        byte[][] kept = objects;
        byte[] reply = kept == null ? null : kept[slot];
        if (reply == null) {
            throw new IllegalStateException("a ready slot has no reply");
        }
        return reply;
    }

    private void release(int slot, int form, byte[] reply) {
        if (form == BYTES) {
            heldBytes -= reply.length + OBJECT_OVERHEAD;
        }
        if (objects != null) {
            objects[slot] = null;
        }
    }

    private void resize(int size) {
        int[] newSlots = new int[size];
        long[] newValues = new long[size];
        byte[][] newObjects = objects == null ? null : new byte[size][];
        int newMask = size - 1;
        for (long token = head; token < tail; token++) {
            int from = (int) token & mask;
            int to = (int) token & newMask;
            newSlots[to] = slots[from];
            newValues[to] = values[from];
            if (newObjects != null && objects != null) {
                newObjects[to] = objects[from];
            }
        }
        slots = newSlots;
        values = newValues;
        objects = newObjects;
        mask = newMask;
    }
}
