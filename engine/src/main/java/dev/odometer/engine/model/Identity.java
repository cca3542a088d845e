package dev.odometer.engine.model;

/**
 * Who an operation or batch is, so that it takes effect once however often it arrives. Immutable.
 *
 * <p>Texts are 1 to {@value Limits#MAX_IDENTITY_BYTES} printable ASCII characters.
 */
public sealed interface Identity {
    /** Where its records are kept. */
    IdentityId id();

    /** An idempotency key that a client chose; remembered for the idempotency window. */
    record IdempotencyKey(String text, IdentityId id) implements Identity {
        /** The key with this text. @throws IllegalArgumentException where the text is not allowed */
        public IdempotencyKey(String text) {
            this(checked("idempotency key", text), IdentityId.of('k', text));
        }
    }

    /** A request id that a load balancer set; remembered for the shorter request-id window. */
    record RequestId(String text, IdentityId id) implements Identity {
        /** The request id with this text. @throws IllegalArgumentException where the text is not allowed */
        public RequestId(String text) {
            this(checked("request id", text), IdentityId.of('r', text));
        }
    }

    /**
     * Batch number {@code sequence} of a session. A session's batches are numbered from 1 without a gap; sending
     * number n + 1 says that the
     * answer to n has arrived.
     */
    record SessionBatch(String session, long sequence, IdentityId id) implements Identity {
        /**
         * Batch {@code sequence}, from 1, of a session. @throws IllegalArgumentException where either is not allowed
         */
        public SessionBatch(String session, long sequence) {
            this(checked("session", session), sequence, IdentityId.of('s', session));
        }

        /** Checks the sequence. */
        public SessionBatch {
            if (sequence < 1) {
                throw new IllegalArgumentException("the sequence is " + sequence + "; a session starts at 1");
            }
        }
    }

    private static String checked(String what, String text) {
        if (text.isEmpty() || text.length() > Limits.MAX_IDENTITY_BYTES) {
            throw new IllegalArgumentException("the " + what + " has " + text.length() + " characters; 1 to "
                    + Limits.MAX_IDENTITY_BYTES + " are allowed");
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x21 || c > 0x7E) {
                throw new IllegalArgumentException("the " + what + " has a character that is not printable ASCII");
            }
        }
        return text;
    }
}
