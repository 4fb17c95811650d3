import { HEADERS_PER_STEP } from '../../chain/connect/accept-headers.js';
import { MAX_FUTURE_BLOCK_TIME } from '../../consensus/limits.js';
import type { ConsensusParams } from '../../consensus/params.js';
import { permittedDifficultyTransition } from '../../consensus/pow.js';
import { SipHash } from '../../crypto/siphash.js';
import { bytesEqual, type Hash256 } from '../../primitives/bytes.js';
import { BlockHeader } from '../../primitives/header.js';
import { blockWork, formatUint256 } from '../../primitives/target.js';
import type { Logger } from '../../runtime/logger.js';
import { firstFound, type Steps } from '../../runtime/steps.js';
import type { NodeId } from '../api.js';
import { type Random, randomBelow } from '../random.js';

/** Headers for which one bit is kept; with the buffer chosen so that a cheat is found out before headers are kept. */
const COMMITMENT_PERIOD = 615;
/** Headers held back in the second pass: more than 23 commitments lie among them. */
const REDOWNLOAD_BUFFER_SIZE = 14_621;
/** The rules on times allow six blocks a second at most, in the long run. */
const MAX_BLOCKS_PER_SECOND = 6;

export interface PresyncStart {
  readonly height: number;
  readonly header: BlockHeader;
  readonly work: bigint;
  readonly medianTimePast: number;
  /** Locator from the start backwards. */
  readonly locator: readonly Hash256[];
}

export interface PresyncResult {
  /** Headers whose chain is known to have enough work: they may be kept. */
  readonly headers: readonly BlockHeader[];
  /** The next headers are to be asked for. */
  readonly requestMore: boolean;
  readonly success: boolean;
}

const FAILURE: PresyncResult = { headers: [], requestMore: false, success: false };

/**
 * Downloads a header chain twice, so that a peer cannot make us store a chain without work: first its work is added up
 * while only one bit for every 615 headers is kept; when it is enough, the headers are downloaded again, compared with
 * those bits, and released. A few kilobytes instead of gigabytes are at an attacker's disposal.
 */
export class HeadersPresync {
  state: 'presync' | 'redownload' | 'final' = 'presync';
  private readonly hasher: SipHash;
  private readonly offset: number;
  private readonly maxCommitments: number;
  private commitments: boolean[] = [];
  private nextCommitment = 0;
  private last: BlockHeader;
  private work: bigint;
  private height: number;
  private buffer: BlockHeader[] = [];
  private releaseAll = false;

  constructor(
    private readonly peer: NodeId,
    private readonly params: ConsensusParams,
    private readonly start: PresyncStart,
    private readonly minimumWork: bigint,
    now: number,
    random: Random,
    private readonly logger: Logger,
  ) {
    this.hasher = new SipHash(random.u64(), random.u64());
    this.offset = randomBelow(random, COMMITMENT_PERIOD);
    const seconds = now - start.medianTimePast + MAX_FUTURE_BLOCK_TIME;
    this.maxCommitments = Math.floor((MAX_BLOCKS_PER_SECOND * seconds) / COMMITMENT_PERIOD);
    this.last = start.header;
    this.work = start.work;
    this.height = start.height;
    this.debug(
      `Initial headers sync started with peer=${peer}: height=${this.height}, max_commitments=${this.maxCommitments}, min_work=${formatUint256(minimumWork)}`,
    );
  }

  /** Height of the first pass, for getpeerinfo; -1 when it is over. */
  get presyncHeight(): number {
    return this.state === 'presync' ? this.height : -1;
  }

  get currentWork(): bigint {
    return this.work;
  }

  /** Unix seconds of the last header seen. */
  get time(): number {
    return this.last.time;
  }

  /** Takes headers that have valid proof of work and are continuous. `full` means that the peer has more. */
  *process(headers: readonly BlockHeader[], full: boolean): Steps<PresyncResult> {
    if (this.state === 'final' || headers.length === 0) return FAILURE;
    const isFirstPass = this.state === 'presync';
    const result = yield* isFirstPass ? this.presync(headers, full) : this.redownload(headers, full);
    this.detachLast();
    if (!result.success || !result.requestMore) this.finish();
    return result;
  }

  nextLocator(): Hash256[] {
    return [this.last.hash, ...this.start.locator];
  }

