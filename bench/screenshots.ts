import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launch } from '../test/browser/support/browser.js';
import { PageServer } from '../test/browser/support/page-server.js';
import { SmallLab } from '../test/browser/support/small-lab.js';

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
await using lab = await SmallLab.start({ nodes: NODES, seed: SEED });
await using server = await PageServer.start(lab);
const browser = await launch();
try {
  const light = await open(browser, 'light');
  await attack(light);
  const payment = await branches();
  const dark = await open(browser, 'dark');
  await Promise.all([trials(light), trials(dark)]);
  for (const [theme, page] of [
    ['light', light],
    ['dark', dark],
  ] as const) {
    await take(page, theme, 'statistics');
    await show(page, theme, 'attack', 'attack');
    await show(page, theme, 'chain', 'chain');
    await network(page, theme);
    await node(page, theme);
    await show(page, theme, 'mempool/0', 'mempool');
    await show(page, theme, `tx/${payment}`, 'transaction');
    await show(page, theme, `block/${await lab.network.node(0).rpc.call('getbestblockhash')}`, 'block');
    await show(page, theme, `address/${lab.network.node(1).key.address}`, 'address');
    await show(page, theme, 'time', 'time-line');
  }
} finally {
  await browser.close();
}

async function open(of: Browser, colorScheme: Theme): Promise<Page> {
  const page = await of.newPage({ viewport: SIZE, colorScheme, reducedMotion: 'reduce' });
  await page.goto(server.url);
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

/** Forks, private blocks, slow and cut links, and transactions that wait. @returns the txid of a payment that was reversed */
async function branches(): Promise<string> {
  const { network } = lab;
  const at = (...numbers: readonly number[]) => numbers.map(number => network.node(number));
  const inTurn = async (finders: readonly number[], among: readonly number[]): Promise<void> => {
    for (const finder of finders) {
      await network.node(finder).mine();
      await network.waitForSync(at(...among));
    }
  };
  await inTurn([0, 2, 1, 4, 3], [0, 1, 2, 3, 4, 5]);
  await network.partition([at(0, 1, 2), at(3, 4), at(5)]);
  const reversed = await network.node(3).wallet().call('sendtoaddress', network.node(4).key.address, 0.75);
  await network.waitForMempool(reversed, at(3, 4));
  await inTurn([3], [3, 4]);
  await inTurn([0, 2, 1], [0, 1, 2]);
  await network.heal();
  await network.waitForSync();
  await network.link(network.node(0), network.node(1)).set({ latencyMs: 120, jitterMs: 30 });
  await network.link(network.node(2), network.node(4)).set({ latencyMs: 400, loss: 0.05 });
  await network.link(network.node(1), network.node(3)).set({ down: true });
  await network.partition([at(0, 1, 2), at(3, 4), at(5)]);
  await inTurn([1, 0, 2], [0, 1, 2]);
  await inTurn([4, 4], [3, 4]);
  const attacker = network.node(5);
  await attacker.mine(2, attacker.key.address, { isPrivate: true });
  for (let payment = 0; payment < 24; payment++) {
    const [from, to] = [payment % 3, (payment + 1) % 3];
    await lab.answers.send?.({ from, to, amount: 0.005 * (payment + 1), feeRate: 1 + ((payment * 7) % 31) });
  }
  await network.waitForSync(at(0, 1, 2));
  return reversed;
}

async function network(page: Page, theme: Theme): Promise<void> {
  await page.evaluate("location.hash = '#/network'");
  await page
    .getByRole('button', { name: /^Link node0 – node1/ })
    .first()
    .press('Enter');
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

async function show(page: Page, theme: Theme, route: string, name: string): Promise<void> {
  await page.evaluate(`location.hash = '#/${route}'`);
  await page.locator('main h1').waitFor();
  await take(page, theme, name);
}

async function take(page: Page, theme: Theme, name: string): Promise<void> {
  // What is asked for when a view opens is there when nothing is on its way.
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: join(FOLDER, `${name}-${theme}.png`), animations: 'disabled' });
}
