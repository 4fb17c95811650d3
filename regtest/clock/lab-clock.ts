import { MAX_FUTURE_BLOCK_TIME } from '../../src/consensus/limits.js';
import { JobQueue, runDetached } from '../../src/runtime/queue.js';
import { ifAnswering } from '../answering.js';
import type { RegtestNode } from '../node.js';
import type { ClockState, NetworkClock } from './clock-state.js';
import { waitForDownloads } from './downloads.js';

/** A header has 32 bits for the time: it ends in February 2106. */
export const MAX_CLOCK_TIME = 0xffff_ffff;

/** One step is ten years at most, so that a slip of the unit is noticed. */
export const MAX_ADVANCE = 10 * 365 * 24 * 3600;

/** Changes that wait for their turn. */
const MAX_PENDING = 100;

const TICK_MS = 1000;

export interface ClockModules {
  /** All nodes of the network. */
  readonly nodes: readonly RegtestNode[];
  /** Restores connections that are meant to be there and are not. */
  readonly relink: () => Promise<void>;
  /** Told of each change that was asked for. */
  readonly onChange?: ((state: ClockState) => void) | undefined;
  /** Unix seconds at which the time stands still at first; the machine's time unless told. */
  readonly startsAt?: number | undefined;
  /** The machine's time in milliseconds since 1970; that of the system unless told. */
  readonly nowMs?: (() => number) | undefined;
}

/** How a clock is set: what of it outlives its network. */
export interface ClockSetting {
  /** Whole seconds ahead of the machine's clock. */
  readonly offset: number;
  /** Unix seconds at which it stands still. */
  readonly frozenAt?: number | undefined;
}

interface TipTimes {
  /** Of the tip's header, and the median of the last eleven, in Unix seconds. */
  readonly time: number;
  readonly mediantime: number;
}

/** The time of a network's nodes, which nothing else sets: told to each whenever it changes, and every second while it runs. */
export class LabClock implements NetworkClock {
  private offset = 0;
  private frozenAt: number | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;
  private readonly jobs = new JobQueue('clock of the lab', MAX_PENDING);
  private readonly nowMs: () => number;

  constructor(private readonly modules: ClockModules) {
    this.nowMs = modules.nowMs ?? Date.now;
    this.frozenAt = modules.startsAt;
  }

  get state(): ClockState {
    const machine = this.machineTime();
    const time = this.frozenAt ?? machine + this.offset;
    return { time, offset: time - machine, frozen: this.frozenAt !== undefined };
  }

  /** Options for a node that starts now, so that it has the time of the others from its first moment. */
  get startArgs(): readonly string[] {
    return this.isReleased ? [] : [`-mocktime=${this.state.time}`];
  }

  advance(seconds: number): Promise<ClockState> {
    return this.change(() => {
      if (!Number.isSafeInteger(seconds) || seconds < 1 || seconds > MAX_ADVANCE) {
        throw new RangeError(`the time goes forward by 1 to ${MAX_ADVANCE} whole seconds, not by ${seconds}`);
      }
      const { time, frozen } = this.state;
      this.moveTo(checkedTime(time + seconds), frozen);
    });
  }

  set(unixSeconds: number, options: { readonly freeze?: boolean } = {}): Promise<ClockState> {
    return this.change(async () => {
      checkedTime(unixSeconds);
      await this.checkMedians(unixSeconds);
      await this.checkTips(unixSeconds);
      this.moveTo(unixSeconds, options.freeze ?? this.state.frozen);
    });
  }

  freeze(): Promise<ClockState> {
    return this.change(() => this.moveTo(this.state.time, true));
  }

  release(): Promise<ClockState> {
    return this.change(async () => {
      await this.checkTips(this.machineTime());
      this.offset = 0;
      this.frozenAt = undefined;
    });
  }

  /**
   * Moves the time on to a moment at which it stands still; never back. Without the care for downloads and connections that
   * {@link set} takes: nodes are apart.
   */
  step(unixSeconds: number): Promise<void> {
    return this.jobs.push(async () => {
      this.moveTo(checkedTime(Math.max(this.state.time, unixSeconds)), true);
      await this.tellAll();
      this.schedule();
      this.modules.onChange?.(this.state);
    });
  }

