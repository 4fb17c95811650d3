import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readRecording } from '../../regtest/events/recorder.js';
import { waitFor } from '../../regtest/wait.js';
import { launch, openPage, reasonToSkip, type Watched } from './support/browser.js';
import { ServedLab } from './support/served-lab.js';

describe.skipIf(reasonToSkip() !== undefined)('the controls of the page', () => {
  let browser: Browser;
  let served: ServedLab;
  let watched: Watched;
  let page: Page;
  const folder = mkdtempSync(join(tmpdir(), 'blocksmith-menus-'));

  beforeAll(async () => {
    served = await ServedLab.start({ nodes: 3, seed: 5 });
    browser = await launch();
    watched = await openPage(browser, served.server);
    page = watched.page;
    await page.getByText('3 of 3').waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await served?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  afterEach(async () => {
    await page.keyboard.press('Escape');
    expect(watched.faults).toEqual([]);
  });

  const goTo = (view: string) => page.getByRole('navigation', { name: 'Views' }).getByText(view).click();
  const node = (index: number) => served.network.node(index);
  const height = (index = 0) => node(index).rpc.call('getblockcount');
  const status = () => served.lab.status();

  /** A menu of the strip, opened. */
  async function menu(name: string) {
    const found = page
      .locator('details.menu')
      .filter({ has: page.locator('summary .name', { hasText: name }) });
    await found.locator('summary').click();
    const within = {
      /** What the strip shows of it. */
      value: found.locator('summary .value'),
      press: (button: string) => found.getByRole('button', { name: button, exact: true }).click(),
      fill: (label: string, value: string) => found.getByLabel(label, { exact: true }).fill(value),
      says: (text: string | RegExp) => found.locator('.outcome').getByText(text).waitFor(),
      found,
    };
    return within;
  }

  it('clock: goes forward, stands still, runs on, and is the machine’s again', async () => {
    const clock = await menu('Clock');
    const before = (await status()).clock.time;
    await clock.press('1 day');
    await clock.says(/^Now /);
    expect((await status()).clock.time).toBeGreaterThanOrEqual(before + 86_400);
    await expect.poll(() => clock.value.textContent()).toMatch(/ \+24 h$/);
    await clock.fill('Seconds', '7200');
    await clock.press('Advance');
    await expect.poll(() => clock.value.textContent()).toMatch(/ \+26 h$/);
    await clock.press('Freeze');
    await clock.says('The time stands still.');
    await clock.found.getByText('standing still').waitFor();
    expect((await status()).clock.frozen).toBe(true);
    await clock.press('Run on');
    await clock.found.getByText('standing still').waitFor({ state: 'detached' });
    expect((await status()).clock.frozen).toBe(false);
    await clock.press('Machine’s time');
    await clock.says('The machine’s time again.');
    await expect.poll(() => clock.value.textContent()).toMatch(/^\d\d:\d\d:\d\d$/);
  });

  it('mining: blocks come by a plan and by shares, until it is switched off', async () => {
    const mining = await menu('Mining');
    await mining.found.getByLabel('At fixed intervals').check();
    await mining.fill('Seconds', '0.1');
    await mining.fill('Hash shares by node', '0, 1, 0');
    const before = await height();
    const { seq } = await status();
    await mining.press('Apply');
    await mining.says('Mining as told.');
    await expect.poll(() => mining.value.textContent()).toBe('every 0.1 s');
    await waitFor(async () => (await height()) >= before + 2, { what: 'blocks to come' });
    await mining.found.getByLabel('Only when asked for').check();
    await mining.press('Apply');
    await expect.poll(() => mining.value.textContent()).toBe('off');
    const finders = served.lab.events
      .since(seq)
      .flatMap(event => (event.type === 'blockFound' ? [event.node] : []));
    expect(new Set(finders)).toEqual(new Set([1]));
    await mining.found.getByLabel('At random, like real miners').check();
    await mining.fill('Hash shares by node', '1, 2');
    await mining.press('Apply');
    await mining.says(/shares are one for each of the 3 nodes/);
    expect((await status()).mining).toEqual({ kind: 'off' });
  });

  it('faucet: gives coins to a node, and to an address without a block', async () => {
    const faucet = await menu('Faucet');
    const before = await node(2).wallet().call('getbalances');
    await faucet.found.getByLabel('To node').selectOption('node2');
    await faucet.fill('Amount in BTC', '2.5');
    await faucet.press('Give');
    await faucet.says(/^Sent: /);
    const after = await node(2).wallet().call('getbalances');
    expect(after.mine.trusted).toBeCloseTo(before.mine.trusted + 2.5, 8);
    const tip = await height();
    await faucet.fill('or to this address', node(1).key.address);
    await faucet.found.getByLabel('Mine a block with it').uncheck();
    await faucet.press('Give');
    await waitFor(async () => (await node(0).rpc.call('getrawmempool')).length === 1, {
      what: 'the payment',
    });
    expect(await height()).toBe(tip);
    await faucet.fill('or to this address', 'bc1qnobody');
    await faucet.press('Give');
    await faucet.says(/neither a node nor an address of regtest/);
  });

  it('reorg: replaces blocks, and says what became of the payments in them', async () => {
    await served.network.waitForSync();
    const txid = await node(0).wallet().call('sendtoaddress', node(1).key.address, 0.3);
    await served.network.waitForMempool(txid);
    await node(0).mine(2);
    await served.network.waitForSync();
    const [before, tip] = [await height(), await node(0).rpc.call('getbestblockhash')];
    const reorg = await menu('Reorg');
    await reorg.fill('Blocks to undo', '2');
    await reorg.found.getByLabel('The new blocks hold the same transactions').uncheck();
    await reorg.press('Reorganise');
    await reorg.says(/^2 blocks out, 3 blocks in; 2 transactions reversed\.$/);
    expect(await height()).toBe(before + 1);
    expect(await node(0).rpc.call('getbestblockhash')).not.toBe(tip);
    await page.getByRole('cell', { name: 'fork' }).first().waitFor();
    await reorg.fill('Blocks to undo', '9999');
    await reorg.press('Reorganise');
    await reorg.says(/depth/);
  });

  it('snapshots: keep the state, and bring it back as often as wanted', async () => {
    await served.network.waitForSync();
    const snapshots = await menu('Snapshots');
    const kept = await height();
    await snapshots.fill('Name', 'before');
    await snapshots.press('Take');
    await snapshots.says('before is taken.');
    await expect.poll(() => snapshots.value.textContent()).toBe('1');
    for (const blocks of [3, 1]) {
      await node(0).mine(blocks);
      await page
        .getByText(String(kept + blocks), { exact: true })
        .first()
        .waitFor();
      await snapshots.found.getByRole('button', { name: 'Revert to before' }).click();
      await page.locator('.readings').getByText(String(kept), { exact: true }).waitFor();
      expect(await height()).toBe(kept);
    }
    await snapshots.fill('Name', 'before');
    await snapshots.press('Take');
    await snapshots.says(/there is a snapshot "before" already/);
    await snapshots.found.getByRole('button', { name: 'Drop before' }).click();
    await expect.poll(() => snapshots.value.textContent()).toBe('none');
    expect((await status()).snapshots).toEqual([]);
  });

  it('record: writes what happens to a file, and says how much', async () => {
    const file = join(folder, 'run.jsonl');
    const record = await menu('Record');
    await record.fill('File', 'run.jsonl');
    await record.press('Record');
    await record.says('file must be an absolute path');
    await record.fill('File', file);
    await record.press('Record');
    await expect.poll(() => record.value.textContent()).toBe('recording');
    await record.found.getByText(file).first().waitFor();
    await node(1).mine();
    await record.press('Stop');
    await record.says(/^\d+ events in /);
    await expect.poll(() => record.value.textContent()).toBe('off');
    const { events } = await readRecording(file);
    expect(events.some(({ type }) => type === 'blockFound')).toBe(true);
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(events.length + 1);
  });

  it('link: one is cut and restored, all are slowed down and made perfect', async () => {
    await goTo('Network');
    await page.getByRole('button', { name: /^Link node0 – node2/ }).press('Enter');
    await page.getByRole('button', { name: 'Cut', exact: true }).click();
    await page.getByRole('button', { name: 'Link node0 – node2: cut' }).waitFor();
    expect(served.network.link(node(0), node(2)).conditions.down).toBe(true);
    await page.getByRole('button', { name: 'Restore' }).click();
    await page.getByRole('button', { name: 'Link node0 – node2: perfect' }).waitFor();
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await page.getByRole('button', { name: 'Link node0 – node2: cut off' }).waitFor();
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.getByRole('button', { name: 'Link node0 – node2: perfect' }).waitFor();
    expect(served.network.isLinked(node(0), node(2))).toBe(true);
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await page.getByRole('button', { name: 'Heal' }).click();
    await page.getByRole('button', { name: 'Link node0 – node2: perfect' }).waitFor();
    await page.getByRole('button', { name: 'All links' }).click();
    const loss = page.getByLabel('Loss in %', { exact: true });
    await loss.fill('5');
    await loss.press('Tab');
    await page.getByRole('button', { name: 'Link node0 – node1: 5 %' }).waitFor();
    await page.getByRole('button', { name: 'Make perfect' }).click();
    await page.getByRole('button', { name: 'Link node0 – node1: perfect' }).waitFor();
  });

  it('link: what is typed as soon as there is a field stays', async () => {
    await goTo('Nodes');
    await page.getByLabel('Call', { exact: true }).waitFor();
    // An observer is told before the frame that shows the field, and all that is put off until then, comes.
    await page.evaluate(`new MutationObserver((_, observer) => {
      const field = document.querySelector('input[aria-label="Loss in %"]');
      if (field === null) return;
      observer.disconnect();
      field.value = '5';
      field.dispatchEvent(new Event('input', { bubbles: true }));
      requestAnimationFrame(() => setTimeout(() => { field.dataset.later = field.value; }, 200));
    }).observe(document.body, { childList: true, subtree: true })`);
    await goTo('Network');
    await page.locator('input[data-later]').waitFor();
    expect(await page.locator('input[data-later]').getAttribute('data-later')).toBe('5');
  });

  it('console: answers, completes, and says what the node refuses', async () => {
    await goTo('Nodes');
    const call = page.getByLabel('Call', { exact: true });
    await call.fill('getblockhash 1');
    await call.press('Enter');
    await page
      .getByRole('log')
      .getByText(await node(0).rpc.call('getblockhash', 1))
      .waitFor();
    await call.fill('getbalances');
    await call.press('Enter');
    await page.getByRole('log').getByText('"immature"').waitFor();
    await call.fill('getblockhash 99999');
    await call.press('Enter');
    await page.locator('.entry pre.error').getByText('Block height out of range').waitFor();
    await page.getByRole('button', { name: 'Log', exact: true }).click();
    await page.getByRole('log', { name: 'Log' }).getByText('height=').first().waitFor();
  });

  it('attack: is stopped in the middle, and the lab is free again', async () => {
    await goTo('Attack');
    await page.getByLabel('Attacker’s hash rate, %').fill('50');
    await page.getByLabel('Confirmations').fill('300');
    await page.getByRole('button', { name: 'Attack these nodes' }).click();
    await page.getByText('racing').waitFor();
    const mining = await menu('Mining');
    await mining.found.getByLabel('Only when asked for').check();
    await mining.press('Apply');
    await mining.says(/has to wait until attack 1 \(double-spend\) is over or stopped/);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByText('the attack was stopped').waitFor();
    await page.getByRole('button', { name: 'Attack these nodes' }).waitFor();
    await page.getByText('stopped', { exact: true }).waitFor();
    expect((await status()).attack).toBeUndefined();
    await mining.found.locator('summary').click();
    await mining.press('Apply');
    await mining.says('Mining as told.');
  });
});
