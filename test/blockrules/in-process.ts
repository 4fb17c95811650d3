import type { BlockChain } from '../../src/chain/chainstate.js';
import { NO_HEADER } from '../../src/consensus/chain-view.js';
import { type BlockRejection, formatRejection } from '../../src/consensus/rejection.js';
import { networkParams } from '../../src/node/config/network.js';
import { Block } from '../../src/primitives/block.js';
import { hashToHex, toHex, ZERO_HASH } from '../../src/primitives/bytes.js';
import { DecodeError, Reader } from '../../src/primitives/codec.js';
import { tipStatus } from '../../src/rpc/methods/blockchain.js';
import type { NodeClock } from '../../src/runtime/clock.js';
import { submit, testChain } from '../support/chain-builder.js';
import { settingsOf } from '../support/node-settings.js';
import type { BlockStatus, BuiltCase, Step } from './cases.js';
import { coinsHash } from './coins.js';
import { expectEqual, expectMatch, rootsOf, statusAfter, tipAfter } from './expectations.js';
import type { BuiltBlock } from './generator.js';
import { NOW, type Rules, TRUNK } from './lab.js';
import { type Reason, reason } from './verdicts.js';

/** A chain of blocks in this process, without a network, that cases are played to. */
export class InProcessChain {
  private constructor(
    private readonly chain: BlockChain,
    private readonly clock: NodeClock,
  ) {}

  /** A chain under these rules that stands at the trunk's tip. */
  static async start(rules: Rules): Promise<InProcessChain> {
    const params = networkParams(settingsOf(['-regtest', ...rules.args]));
    // Cases check the invariants when they are over.
    const { chain, clock } = testChain({ params, now: NOW, checkBlockIndex: 0 });
    await chain.start();
    await submit(chain, TRUNK.blocks.map(blockOf));
    return new InProcessChain(chain, clock);
  }

  /**
   * Plays a case and looks at everything that is to be seen of it; the chain then stands at the trunk's tip again.
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
      this.clock.setMockTime(NOW);
      for (const root of rootsOf(steps)) {
        const id = this.chain.headers.find(root.header.hash);
        if (id !== NO_HEADER) await this.chain.invalidate(id);
      }
    }
  }

  stop(): Promise<void> {
    return this.chain.stop();
  }

  /** One for a verdict, none for the clock. */
  private async step(step: Step): Promise<number> {
    switch (step.kind) {
      case 'clock':
        this.clock.setMockTime(step.now);
        return 0;
      case 'bytes':
        expectMatch('what is wrong with the bytes', decodingError(step.bytes), step.error);
        break;
      case 'block':
        await this.handBlock(step);
        break;
      case 'branch':
        await this.handBranch(step);
        break;
    }
    if (step.left !== undefined)
      expectEqual('status of what was left', this.statusOf(step.left), 'valid-fork');
    if (step.kind === 'branch') await this.expectCoins(step.tip);
    this.expectTip(step.tip);
    return 1;
  }

  private async handBlock({ block, verdict, tip }: Extract<Step, { kind: 'block' }>): Promise<void> {
    const { chain } = this;
    if (verdict.kind === 'rejected') this.tryHeader(block, verdict.reason);
    const result = await chain.processBlock(blockOf(block), { requested: true });
    switch (verdict.kind) {
      case 'tip':
      case 'side':
        expectEqual('rejection', told(result.rejection), undefined);
        expectEqual('the block is new', result.isNew, true);
        break;
      case 'known':
        expectEqual('rejection', told(result.rejection), undefined);
        expectEqual('the block is new', result.isNew, false);
        break;
      case 'orphan':
        expectReason(result.rejection, reason('prev-blk-not-found'));
        break;
      case 'rejected':
        expectReason(result.rejection, verdict.reason);
        break;
    }
    const status = statusAfter(verdict);
    if (status !== undefined) expectEqual('status', this.statusOf(block), status);
    if (verdict.kind === 'tip') expectEqual('tip', block, tip);
  }

  /** A refused header is refused without its block as well; the others are fine. */
  private tryHeader(block: BuiltBlock, why: Reason): void {
    const { rejection } = this.chain.processHeaders([block.header]);
    if (why.stage === 'header') expectReason(rejection, why);
    else expectEqual('rejection of the header', told(rejection), undefined);
  }

  private async handBranch({ blocks, broken, tip }: Extract<Step, { kind: 'branch' }>): Promise<void> {
    const { chain } = this;
    const rejections = new Map<string, BlockRejection>();
    const onChecked = (block: Block, rejection: BlockRejection | undefined) => {
      if (rejection !== undefined) rejections.set(toHex(block.hash), rejection);
    };
    chain.events.on('checked', onChecked);
    chain.processHeaders(blocks.map(({ header }) => header));
    for (const block of blocks) {
      await chain.processBlock(blockOf(block), { requested: true });
      // A peer that brings a bad block brings no more.
      if (broken !== undefined && rejections.has(toHex(broken.block.header.hash))) break;
    }
    chain.events.off('checked', onChecked);
    const [first, ...others] = [...rejections];
    expectEqual('blocks refused', others.length, 0);
    if (broken === undefined) expectEqual('rejection', told(first?.[1]), undefined);
    else {
      expectEqual('refused block', first?.[0], toHex(broken.block.header.hash));
      expectReason(first?.[1], broken.reason);
      expectEqual('status of the refused block', this.statusOf(broken.block), 'invalid');
    }
    if (tip === blocks.at(-1)) expectEqual('status', this.statusOf(tip), 'active');
  }

  private statusOf({ header }: BuiltBlock): BlockStatus {
    const id = this.chain.headers.find(header.hash);
    return id === NO_HEADER ? 'unknown' : tipStatus(this.chain, id);
  }

  private expectTip(tip: BuiltBlock): void {
    const { chain } = this;
    expectEqual('best block', hashToHex(chain.headers.hash(chain.tip)), hashToHex(tip.header.hash));
  }

  private async expectCoins(tip: BuiltBlock): Promise<void> {
    const { chain } = this;
    chain.checkInvariants();
    const stats = await chain.utxoStats('hash_serialized_3');
    expectEqual('hash of the coins', toHex(stats.hash ?? ZERO_HASH), toHex(coinsHash(tip)));
  }
}

const parsed = new WeakMap<BuiltBlock, Block>();

/** A block as it would come from a peer: read from its bytes. */
function blockOf(built: BuiltBlock): Block {
  let block = parsed.get(built);
  if (block === undefined) {
    block = Block.parse(built.bytes);
    parsed.set(built, block);
  }
  return block;
}

function decodingError(bytes: Uint8Array): string {
  try {
    Block.read(new Reader(bytes));
    return 'a block';
  } catch (thrown) {
    if (!(thrown instanceof DecodeError)) throw thrown;
    return thrown.message;
  }
}

function told(rejection: BlockRejection | undefined): string | undefined {
  return rejection === undefined ? undefined : formatRejection(rejection);
}

function expectReason(rejection: BlockRejection | undefined, { code, category }: Reason): void {
  expectEqual('reject code', rejection?.reason ?? 'none', code);
  expectEqual('category', rejection?.result ?? 'none', category);
}
