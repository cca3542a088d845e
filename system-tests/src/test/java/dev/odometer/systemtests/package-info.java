/** Tests of the whole product, and of the rules that its code keeps. */
@NullMarked
package dev.odometer.systemtests;

import org.jspecify.annotations.NullMarked;
