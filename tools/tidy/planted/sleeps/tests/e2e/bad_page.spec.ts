// SPDX-License-Identifier: Apache-2.0
await page.waitForTimeout(500);