  private *presync(headers: readonly BlockHeader[], full: boolean): Steps<PresyncResult> {
    if (!bytesEqual(headers[0]?.prevHash ?? new Uint8Array(), this.last.hash)) {
      return this.abort(`non-continuous headers at height=${this.height} (presync phase)`);
    }
    const problem = yield* firstFound(headers, HEADERS_PER_STEP, header => this.commit(header));
    if (problem !== undefined) return this.abort(`${problem} at height=${this.height + 1} (presync phase)`);
    if (this.work >= this.minimumWork) {
      this.debug(
        `Initial headers sync transition with peer=${this.peer}: reached sufficient work at height=${this.height}, redownloading from height=${this.start.height}`,
      );
      this.state = 'redownload';
      this.last = this.start.header;
      this.work = this.start.work;
      this.height = this.start.height;
      return { headers: [], requestMore: true, success: true };
    }
    if (full) return { headers: [], requestMore: true, success: true };
    this.debug(
      `Initial headers sync aborted with peer=${this.peer}: incomplete headers message at height=${this.height} (presync phase)`,
    );
    return { headers: [], requestMore: false, success: true };
  }

  /** Says what is wrong with the header. */
  private commit(header: BlockHeader): string | undefined {
    const height = this.height + 1;
    if (!permittedDifficultyTransition(this.params, height, this.last.bits, header.bits)) {
      return 'invalid difficulty transition';
    }
    if (height % COMMITMENT_PERIOD === this.offset) {
      this.commitments.push(this.bitOf(header));
      if (this.commitments.length > this.maxCommitments) return 'exceeded max commitments';
    }
    this.advance(header);
    return undefined;
  }

  private *redownload(headers: readonly BlockHeader[], full: boolean): Steps<PresyncResult> {
    const problem = yield* firstFound(headers, HEADERS_PER_STEP, header => this.keep(header));
    if (problem !== undefined)
      return this.abort(`${problem} at height=${this.height + 1} (redownload phase)`);
    const released = this.release();
    if (this.buffer.length === 0 && this.releaseAll) {
      this.debug(
        `Initial headers sync complete with peer=${this.peer}: releasing all at height=${this.height} (redownload phase)`,
      );
      return { headers: released, requestMore: false, success: true };
    }
    if (!full) {
      this.debug(
        `Initial headers sync aborted with peer=${this.peer}: incomplete headers message at height=${this.height} (redownload phase)`,
      );
    }
    return { headers: released, requestMore: full, success: true };
  }

  /** Holds the header back. Says what is wrong with it. */
  private keep(header: BlockHeader): string | undefined {
    const problem = this.verify(header);
    if (problem !== undefined) return problem;
    this.buffer.push(header);
    this.advance(header);
    return undefined;
  }

  private verify(header: BlockHeader): string | undefined {
    const height = this.height + 1;
    if (!bytesEqual(header.prevHash, this.last.hash)) return 'non-continuous headers';
    if (!permittedDifficultyTransition(this.params, height, this.last.bits, header.bits)) {
      return 'invalid difficulty transition';
    }
    if (this.work + blockWork(header.bits) >= this.minimumWork) this.releaseAll = true;
    if (this.releaseAll || height % COMMITMENT_PERIOD !== this.offset) return undefined;
    const expected = this.commitments[this.nextCommitment++];
    if (expected === undefined) return 'commitment overrun';
    return expected === this.bitOf(header) ? undefined : 'commitment mismatch';
  }

  private release(): BlockHeader[] {
    const keep = this.releaseAll ? 0 : REDOWNLOAD_BUFFER_SIZE;
    return this.buffer.splice(0, Math.max(0, this.buffer.length - keep));
  }

  private advance(header: BlockHeader): void {
    this.last = header;
    this.work += blockWork(header.bits);
    this.height++;
  }

  /** A copy: a header is a view of its message, which need not be kept for it. */
  private detachLast(): void {
    this.last = new BlockHeader(this.last.raw.slice());
  }

  private bitOf(header: BlockHeader): boolean {
    return (this.hasher.hash32(header.hash) & 1) === 1;
  }

  private abort(why: string): PresyncResult {
    this.debug(`Initial headers sync aborted with peer=${this.peer}: ${why}`);
    return FAILURE;
  }

  private finish(): void {
    this.state = 'final';
    this.commitments = [];
    this.buffer = [];
  }

  private debug(message: string): void {
    this.logger.debug('net', message);
  }
}
