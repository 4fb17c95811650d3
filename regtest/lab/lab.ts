import { LabError } from '../control/lab-error.js';
import type { LabStatus, LabView, NodeStatus } from '../control/protocol.js';
import type { LabEvents } from '../events/event-source.js';
import { LabBlocks } from '../events/lab-view.js';
import type { Recorder } from '../events/recorder.js';
import type { RegtestNetwork } from '../network.js';
import { toldRules } from '../network-rules.js';
import type { RegtestNode } from '../node.js';
import { AttackSlot } from './attack-slot.js';
import { CommandStopped } from './errors.js';
import { allLinks } from './link-status.js';
import { NodeObserver } from './node-status.js';
import { SnapshotShelf } from './snapshot-shelf.js';
import { Turns } from './turns.js';

/**
 * A network that is used from outside: with what it remembers between two commands, and what they must not do at once.
 * Commands come in through the `Dispatcher`.
 */
export class Lab {
  readonly turns = new Turns();
  readonly attacks = new AttackSlot();
  readonly snapshots: SnapshotShelf;
  private recorder: Recorder | undefined;
  /** Resolves when somebody has asked for the end of the lab. */
  readonly downAsked: Promise<void>;
  readonly askDown: () => void;
  private readonly observer = new NodeObserver();
  private readonly startedAt = performance.now();
  private readonly ending = new AbortController();

  private constructor(
    readonly network: RegtestNetwork,
    /** By which commands find it. */
    public name: string,
    private readonly blocks: LabBlocks,
  ) {
    this.snapshots = new SnapshotShelf(network);
    let ask = () => {};
    this.downAsked = new Promise(resolve => {
      ask = resolve;
    });
    this.askDown = ask;
  }

  /** A lab around a network that runs. */
  static async around(network: RegtestNetwork, name = 'lab'): Promise<Lab> {
    return new Lab(network, name, await LabBlocks.follow(network.nodes, network.events));
  }

  get events(): LabEvents {
    return this.network.events;
  }

  /** Aborted when the lab ends: nothing is to be started any more. */
  get ended(): AbortSignal {
    return this.ending.signal;
  }

  async status(): Promise<LabStatus> {
    const { network, name, attacks } = this;
    const { mode, topology, seed } = network;
    const seq = this.events.lastSeq;
    const attack = attacks.running;
    return {
      name,
      mode,
      topology,
      seed,
      ...toldRules(network.rules),
      uptimeMs: Math.round(performance.now() - this.startedAt),
      nodes: await Promise.all(network.nodes.map(node => this.nodeStatus(node))),
      links: allLinks(network),
      clock: network.clock.state,
      mining: network.mining.plan,
      snapshots: this.snapshots.list,
      ...(attack === undefined ? {} : { attack }),
      ...(this.recorder === undefined ? {} : { recording: this.recorder.file }),
      seq,
    };
  }

  nodeStatus(node: RegtestNode): Promise<NodeStatus> {
    return this.observer.status(node);
  }

  /** All that a page needs to start with, or older blocks. */
  async view(belowHeight?: number): Promise<LabView> {
    const status = await this.status();
    return { status, blocks: await this.blocks.page(belowHeight) };
  }

  /** Runs `action` while no blocks come by themselves; they do so again afterwards. */
  async whileNothingIsMined<T>(action: () => Promise<T>): Promise<T> {
    const { mining } = this.network;
    const { plan } = mining;
    if (plan.kind === 'off') return action();
    await mining.set({ kind: 'off' });
    try {
      return await action();
    } finally {
      await mining.set(plan);
    }
  }

  /** Records events to a file from now on. @throws LabError when that is done already */
  async record(file: string): Promise<Recorder> {
    if (this.recorder !== undefined)
      throw new LabError('conflict', `events are being recorded to ${this.recorder.file} already`);
    this.recorder = await this.network.recordTo(file, { name: this.name });
    return this.recorder;
  }

  /** Ends the recording. @throws LabError when there is none */
  async stopRecording(): Promise<{ readonly file: string; readonly events: number }> {
    const { recorder } = this;
    if (recorder === undefined) throw new LabError('conflict', 'nothing is being recorded');
    this.recorder = undefined;
    return recorder.stop();
  }

  /** Ends what goes on. The network is left as it is. */
  async end(): Promise<void> {
    this.ending.abort(new CommandStopped('the lab ends'));
    this.attacks.stop();
    this.blocks.close();
    await this.recorder?.stop();
  }
}