  get setting(): ClockSetting {
    return { offset: this.offset, frozenAt: this.frozenAt };
  }

  /** Sets the clock as it was at another time. No node runs: they get the time when they start. */
  bringBack({ offset, frozenAt }: ClockSetting): void {
    this.offset = offset;
    this.frozenAt = frozenAt;
    this.schedule();
    this.modules.onChange?.(this.state);
  }

  /** Gives a node that has just started the time that it is by now. */
  async join(node: RegtestNode): Promise<void> {
    if (!this.isReleased) await this.jobs.push(() => this.tell(node));
  }

  /** Ends the ticking, and waits for what is under way. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.jobs.close();
  }

  private get isReleased(): boolean {
    return this.offset === 0 && this.frozenAt === undefined;
  }

  private machineTime(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  private moveTo(time: number, frozen: boolean): void {
    this.offset = time - this.machineTime();
    this.frozenAt = frozen ? time : undefined;
  }

  /**
   * A download that is under way when the time jumps looks as if it had taken that long, and its peer is dropped for it.
   * So the jump waits until blocks have arrived, and whoever was dropped all the same is connected again.
   */
  private change(move: () => Promise<void> | void): Promise<ClockState> {
    return this.jobs.push(async () => {
      const { nodes, relink, onChange } = this.modules;
      await waitForDownloads(nodes);
      await move();
      // A second may pass until connections are back, which the nodes have not been told of.
      const { state } = this;
      await this.tellAll();
      await waitForDownloads(nodes);
      await relink();
      this.schedule();
      onChange?.(state);
      return state;
    });
  }

  /** @throws RangeError when blocks that a node has would be too far in the future: it would refuse them, and not start */
  private async checkTips(time: number): Promise<void> {
    for (const { node, tip } of await this.tips()) {
      const earliest = Math.max(tip.time, tip.mediantime + 1) - MAX_FUTURE_BLOCK_TIME;
      if (time >= earliest) continue;
      throw new RangeError(
        `${node.name}'s tip is more than two hours ahead of ${time}; the time must not be before ${earliest}`,
      );
    }
  }

  /** @throws RangeError when the next block could not have this time */
  private async checkMedians(time: number): Promise<void> {
    for (const { node, tip } of await this.tips()) {
      if (time > tip.mediantime) continue;
      throw new RangeError(
        `the time must be after ${tip.mediantime}, the median time past of ${node.name}'s tip; it would be ${time}`,
      );
    }
  }

  private async tips(): Promise<readonly { readonly node: RegtestNode; readonly tip: TipTimes }[]> {
    const { nodes } = this.modules;
    const ask = (node: RegtestNode) => ifAnswering(node, () => node.rpc.call('getblockchaininfo'));
    const tips = await Promise.all(nodes.map(async node => ({ node, tip: await ask(node) })));
    return tips.flatMap(({ node, tip }) => (tip === undefined ? [] : [{ node, tip }]));
  }

  private async tellAll(): Promise<void> {
    await Promise.all(this.modules.nodes.map(node => this.tell(node)));
  }

  private async tell(node: RegtestNode): Promise<void> {
    const time = this.isReleased ? 0 : this.state.time;
    await ifAnswering(node, () => node.rpc.call('setmocktime', time));
  }

  /** The next tick comes when the machine's clock shows the next second. */
  private schedule(): void {
    clearTimeout(this.timer);
    if (this.isStopped || this.isReleased || this.frozenAt !== undefined) return;
    const delayMs = TICK_MS - (this.nowMs() % TICK_MS);
    this.timer = setTimeout(() => runDetached(this.tick(), () => {}), delayMs);
    this.timer.unref();
  }

  private async tick(): Promise<void> {
    await this.jobs.push(() => this.tellAll()).finally(() => this.schedule());
  }
}

function checkedTime(time: number): number {
  if (Number.isSafeInteger(time) && time > 0 && time <= MAX_CLOCK_TIME) return time;
  throw new RangeError(`a time is in whole seconds since 1970, up to ${MAX_CLOCK_TIME}, not ${time}`);
}
