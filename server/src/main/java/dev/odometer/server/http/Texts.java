package dev.odometer.server.http;

import com.linecorp.armeria.common.HttpData;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Texts from bytes and for people. */
final class Texts {
    private Texts() {}

    /** A body as text. @throws RequestException where it is not UTF-8 */
    static String body(HttpData data) {
        return utf8(data.array(), ProblemType.INVALID_BODY, "The body is not valid UTF-8.");
    }

    /** Bytes as text: malformed UTF-8 is refused, not replaced. */
    static String utf8(byte[] bytes, ProblemType type, String detail) {
        for (byte b : bytes) {
            if (b < 0) {
                return decoded(bytes, type, detail);
            }
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static String decoded(byte[] bytes, ProblemType type, String detail) {
        try {
            // A new decoder reports malformed input; the String constructors replace it.
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new RequestException(type, detail);
        }
    }

    /** A message of the engine as a sentence. */
    static String sentence(@Nullable String message) {
        if (message == null || message.isEmpty()) {
            return "";
        }
        String text = Character.toUpperCase(message.charAt(0)) + message.substring(1);
        return text.endsWith(".") ? text : text + ".";
    }
}
