// SPDX-License-Identifier: Apache-2.0
// How soon a patient sees something of the page that a link leads to, in a browser on a slow network.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { installPackages } from '../tools/npm/install.mjs';
import { median } from './report.mjs';

const visits = 7;
const slow3g = { offline: false, latency: 400, downloadThroughput: 400_000 / 8, uploadThroughput: 400_000 / 8 };

/** Milliseconds from the click to the first screen, the median of so many browsers that know nothing of the page yet. */
export async function firstPaint(root, link) {
  const suite = join(root, 'tests/e2e');
  installPackages(suite);
  const { chromium } = createRequire(join(suite, 'package.json'))('@playwright/test');
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  const taken = [];
  for (let i = 0; i < visits; i += 1) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const network = await context.newCDPSession(page);
    await network.send('Network.enable');
    await network.send('Network.emulateNetworkConditions', slow3g);
    await page.goto(link, { waitUntil: 'commit' });
    await page.waitForSelector('main[data-screen] [data-primary]');
    taken.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime));
    await context.close();
  }
  await browser.close();
  return { milliseconds: median(taken), visits };
}
