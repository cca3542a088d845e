package dev.odometer.engine.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * A counter's key: 1 to {@value Limits#MAX_KEY_BYTES} bytes of well-formed UTF-8 without control characters and
 * without a
 * {@code .} or {@code ..} path segment (keys are parts of URLs, and proxies rewrite those). Immutable; ordered by its
 * bytes, unsigned.
 */
public final class Key implements Comparable<Key> {
    private final byte[] bytes;
    private final long hash;

    private Key(byte[] bytes, long hash) {
        this.bytes = bytes;
        this.hash = hash;
    }

    /** The key with this text.
     *
     * @throws InvalidKeyException where the text cannot be a key */
    public static Key of(String text) {
        Objects.requireNonNull(text, "text");
        if (text.length() > Limits.MAX_KEY_BYTES) {
            throw KeyRules.tooLong(text.length());
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    throw new InvalidKeyException("the key is not valid Unicode text");
                }
                i++;
            }
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return of(bytes, 0, bytes.length);
    }

    /** The key with a copy of these bytes.
     *
     * @throws InvalidKeyException where the bytes cannot be a key */
    public static Key of(byte[] bytes, int offset, int length) {
        KeyRules.check(bytes, offset, length);
        return new Key(Arrays.copyOfRange(bytes, offset, offset + length), KeyHash.hash(bytes, offset, length));
    }

    /** The key of bytes that were checked when they were stored: a copy, not checked again. For stores. */
    public static Key trusted(byte[] bytes, int offset, int length) {
        return new Key(Arrays.copyOfRange(bytes, offset, offset + length), KeyHash.hash(bytes, offset, length));
    }

    /** The number of bytes. */
    public int length() {
        return bytes.length;
    }

    /** The 64-bit hash that decides the shard. */
    public long hash() {
        return hash;
    }

    /** The shard of this key among {@code shards}. */
    public int shard(int shards) {
        return KeyHash.shard(hash, shards);
    }

    /** The bytes themselves, not a copy: callers must not change them. */
    public byte[] bytes() {
        return bytes;
    }

    /** Whether the key starts with these bytes. */
    public boolean startsWith(byte[] prefix) {
        return bytes.length >= prefix.length && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** Whether the key is exactly these bytes. */
    public boolean is(byte[] other, int offset, int length) {
        return bytes.length == length && Arrays.equals(bytes, 0, length, other, offset, offset + length);
    }

    @Override
    public int compareTo(Key other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Key key && hash == key.hash && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(hash);
    }

    /** The key as text. */
    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
