/** The HTTP door: routes, strict reading of requests, answers and problem documents, over one engine. */
@NullMarked
package dev.odometer.server.http;

import org.jspecify.annotations.NullMarked;
