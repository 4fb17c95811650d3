import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MAX_ANSWERED_EVENTS } from '../../regtest/control/protocol.js';
import { ControlServer } from '../../regtest/control/server.js';
import { RecordedLab } from '../../regtest/lab/recorded-lab.js';
import { RegtestNetwork } from '../../regtest/network.js';
import { accessibilityFaults } from './support/accessibility.js';
import { launch, openPage, reasonToSkip, type Watched } from './support/browser.js';
import { ModelLab } from './support/model-lab.js';

describe.skipIf(reasonToSkip() !== undefined)('the page of a recording', () => {
  let browser: Browser;
  let server: ControlServer;
  let watched: Watched;
  let page: Page;
  let recorded: RecordedLab;
  let payment: string;
  const folder = mkdtempSync(join(tmpdir(), 'blocksmith-replay-'));

  beforeAll(async () => {
    recorded = await RecordedLab.open(await record(join(folder, 'run.jsonl')));
    server = await ControlServer.start(recorded);
    browser = await launch();
    watched = await openPage(browser, server);
    page = watched.page;
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  afterEach(() => {
    expect(watched.faults).toEqual([]);
  });

  /** A payment that a reorganisation throws out of the chain, between two nodes. */
  async function record(file: string): Promise<string> {
    await using network = await RegtestNetwork.create({ mode: 'inProcess', nodes: 2, seed: 4 });
    const recorder = await network.recordTo(file, { since: 0, name: 'yesterday' });
    payment = await network.node(0).wallet().call('sendtoaddress', network.node(1).key.address, 0.5);
    await network.waitForMempool(payment);
    await network.node(0).mine(2);
    await network.waitForSync();
    await network.reorg({ depth: 2 });
    await network.waitForMempool(payment);
    await recorder.stop();
    return file;
  }

  const goTo = (view: string) => page.getByRole('navigation', { name: 'Views' }).getByText(view).click();
  const bar = () => page.getByRole('region', { name: 'Recording' });
  const place = () => page.getByRole('slider', { name: 'Place in the recording' });

  it('opens on its time line, at its end', async () => {
    await page.getByRole('heading', { name: 'Time line' }).waitFor();
    expect(page.url()).toBe(`${server.url}/#/time`);
    const { length } = recorded.recording.events;
    await bar()
      .getByText(`event ${length.toLocaleString('en')} of ${length.toLocaleString('en')}`)
      .waitFor();
    await bar().getByText('run.jsonl').waitFor();
    await page.getByText('yesterday').waitFor();
    await page.locator('.readings').getByText('104', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Back to the lab' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Look back in this lab' }).count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('shows every view as it was at a place in it', async () => {
    const { events } = recorded.recording;
    const reorg = events.findIndex(({ type }) => type === 'blockDisconnected');
    await place().fill(String(reorg));
    await goTo('Chain');
    await page.locator('.readings').getByText('103', { exact: true }).waitFor();
    await page.getByRole('link', { name: /^Block 103 .* at 2 nodes, tip of node0, node1$/ }).waitFor();
    await place().press('End');
    await page.getByRole('cell', { name: 'fork' }).first().waitFor();
    await page.evaluate(`location.hash = '#/tx/${payment}'`);
    await page.getByText('reversed, out of').first().waitFor();
    await place().press('Home');
    await page.getByText('event 0 of').waitFor();
    await goTo('Network');
    await page.getByRole('button', { name: /^node1: height 0/ }).waitFor();
  });

  it('plays from where it stands to its end', async () => {
    await page.getByRole('combobox', { name: 'Speed' }).selectOption('100×');
    await page.getByRole('button', { name: 'Play' }).click();
    await page.getByRole('button', { name: /^node1: height 104/ }).waitFor();
    await page.getByRole('button', { name: 'Play' }).waitFor();
  });

  it('offers nothing that would change something, and says so where it is asked for', async () => {
    await goTo('Nodes');
    await page.getByText('A recording holds no node to ask').waitFor();
    for (const name of ['Mine', 'Send', 'Kill'])
      expect(await page.getByRole('button', { name }).count()).toBe(0);
    expect(await page.locator('details.menu').count()).toBe(0);
    await goTo('Attack');
    await page.getByRole('button', { name: 'Attack these nodes' }).click();
    await page.getByRole('alert').getByText('This is a recording: nothing can be changed.').waitFor();
  });

  it('holds all that a lab has kept, however much that is', async () => {
    const lab = new ModelLab({ nodes: 2 });
    while (lab.lastSeq < 1.2 * MAX_ANSWERED_EVENTS) lab.pay();
    await using model = await ControlServer.start(lab);
    const { page: live, faults } = await openPage(browser, model);
    await live.getByText('2 of 2').waitFor();
    await live.evaluate("location.hash = '#/time'");
    await live.getByRole('button', { name: 'Look back in this lab' }).click();
    const all = lab.lastSeq.toLocaleString('en');
    await live.getByText(`event ${all} of ${all}`).waitFor();
    expect(faults).toEqual([]);
    await live.close();
  });
});
