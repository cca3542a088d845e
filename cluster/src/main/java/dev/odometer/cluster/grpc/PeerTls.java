package dev.odometer.cluster.grpc;

import com.linecorp.armeria.common.TlsKeyPair;
import java.io.File;
import java.nio.file.Path;

/**
 * Mutual TLS between nodes, by PEM files. A node presents the certificate both as server and as client; it must be
 * valid
 * for the address that the node advertises, and signed by the trusted authority of the others.
 *
 * @param certificate the node's certificate, and those between it and the authority
 * @param key its private key, unencrypted PKCS#8
 * @param trusted the certificates of the authority
 */
public record PeerTls(Path certificate, Path key, Path trusted) {
    TlsKeyPair keyPair() {
        return TlsKeyPair.of(key.toFile(), certificate.toFile());
    }

    File trustedFile() {
        return trusted.toFile();
    }
}
