package dev.odometer.server.redis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads a whole scan. */
final class ScanReader {
    private ScanReader() {}

    static List<String> all(RespClient client, String options) throws IOException {
        List<String> keys = new ArrayList<>();
        String cursor = "0";
        do {
            String reply = client.call("SCAN " + cursor + " " + options);
            int comma = reply.indexOf(", ");
            cursor = reply.substring(2, comma);
            String listed = reply.substring(comma + 3, reply.length() - 2);
            if (!listed.isEmpty()) {
                keys.addAll(List.of(listed.split(", ")));
            }
        } while (!cursor.equals("0"));
        return keys;
    }
}
