package dev.odometer.cli.client;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A SHA-256 that can be asked in between. Thread-confined. */
final class Digest {
    private final MessageDigest sha256;

    Digest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    void update(byte[] bytes, int length) {
        sha256.update(bytes, 0, length);
    }

    /** The digest of what was added so far. */
    byte[] current() {
        try {
            return ((MessageDigest) sha256.clone()).digest();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the platform's SHA-256 can be cloned", e);
        }
    }
}
