package dev.odometer.membership.etcd;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where etcd is and how members use it. Immutable.
 *
 * @param endpoints {@code http://host:port} or, with TLS, {@code https://host:port}; all of one kind
 * @param prefix what the keys of members begin with; the member's name follows
 * @param ttlSeconds after how many whole seconds without a sign of life a member is gone, 1 to 60. The servers grant no
 *     less than one and a half times their election timeout, 2 s where nothing was configured
 * @param user the user to authenticate as, or null
 * @param password the password of the user, or null
 * @param trustCertificates a PEM file of the certificates to trust with TLS, or null for those that the JVM trusts
 * @param certificate a PEM file of the client's own certificate chain, or null
 * @param privateKey a PEM file with the PKCS #8 key of that certificate, or null
 */
public record EtcdConfig(
        List<String> endpoints,
        String prefix,
        int ttlSeconds,
        @Nullable String user,
        @Nullable String password,
        @Nullable Path trustCertificates,
        @Nullable Path certificate,
        @Nullable Path privateKey) {
    /** The default prefix. */
    public static final String DEFAULT_PREFIX = "/odometer/members/";

    /** The default TTL of leases, in seconds. */
    public static final int DEFAULT_TTL_SECONDS = 4;

    private static final int MAX_ENDPOINTS = 64;

    /** The defaults for some endpoints: without authentication. */
    public static EtcdConfig defaults(List<String> endpoints) {
        return new EtcdConfig(endpoints, DEFAULT_PREFIX, DEFAULT_TTL_SECONDS, null, null, null, null, null);
    }

    /** Checks the bounds; reports all that are wrong together. */
    public EtcdConfig {
        endpoints = List.copyOf(endpoints);
        StringBuilder wrong = new StringBuilder();
        if (endpoints.isEmpty() || endpoints.size() > MAX_ENDPOINTS) {
            wrong.append("endpoints are ")
                    .append(endpoints.size())
                    .append(", must be 1 to ")
                    .append(MAX_ENDPOINTS)
                    .append("; ");
        }
        for (String endpoint : endpoints) {
            if (!endpoint.matches("https?://[!-~&&[^/,]]{1,255}:[0-9]{1,5}")) {
                wrong.append("endpoint \"")
                        .append(endpoint)
                        .append("\" must be http://host:port or https://host:port; ");
            }
        }
        long withTls = endpoints.stream().filter(e -> e.startsWith("https:")).count();
        if (withTls != 0 && withTls != endpoints.size()) {
            wrong.append("endpoints must be all http or all https; ");
        }
        if (withTls == 0 && (trustCertificates != null || certificate != null || privateKey != null)) {
            wrong.append("certificates are of no use with http endpoints; ");
        }
        if ((certificate == null) != (privateKey == null)) {
            wrong.append("certificate and privateKey go together; ");
        }
        if (!prefix.matches("[!-~]{1,512}/")) {
            wrong.append("prefix is \"").append(prefix).append("\", must end with a slash; ");
        }
        if (ttlSeconds < 1 || ttlSeconds > 60) {
            wrong.append("ttlSeconds is ").append(ttlSeconds).append(", must be from 1 to 60; ");
        }
        if ((user == null) != (password == null)) {
            wrong.append("user and password go together; ");
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(wrong.toString());
        }
    }

    /** Whether connections are encrypted. */
    public boolean tls() {
        return endpoints.get(0).startsWith("https:");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "EtcdConfig[" + endpoints + ", " + prefix + ", " + ttlSeconds + " s"
                + (user == null ? "" : ", as " + user) + "]";
    }
}
