/** Listings of what a machine consists of: installed drivers, devices and updates, system information. */
package org.poolscope.logs.inventory;
