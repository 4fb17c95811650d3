import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launch, openPage, reasonToSkip, type Watched } from './support/browser.js';
import { ServedLab } from './support/served-lab.js';

const skipped = reasonToSkip();
if (skipped !== undefined) console.log(`${skipped}: the tests of the page skip.`);

describe.skipIf(skipped !== undefined)('the page of a lab with four nodes', () => {
  let browser: Browser;
  let lab: ServedLab;
  let watched: Watched;
  let page: Page;

  beforeAll(async () => {
    lab = await ServedLab.start({ nodes: 4, seed: 3 });
    browser = await launch();
    watched = await openPage(browser, lab.server);
    page = watched.page;
    await page.getByRole('heading', { name: 'Chain' }).waitFor();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await lab?.[Symbol.asyncDispose]();
  });

  afterEach(() => {
    expect(watched.faults).toEqual([]);
  });

  const goTo = (view: string) => page.getByRole('navigation', { name: 'Views' }).getByText(view).click();

  it('takes the token out of the address', () => {
    expect(page.url()).toBe(`http://127.0.0.1:${lab.server.port}/#/chain`);
  });

  it('shows a block as soon as it is found, and leads to it', async () => {
    const [hash = ''] = await lab.network.node(2).mine();
    const height = await lab.network.node(2).rpc.call('getblockcount');
    const block = page.getByRole('link', { name: new RegExp(`^Block ${height} .*found by node2`) });
    await block.click();
    await page.getByRole('heading', { name: `Block ${height}` }).waitFor();
    await page.getByText(hash).first().waitFor();
    await page.getByText('new coins').waitFor();
  });

  it('shows two branches while the network is cut, and one when it is healed', async () => {
    await goTo('Network');
    await page.getByRole('button', { name: /^node2:/ }).click();
    await page.getByRole('button', { name: /^node3:/ }).click();
    await page.getByRole('button', { name: 'Put the selected nodes into group B' }).click();
    await page.getByRole('button', { name: 'Cut into groups' }).click();
    await page.getByText('2 parts that do not reach each other').waitFor();
    await lab.network.node(0).mine(1);
    await lab.network.node(3).mine(2);
    await page.getByText('2 tips').waitFor();
    await page.getByRole('button', { name: 'Heal' }).click();
    await page.getByText('all agree').waitFor();
    expect(new Set(await tips())).toHaveLength(1);
    await goTo('Chain');
    await page.getByRole('cell', { name: 'fork' }).waitFor();
  });

  it('slows a link down at once', async () => {
    await goTo('Network');
    await page.getByRole('button', { name: /^Link node0 – node3/ }).press('Enter');
    const latency = page.getByLabel('Latency in ms', { exact: true });
    await latency.fill('80');
    await latency.press('Tab');
    await page.getByRole('button', { name: 'Link node0 – node3: 80 ms' }).waitFor();
    const { network } = lab;
    expect(network.link(network.node(0), network.node(3)).conditions.latencyMs).toBe(80);
    expect(network.link(network.node(0), network.node(2)).conditions.latencyMs).toBe(0);
  });

  it('mines, pays and answers calls by keyboard alone', async () => {
    await goTo('Nodes');
    const before = await lab.network.node(0).rpc.call('getblockcount');
    await page.getByLabel('Blocks', { exact: true }).focus();
    await page.keyboard.type('3', { delay: 0 });
    await page.keyboard.press('Home');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('blocks found.').or(page.getByText('block found.')).waitFor();
    expect(await lab.network.node(0).rpc.call('getblockcount')).toBeGreaterThan(before);

    await page.getByLabel('BTC', { exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByText(/^Sent: /).waitFor();

    await page.getByLabel('Call', { exact: true }).focus();
    await page.getByText('Any call of the node').waitFor();
    await page.keyboard.type('getblockcou');
    await page.getByText('getblockcount', { exact: true }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const height = await lab.network.node(0).rpc.call('getblockcount');
    await page.getByRole('log').getByText(String(height), { exact: true }).waitFor();
    await page.keyboard.press('ArrowUp');
    expect(await page.getByLabel('Call', { exact: true }).inputValue()).toBe('getblockcount');
    await page.keyboard.type(' 1 2 3');
    await page.keyboard.press('Enter');
    await page.locator('.entry pre.error').waitFor();
  });

  it('shows what a key did before the next key can come', async () => {
    await goTo('Nodes');
    const call = page.getByLabel('Call', { exact: true });
    await call.fill('getdifficulty');
    await call.press('Enter');
    await page.locator('.entry .line', { hasText: 'getdifficulty' }).waitFor();
    // The keys of a fast typist, or of a program, are tasks one behind the other: microtasks come between them, timers may not.
    const shown = await page.evaluate(`(async () => {
      const input = document.querySelector('input[aria-label="Call"]');
      input.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true }));
      for (let rest = 10; rest > 0; rest--) await undefined;
      return input.value;
    })()`);
    expect(shown).toBe('getdifficulty');
  });

  it('says beside the control what the lab refuses', async () => {
    await goTo('Nodes');
    await page.getByLabel('BTC', { exact: true }).fill('5000000');
    await page.getByRole('button', { name: 'Send' }).click();
    await page
      .getByRole('alert')
      .getByText(/Insufficient funds/)
      .waitFor();
  });

  it('shows what waits in a mempool, and the life of a transaction', async () => {
    await lab.network.waitForSync();
    const txid = await lab.network
      .node(1)
      .wallet()
      .call('sendtoaddress', lab.network.node(0).key.address, 0.5);
    await goTo('Mempool');
    await page.getByRole('combobox', { name: 'Node' }).selectOption('node1');
    await page.locator(`a[href="#/tx/${txid}"]`).click();
    await page.getByText('in a mempool').waitFor();
    await page.getByText('came into the mempool').first().waitFor();
    await lab.network.waitForMempool(txid);
    await lab.network.node(3).mine();
    await page.getByText('confirmed by').nth(3).waitFor();
    await page.getByText('1 confirmation').waitFor();
  });

  it('finds heights, hashes and addresses', async () => {
    const search = page.getByRole('searchbox', { name: 'Height, block hash, txid or address' });
    await search.fill('7');
    await search.press('Enter');
    await page.getByRole('heading', { name: 'Block 7' }).waitFor();
    await search.fill(lab.network.node(2).key.address);
    await search.press('Enter');
    await page.getByRole('heading', { name: /BTC in \d+ coins?$/ }).waitFor();
    await search.fill('nonsense');
    await search.press('Enter');
    await page.getByRole('alert').getByText('Nothing is called nonsense.').waitFor();
  });

  it('stops a node and starts it again', async () => {
    await goTo('Nodes');
    await page.getByRole('navigation', { name: 'Nodes' }).getByText('node3').click();
    await page.getByRole('button', { name: 'Kill' }).click();
    await page.getByText('stopped', { exact: true }).waitFor();
    await page.getByText('3 of 4').waitFor();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByText('4 of 4').waitFor();
  });

  it('shows an attack from the payment to the loss', async () => {
    await goTo('Attack');
    await page.getByLabel('Attacker’s hash rate, %').fill('80');
    await page.getByLabel('Confirmations').fill('2');
    await page.getByRole('button', { name: 'Attack these nodes' }).click();
    await page.getByText('Ended: double spend.').waitFor();
    await page.getByText('Payment gone, goods gone').waitFor();
    await page.getByRole('row', { name: /^node0 merchant .* nowhere chain$/ }).waitFor();
  });

  it('refuses an attack that makes no sense before the lab is asked', async () => {
    await goTo('Attack');
    await page.getByLabel('Attacker’s hash rate, %').fill('130');
    await page.getByRole('button', { name: 'Attack these nodes' }).click();
    await page
      .getByRole('alert')
      .getByText(/between 0 and 1/)
      .waitFor();
  });

  it('holds trials against the theory', async () => {
    await goTo('Attack');
    await page.getByLabel('Attacker’s hash rate, %').fill('30');
    await page.getByRole('button', { name: 'Statistics' }).click();
    await page.getByLabel('Trials at each place').fill('2000');
    await page.getByRole('button', { name: 'Run trials' }).click();
    await page.getByRole('heading', { name: /By confirmations/ }).waitFor();
    await page.getByRole('img', { name: /By confirmations: .*9: / }).waitFor();
    await page.getByRole('row', { name: /double spends/ }).waitFor();
  });

  it('lists events, and shows the lab as it was', async () => {
    await goTo('Time line');
    await page
      .getByRole('cell', { name: /^attack/ })
      .first()
      .waitFor();
    for (const group of ['Blocks', 'Tips', 'Transactions', 'Network', 'Lab'])
      await page.getByRole('checkbox', { name: group, exact: true }).uncheck();
    await page.getByRole('row').filter({ hasText: 'hears of' }).first().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Look back in this lab' }).click();
    const place = page.getByRole('slider', { name: 'Place in the recording' });
    await place.press('Home');
    await page.getByText(/event 0 of/).waitFor();
    await place.press('End');
    await goTo('Chain');
    await page.getByRole('cell', { name: 'chain' }).first().waitFor();
    await page.getByRole('button', { name: 'Back to the lab' }).click();
    await page.getByRole('region', { name: 'Recording' }).waitFor({ state: 'detached' });
  });

  function tips(): Promise<string[]> {
    return Promise.all(lab.network.nodes.map(({ rpc }) => rpc.call('getbestblockhash')));
  }
});
