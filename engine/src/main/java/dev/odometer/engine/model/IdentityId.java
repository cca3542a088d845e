package dev.odometer.engine.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The 128 bits under which an identity is remembered: the first half of the SHA-256 of its kind and its text, so that
 * records have one
 * small size whatever clients choose. Part of the stored format.
 */
public record IdentityId(long high, long low) implements Comparable<IdentityId> {
    /** The id of a text in a namespace of its own (one character a kind). */
    public static IdentityId of(char kind, String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((byte) kind);
            byte[] hash = digest.digest(text.getBytes(StandardCharsets.UTF_8));
            return new IdentityId(bigEndian(hash, 0), bigEndian(hash, 8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public int compareTo(IdentityId other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    private static long bigEndian(byte[] bytes, int offset) {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = (value << 8) | (bytes[offset + i] & 0xFF);
        }
        return value;
    }
}
