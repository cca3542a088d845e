package dev.odometer.server.http;

import com.linecorp.armeria.common.HttpMethod;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Everything that the server answers to, by path. The OpenAPI document has the same paths and methods; a test
 * compares them.
 */
@SuppressWarnings("ImmutableEnumChecker") // its collections cannot be modified
enum Route {
    LIST("/v1/counters", HttpMethod.GET),
    COUNTER("/v1/counters/{key}", HttpMethod.GET, HttpMethod.PUT, HttpMethod.DELETE),
    ADD("/v1/counters/{key}/add", HttpMethod.POST),
    BATCH("/v1/batch", HttpMethod.POST),
    CLUSTER("/v1/cluster", HttpMethod.GET),
    DRAIN("/v1/node/drain", HttpMethod.POST),
    LIMITS("/v1/limits", HttpMethod.GET),
    OPENAPI("/v1/openapi.yaml", HttpMethod.GET),
    HEALTH("/healthz", HttpMethod.GET),
    READY("/readyz", HttpMethod.GET),
    METRICS("/metrics", HttpMethod.GET),
    ROOT("/", HttpMethod.GET);

    private final String template;
    private final List<HttpMethod> methods;
    private final Set<HttpMethod> allowed;
    private final String allow;

    Route(String template, HttpMethod... methods) {
        this.template = template;
        this.methods = List.of(methods);
        Set<HttpMethod> all = new LinkedHashSet<>(this.methods);
        if (all.contains(HttpMethod.GET)) {
            all.add(HttpMethod.HEAD);
        }
        this.allowed = Collections.unmodifiableSet(all);
        this.allow = allowed.stream().map(HttpMethod::name).collect(Collectors.joining(", "));
    }

    /** The path, with {@code {key}} where a key stands. */
    String template() {
        return template;
    }

    /** The methods without HEAD, which goes wherever GET does. */
    List<HttpMethod> methods() {
        return methods;
    }

    boolean allows(HttpMethod method) {
        return allowed.contains(method);
    }

    /** Whether it works on counters, and not on the server itself. */
    boolean isOperation() {
        return this == LIST || this == COUNTER || this == ADD || this == BATCH;
    }

    /** The value of an {@code Allow} header. */
    String allow() {
        return allow;
    }
}
