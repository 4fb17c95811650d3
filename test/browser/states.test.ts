import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ControlServer } from '../../regtest/control/server.js';
import { accessibilityFaults } from './support/accessibility.js';
import { launch, openPage, reasonToSkip } from './support/browser.js';
import { ModelLab } from './support/model-lab.js';

const VIEWS = ['chain', 'network', 'node/0', 'mempool/0', 'attack', 'time', 'tx/none', 'block/none'];

const rpc = ({ method }: Readonly<Record<string, unknown>>): unknown =>
  method === 'getblocktemplate' ? { height: 1, transactions: [] } : {};

describe.skipIf(reasonToSkip() !== undefined)('the page', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launch();
  });

  afterAll(() => browser?.close());

  it.each([
    { what: 'no block but the first, one node', nodes: 1, blocks: 0 },
    { what: 'fifty nodes, each joined to all others', nodes: 50, blocks: 120 },
  ])('shows every view in both themes, readable and with names for everything: $what', async options => {
    const lab = new ModelLab({ topology: 'mesh', ...options }, () => ({ rpc }));
    if (options.nodes > 1) {
      lab.mine(0, lab.everyone().slice(0, 20));
      lab.mine(49, [], true);
      lab.setLink(3, 17, { latencyMs: 90 });
      lab.setLink(4, 30, { down: true });
    }
    await using server = await ControlServer.start(lab);
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, faults } = await openPage(browser, server, { colorScheme });
      for (const view of VIEWS) {
        await page.evaluate(`location.hash = '#/${view}'`);
        await page.waitForFunction('document.querySelector("main h1") !== null');
        expect(await accessibilityFaults(page), `${view}, ${colorScheme}`).toEqual([]);
        const width = await page.evaluate('document.documentElement.scrollWidth');
        expect(width, `${view} is no wider than the window`).toBeLessThanOrEqual(1280);
      }
      expect(faults).toEqual([]);
      await page.close();
    }
  });

  it('is held to checks that find what is wrong', async () => {
    const page = await browser.newPage();
    await page.setContent(
      '<body style="background:#fff"><h1>a</h1><h1>b</h1><button></button><label>c</label><p style="color:#999">d</p>',
    );
    expect((await accessibilityFaults(page)).map(fault => fault.replace(/[:"].*/, '').trim())).toEqual([
      'has no name',
      'label of nothing',
      'there are 2 first headings',
      'the language is not told',
      'contrast 2.85 of',
    ]);
    await page.close();
  });

  it('asks for a token when it has none, or one that the lab does not know', async () => {
    const lab = new ModelLab({ nodes: 2 });
    await using server = await ControlServer.start(lab);
    const { page } = await openPage(browser, { pageUrl: `${server.url}/#token=wrong` });
    await page.getByRole('heading', { name: 'The lab does not know this token' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByLabel('Token, or the whole address').fill(server.pageUrl ?? '');
    await page.getByRole('button', { name: 'Open the lab' }).click();
    await page.getByText('2 of 2').waitFor();
    await page.goto('about:blank');
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'The lab asks for its token' }).waitFor();
    const kept = await page.evaluate('JSON.stringify([localStorage, sessionStorage, document.cookie])');
    expect(kept).not.toContain(server.token);
    await page.close();
  });

  it('says when the lab is gone, and asks for the token of the one that took its place', async () => {
    const lab = new ModelLab({ nodes: 2, blocks: 4 });
    const first = await ControlServer.start(lab);
    const { page } = await openPage(browser, first);
    await page.getByText('2 of 2').waitFor();
    const { port } = first;
    await first.stop();
    await page.getByText('The connection to the lab is lost.').waitFor();
    await using second = await ControlServer.start(lab, { port });
    await page.getByRole('heading', { name: 'The lab does not know this token' }).waitFor();
    await page.getByLabel('Token, or the whole address').fill(second.token);
    await page.getByRole('button', { name: 'Open the lab' }).click();
    await page.getByRole('link', { name: /^Block 4 / }).waitFor();
    await page.close();
  });

  it('goes on by itself when the connection is there again', async () => {
    const lab = new ModelLab({ nodes: 2, blocks: 4 });
    await using server = await ControlServer.start(lab);
    const page = await browser.newPage();
    const line = await Line.before(page);
    await page.goto(server.pageUrl ?? '');
    await page.getByText('2 of 2').waitFor();
    await line.cut();
    await page.getByText('The connection to the lab is lost.').waitFor();
    lab.mine(1);
    line.mend();
    await page.getByRole('link', { name: /^Block 5 .*found by node1/ }).waitFor();
    await page.getByText('The connection to the lab is lost.').waitFor({ state: 'detached' });
    await page.close();
  });

  it('asks for older blocks when it is scrolled there', async () => {
    const lab = new ModelLab({ nodes: 2, blocks: 900 });
    await using server = await ControlServer.start(lab);
    const { page, faults } = await openPage(browser, server);
    await page.getByText('400 blocks from height 501').waitFor();
    await page.getByRole('button', { name: 'Oldest' }).click();
    await page.getByText('800 blocks from height 101').waitFor();
    await page.getByRole('button', { name: 'Oldest' }).click();
    await page.getByText('901 blocks from the first block').waitFor();
    await page.getByRole('button', { name: 'Oldest' }).click();
    await page.getByRole('link', { name: /^Block 0 / }).waitFor();
    expect(faults).toEqual([]);
    await page.close();
  });

  it('remembers the theme that was chosen, and nothing else', async () => {
    const lab = new ModelLab({ nodes: 1 });
    await using server = await ControlServer.start(lab);
    const { page } = await openPage(browser, server, { colorScheme: 'light' });
    await page.getByRole('combobox', { name: 'Theme' }).selectOption('dark');
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    expect(await page.evaluate('JSON.stringify(localStorage)')).toBe('{"blocksmith-theme":"dark"}');
    await page.close();
  });
});

/** What lies between a page and its lab, which a test can cut. */
class Line {
  private isCut = false;
  private socket: WebSocketRoute | undefined;

  /** To be called before the page is opened. */
  static async before(page: Page): Promise<Line> {
    const line = new Line();
    await page.route('**/api/*', route => (line.isCut ? route.abort() : route.continue()));
    await page.routeWebSocket('**/events', socket => {
      line.socket = socket;
      socket.connectToServer();
    });
    return line;
  }

  async cut(): Promise<void> {
    this.isCut = true;
    await this.socket?.close();
  }

  mend(): void {
    this.isCut = false;
  }
}
