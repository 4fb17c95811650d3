import { RpcCallError } from '../../regtest/rpc/caller.js';
import { waitFor } from '../../regtest/wait.js';
import { hashToHex, toHex } from '../../src/primitives/bytes.js';
import type { BlockStatus, BuiltCase, Step } from './cases.js';
import { coinsHash } from './coins.js';
import { expectEqual, rootsOf, statusAfter, tipAfter, WrongVerdict } from './expectations.js';
import type { BuiltBlock } from './generator.js';
import { NOW, type Rules, TRUNK } from './lab.js';
import { LogReader } from './log-reader.js';
import type { NodeUnderTest, StartNode } from './nodes.js';
import { ServingPeer } from './serving-peer.js';
import { isPunished, type Reason, reason } from './verdicts.js';

/** RPC code of a block that is not known. */
const NOT_FOUND = -5;
/** Nothing takes so long, but a machine that is busy with much else may. */
const PATIENCE_MS = 20_000;

type BlockStep = Extract<Step, { kind: 'block' }>;
type BranchStep = Extract<Step, { kind: 'branch' }>;
type BytesStep = Extract<Step, { kind: 'bytes' }>;

/** A daemon that cases are played to by a peer. */
export class WireNode {
  private readonly log: LogReader;
  private peer: ServingPeer | undefined;
  private announced = 0;

  private constructor(private readonly node: NodeUnderTest) {
    this.log = new LogReader(node.logPath);
  }

  /** A daemon under these rules that stands at the trunk's tip. */
  static async start(startNode: StartNode, folder: string, rules: Rules): Promise<WireNode> {
    const node = await startNode(folder, rules);
    for (const { bytes } of TRUNK.blocks) {
      expectEqual(
        'answer to a block of the trunk',
        await node.rpc.request('submitblock', toHex(bytes)),
        null,
      );
    }
    return new WireNode(node);
  }

  stop(): Promise<void> {
    this.peer?.close();
    return this.node.stop();
  }

  /**
   * Plays a case and looks at everything that is to be seen of it; the node then stands at the trunk's tip again.
   *
   * @returns how many verdicts were as expected
   * @throws Error at the first that was not
   */
  async play({ steps }: BuiltCase): Promise<number> {
    try {
      let verdicts = 0;
      for (const step of steps) verdicts += await this.step(step);
      await this.expectCoins(tipAfter(steps));
      return verdicts;
    } finally {
      this.peer?.close();
      this.peer = undefined;
      await this.reset(steps);
    }
  }

  private async reset(steps: readonly Step[]): Promise<void> {
    if (steps.some(step => step.kind === 'clock')) await this.setTime(NOW);
    for (const root of rootsOf(steps)) {
      const hash = hashToHex(root.header.hash);
      await this.node.rpc.request('invalidateblock', hash).catch((error: unknown) => {
        if (!(error instanceof RpcCallError) || error.code !== NOT_FOUND) throw error;
      });
    }
    expectEqual('best block after a case', await this.bestBlock(), hashToHex(TRUNK.tip.header.hash));
  }

  /** One for a verdict, none for the clock. */
  private async step(step: Step): Promise<number> {
    if (step.kind === 'clock') {
      await this.setTime(step.now);
      return 0;
    }
    this.log.mark();
    if (step.kind === 'block') await this.handBlock(step);
    else if (step.kind === 'branch') await this.handBranch(step);
    else await this.handBytes(step);
    await this.waitForTip(step.tip);
    const { left } = step;
    if (left !== undefined) expectEqual('status of what was left', await this.statusOf(left), 'valid-fork');
    return 1;
  }

  private async handBlock({ block, verdict }: BlockStep): Promise<void> {
    switch (verdict.kind) {
      case 'tip':
        await this.announceGood(block);
        await this.waitForTip(block);
        break;
      case 'side':
        (await this.connected()).announce([block]);
        await this.waitForStatus(block, 'valid-headers');
        break;
      case 'known':
        (await this.connected()).push(block.bytes);
        break;
      case 'orphan':
        await this.handOrphan(block);
        break;
      case 'rejected':
        await this.handBad(block, verdict.reason);
        break;
    }
    const isHarmless = verdict.kind !== 'rejected' && verdict.kind !== 'orphan';
    if (isHarmless) await this.expectConnected();
    const status = verdict.kind === 'tip' ? undefined : statusAfter(verdict);
    if (status !== undefined) expectEqual('status', await this.statusOf(block), status);
  }

  /** By its header and, every other time, by its hash, as peers do that were not asked for headers (BIP130). */
  private async announceGood(block: BuiltBlock): Promise<void> {
    const peer = await this.connected();
    if (this.announced++ % 2 === 0) peer.announce([block]);
    else peer.announceByHash(block);
  }

  /** Announced, it makes the node ask for what is before it; sent all the same, it is an offence. */
  private async handOrphan(block: BuiltBlock): Promise<void> {
    const peer = await this.connected();
    await peer.sync();
    const before = peer.timesAskedForHeaders;
    peer.announce([block]);
    await this.waitUntil('the node to ask for headers', () => peer.timesAskedForHeaders > before);
    await this.expectConnected();
    await this.pushBad(block, reason('prev-blk-not-found'));
  }

