import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { LabClient } from '../regtest/control/client.js';
import { launch } from '../test/browser/support/browser.js';
import { ServedLab } from '../test/browser/support/served-lab.js';
import { withPalette } from './palette-png.js';

/**
 * Makes the pictures of the README: brings a lab into a state where every view has something to show, and takes each in
 * both themes. Usage: node dist/bench/screenshots.js [folder]; the page must be built.
 */
const FOLDER = process.argv[2] ?? 'docs/images';

const SIZE = { width: 1280, height: 800 };
const THEMES = ['light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const NODES = 6;
const SEED = 11;

mkdirSync(FOLDER, { recursive: true });
await using lab = await ServedLab.start({ nodes: NODES, seed: SEED });
const client = LabClient.connect(lab.server);
const browser = await launch();
try {
  const light = await open(browser, 'light');
  await attack(light);
  const { payment, busy } = await branches();
  const dark = await open(browser, 'dark');
  await Promise.all([trials(light), trials(dark)]);
  for (const [theme, page] of [
    ['light', light],
    ['dark', dark],
  ] as const) {
    await take(page, theme, 'statistics');
    await page.getByRole('button', { name: 'Live', exact: true }).click();
    await take(page, theme, 'attack');
    await show(page, theme, 'chain', 'chain');
    await network(page, theme);
    await node(page, theme);
    await show(page, theme, 'mempool/0', 'mempool');
    await show(page, theme, `tx/${payment}`, 'transaction');
    await show(page, theme, `block/${busy}`, 'block');
    await show(page, theme, `address/${lab.network.node(1).key.address}`, 'address');
    await timeLine(page, theme);
  }
} finally {
  client.close();
  await browser.close();
}

async function open(of: Browser, colorScheme: Theme): Promise<Page> {
  const page = await of.newPage({ viewport: SIZE, colorScheme, reducedMotion: 'reduce' });
  await page.goto(lab.server.pageUrl ?? '');
  await page.getByText(`${NODES} of ${NODES}`).waitFor();
  return page;
}

/** A double spend by little less than half of the hash rate, which this seed lets succeed. */
async function attack(page: Page): Promise<void> {
  await page.evaluate("location.hash = '#/attack'");
  await page.getByLabel('Attacker’s hash rate, %').fill('45');
  await page.getByLabel('Confirmations').fill('3');
  await page.getByLabel('Seed').fill('2');
  await page.getByRole('button', { name: 'Attack these nodes' }).click();
  await page.getByText(/^Ended: /).waitFor();
}

async function trials(page: Page): Promise<void> {
  await page.evaluate("location.hash = '#/attack'");
  await page.getByLabel('Attacker’s hash rate, %').fill('30');
  await page.getByLabel('Confirmations').fill('5');
  for (const [label, value] of [
    ['Value at stake', '19000'],
    ['Reward of a block', '125'],
    ['Cost of a block', '131'],
  ] as const) {
    await page.getByLabel(label).fill(value);
  }
  await page.getByRole('button', { name: 'Statistics' }).click();
  await page.getByLabel('Trials at each place').fill('5000');
  await page.getByRole('button', { name: 'Run trials' }).click();
  await page.getByRole('img', { name: /By confirmations: .*9: / }).waitFor();
}

/** Forks, private blocks, slow and cut links, and transactions that wait. @returns a payment that was reversed, and a block that is not empty */
async function branches(): Promise<{ readonly payment: string; readonly busy: string }> {
  const { network } = lab;
  const at = (...numbers: readonly number[]) => numbers.map(number => network.node(number));
  const inTurn = async (finders: readonly number[], among: readonly number[]): Promise<void> => {
    for (const finder of finders) {
      await network.node(finder).mine();
      await network.waitForSync(at(...among));
    }
  };
  for (let payment = 0; payment < 5; payment++) {
    await client.call('send', {
      from: payment,
      to: 5,
      amount: (0.1 * (payment + 1)).toFixed(1),
      feeRate: 4 + payment,
    });
  }
  await network.waitFor(
    async () => (await network.node(0).rpc.call('getrawmempool')).length === 5,
    'the payments to reach the next finder',
  );
  await inTurn([0], [0, 1, 2, 3, 4, 5]);
  const busy = await network.node(0).rpc.call('getbestblockhash');
  await inTurn([2, 1, 4, 3], [0, 1, 2, 3, 4, 5]);
  await network.partition([at(0, 1, 2), at(3, 4), at(5)]);
  const reversed = await network.node(3).wallet().call('sendtoaddress', network.node(4).key.address, 0.75);
  await network.waitForMempool(reversed, at(3, 4));
  await inTurn([3], [3, 4]);
  await inTurn([0, 2, 1], [0, 1, 2]);
  await network.heal();
  await network.waitForSync();
  await network.link(network.node(0), network.node(1)).set({ latencyMs: 120, jitterMs: 30 });
  await network.link(network.node(0), network.node(2)).set({ latencyMs: 400, loss: 0.05 });
  await network.link(network.node(1), network.node(3)).set({ down: true });
  await network.partition([at(0, 1, 2), at(3, 4), at(5)]);
  await inTurn([1, 0, 2], [0, 1, 2]);
  await inTurn([4, 4], [3, 4]);
  const attacker = network.node(5);
  await attacker.mine(2, attacker.key.address, { isPrivate: true });
  for (let payment = 0; payment < 24; payment++) {
    const [from, to] = [payment % 3, (payment + 1) % 3];
    await client.call('send', {
      from,
      to,
      amount: (0.005 * (payment + 1)).toFixed(3),
      feeRate: 1 + ((payment * 7) % 31),
    });
  }
  await network.waitForSync(at(0, 1, 2));
  return { payment: reversed, busy };
}

async function network(page: Page, theme: Theme): Promise<void> {
  await page.evaluate("location.hash = '#/network'");
  await page
    .getByRole('button', { name: /^Link node0 – node1/ })
    .first()
    .press('Enter');
  await page.locator('#link-title a').first().waitFor();
  await take(page, theme, 'network');
}

async function node(page: Page, theme: Theme): Promise<void> {
  await page.evaluate("location.hash = '#/node/1'");
  const call = page.getByLabel('Call', { exact: true });
  await call.fill('getblockchaininfo');
  await call.press('Enter');
  await page.getByText('"bestblockhash"').waitFor();
  await call.fill('getm');
  await take(page, theme, 'node');
}

/** In the middle of what has happened so far, without payments, of which there are many. */
async function timeLine(page: Page, theme: Theme): Promise<void> {
  await page.evaluate("location.hash = '#/time'");
  await page.getByRole('checkbox', { name: 'Transactions', exact: true }).uncheck();
  await page.getByRole('button', { name: 'Look back in this lab' }).click();
  const place = page.getByRole('slider', { name: 'Place in the recording' });
  await place.fill(String(Math.round(0.9 * Number(await place.getAttribute('max')))));
  await take(page, theme, 'time-line');
  await page.getByRole('button', { name: 'Back to the lab' }).click();
}

async function show(page: Page, theme: Theme, route: string, name: string): Promise<void> {
  await page.evaluate(`location.hash = '#/${route}'`);
  await page.locator('main h1').waitFor();
  await take(page, theme, name);
}

async function take(page: Page, theme: Theme, name: string): Promise<void> {
  await page.getByText('Looking…').waitFor({ state: 'detached' });
  // Charts are drawn with the frame after their data has come.
  await page.evaluate(
    'new Promise(done => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 500))',
  );
  const picture = await page.screenshot({ animations: 'disabled' });
  writeFileSync(join(FOLDER, `${name}-${theme}.png`), withPalette(picture));
}
