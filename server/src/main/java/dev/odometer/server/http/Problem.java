package dev.odometer.server.http;

import java.util.Map;

/**
 * What went wrong with one request.
 *
 * @param detail a sentence for a person: what happened, what was kept, what to do
 * @param members further members of the document, numbers or texts
 */
record Problem(ProblemType type, String detail, Map<String, Object> members) {
    Problem(ProblemType type, String detail) {
        this(type, detail, Map.of());
    }
}