  private async handBad(block: BuiltBlock, why: Reason): Promise<void> {
    const peer = await this.connected();
    peer.announce([block]);
    if (why.stage !== 'header') {
      await this.expectRefused(peer, refusalOf(block, why), isPunished(why));
      return;
    }
    await this.expectRefused(peer, headerRefusalOf(block, why), isPunished(why));
    await this.pushBad(block, why);
  }

  private async pushBad(block: BuiltBlock, why: Reason): Promise<void> {
    this.log.mark();
    const peer = await this.connected();
    peer.push(block.bytes);
    await this.expectRefused(peer, refusalOf(block, why), isPunished(why));
  }

  private async handBranch({ blocks, broken, tip }: BranchStep): Promise<void> {
    const peer = await this.connected();
    peer.announce(blocks);
    const last = blocks.at(-1) ?? tip;
    if (broken !== undefined) {
      await this.expectRefused(peer, refusalOf(broken.block, broken.reason), isPunished(broken.reason));
    } else if (tip === last) await this.waitForTip(tip);
    else await this.waitForStatus(last, 'valid-headers');
    if (broken === undefined) await this.expectConnected();
    await this.waitForTip(tip);
    await this.expectCoins(tip);
  }

  /** What does not parse costs the peer nothing. */
  private async handBytes({ bytes, error }: BytesStep): Promise<void> {
    (await this.connected()).push(bytes);
    await this.expectConnected();
    const [, told = 'nothing'] =
      /ProcessMessages\(block, \d+ bytes\): Exception '([^']*)'/.exec(this.log.read()) ?? [];
    if (!error.test(told)) throw new WrongVerdict(`what is wrong with the bytes: ${told}, expected ${error}`);
  }

  private async connected(): Promise<ServingPeer> {
    if (this.peer?.isClosed !== false) this.peer = await ServingPeer.connect(this.node.p2pPort);
    return this.peer;
  }

  private async expectConnected(): Promise<void> {
    const { peer } = this;
    await peer?.sync().catch(() => {});
    if (peer?.isClosed !== false) throw new WrongVerdict(`the peer was disconnected\n${this.log.read()}`);
  }

  /** The node tells of a refusal, and ends the connection or does not. */
  private async expectRefused(peer: ServingPeer, wanted: RegExp, disconnects: boolean): Promise<void> {
    await this.waitUntil(`the log to say ${wanted}`, () => wanted.test(this.log.read()));
    if (disconnects) await this.waitUntil('the peer to be disconnected', () => peer.isClosed);
    else await this.expectConnected();
  }

  private async waitForTip(tip: BuiltBlock): Promise<void> {
    const wanted = hashToHex(tip.header.hash);
    await this.waitUntil(`block ${wanted} to be the best`, async () => (await this.bestBlock()) === wanted);
  }

  private async waitForStatus(block: BuiltBlock, wanted: BlockStatus): Promise<void> {
    await this.waitUntil(`status ${wanted}`, async () => (await this.statusOf(block)) === wanted);
  }

  private async waitUntil(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
    await waitFor(condition, { what, timeoutMs: PATIENCE_MS }).catch((error: unknown) => {
      throw new WrongVerdict(`${error}\n${this.log.read()}`);
    });
  }

  private bestBlock(): Promise<string> {
    return this.node.rpc.call('getbestblockhash');
  }

  private async statusOf({ header }: BuiltBlock): Promise<BlockStatus> {
    const hash = hashToHex(header.hash);
    const tips = await this.node.rpc.request<{ hash: string; status: BlockStatus }[]>('getchaintips');
    return tips.find(tip => tip.hash === hash)?.status ?? 'unknown';
  }

  private async expectCoins(tip: BuiltBlock): Promise<void> {
    const stats = await this.node.rpc.request<{ hash_serialized_3: string }>('gettxoutsetinfo');
    expectEqual('hash of the coins', stats.hash_serialized_3, hashToHex(coinsHash(tip)));
  }

  private async setTime(seconds: number): Promise<void> {
    await this.node.rpc.request('setmocktime', seconds);
  }
}

/** What the log says of a block that was sent. */
function refusalOf({ header }: BuiltBlock, { stage, code }: Reason): RegExp {
  const said = `${literal(code)}(, |\\)|$)`;
  if (stage === 'mutated') return new RegExp(`Block mutated: ${said}`, 'm');
  if (stage === 'connect') return new RegExp(`ConnectBlock ${hashToHex(header.hash)} failed, ${said}`, 'm');
  return new RegExp(`ProcessNewBlock: AcceptBlock FAILED \\(${said}`, 'm');
}

/** What the log says of a header that was announced. */
function headerRefusalOf({ header }: BuiltBlock, { code }: Reason): RegExp {
  const hash = hashToHex(header.hash);
  switch (code) {
    case 'high-hash':
      return /Misbehaving: peer=\d+: header with invalid proof of work/;
    case 'bad-prevblk':
      return new RegExp(`header ${hash} has prev block invalid: `);
    case 'duplicate':
      return new RegExp(`block ${hash} is marked invalid`);
    default:
      return new RegExp(`ContextualCheckBlockHeader: ${hash}, ${literal(code)}(, |$)`, 'm');
  }
}

/** A pattern that fits just this text. */
function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
