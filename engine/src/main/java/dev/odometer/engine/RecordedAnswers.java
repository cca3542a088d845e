package dev.odometer.engine;

import java.nio.ByteBuffer;

/**
 * The answers in an identity row: for each operation of the part one byte of outcome and eight bytes of value,
 * big-endian. Part of the
 * stored format: the codes never change.
 */
final class RecordedAnswers {
    private static final int BYTES = 9;

    private RecordedAnswers() {}

    static byte[] create(int answers) {
        return new byte[answers * BYTES];
    }

    static void put(byte[] row, int index, Outcome outcome, long value) {
        ByteBuffer.wrap(row).put(index * BYTES, code(outcome)).putLong(index * BYTES + 1, value);
    }

    static int count(byte[] row) {
        return row.length / BYTES;
    }

    static Outcome outcome(byte[] row, int index) {
        byte code = row[index * BYTES];
        return switch (code) {
            case 1 -> Outcome.VALUE;
            case 2 -> Outcome.DELETED;
            case 3 -> Outcome.ABSENT;
            case 4 -> Outcome.NOT_APPLIED;
            case 5 -> Outcome.OVERFLOW;
            default -> throw new IllegalStateException("an identity row has the unknown outcome " + code);
        };
    }

    static long value(byte[] row, int index) {
        return ByteBuffer.wrap(row).getLong(index * BYTES + 1);
    }

    private static byte code(Outcome outcome) {
        return switch (outcome) {
            case VALUE -> 1;
            case DELETED -> 2;
            case ABSENT -> 3;
            case NOT_APPLIED -> 4;
            case OVERFLOW -> 5;
            default -> throw new IllegalStateException(outcome + " is not an outcome to be remembered");
        };
    }
}
