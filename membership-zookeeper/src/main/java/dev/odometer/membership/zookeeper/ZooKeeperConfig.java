package dev.odometer.membership.zookeeper;

import org.jspecify.annotations.Nullable;

/**
 * Where ZooKeeper is and how members use it. Immutable.
 *
 * @param connectString {@code host:port,host:port,…}, with a path after it if all is to be kept below that
 * @param root the node below which each member has one, made where it is absent
 * @param sessionTimeoutMillis after how many milliseconds without a sign of life a member is gone, 400 to 60,000. The
 *     servers grant no less than their {@code minSessionTimeout}, 4 s where nothing was configured. A change of the
 *     servers' leader takes a second: with less than 2 s it may cost members their sessions
 * @param digest {@code user:password} to authenticate with, or null. With it, nodes are made so that only this user may
 *     change them
 */
public record ZooKeeperConfig(
        String connectString,
        String root,
        int sessionTimeoutMillis,
        @Nullable String digest) {
    /** The default root. */
    public static final String DEFAULT_ROOT = "/odometer/members";

    /** The default session timeout in milliseconds. */
    public static final int DEFAULT_SESSION_TIMEOUT_MILLIS = 4_000;

    /** The defaults for a connect string: without authentication. */
    public static ZooKeeperConfig defaults(String connectString) {
        return new ZooKeeperConfig(connectString, DEFAULT_ROOT, DEFAULT_SESSION_TIMEOUT_MILLIS, null);
    }

    /** Checks the bounds; reports all that are wrong together. */
    public ZooKeeperConfig {
        StringBuilder wrong = new StringBuilder();
        if (connectString.isBlank() || connectString.length() > 4_096) {
            wrong.append("connectString must be host:port,host:port,…; ");
        }
        if (!root.matches("(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}){1,8}")) {
            wrong.append("root is \"")
                    .append(root)
                    .append("\", must be a path such as ")
                    .append(DEFAULT_ROOT)
                    .append("; ");
        }
        if (sessionTimeoutMillis < 400 || sessionTimeoutMillis > 60_000) {
            wrong.append("sessionTimeoutMillis is ")
                    .append(sessionTimeoutMillis)
                    .append(", must be from 400 to 60000; ");
        }
        if (digest != null && !digest.matches("[!-~&&[^:]]{1,128}:[ -~]{1,256}")) {
            wrong.append("digest must be user:password; ");
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(wrong.toString());
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "ZooKeeperConfig[" + connectString + ", " + root + ", " + sessionTimeoutMillis + " ms"
                + (digest == null ? "" : ", authenticated") + "]";
    }
}
