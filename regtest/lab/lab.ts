import type { LabStatus, NodeStatus } from '../control/protocol.js';
import type { LabEvents } from '../events/event-source.js';
import type { RegtestNetwork } from '../network.js';
import type { RegtestNode } from '../node.js';
import { AttackSlot } from './attack-slot.js';
import { CommandStopped } from './errors.js';
import { allLinks } from './link-status.js';
import { NodeObserver } from './node-status.js';
import { Turns } from './turns.js';

/**
 * A network that is used from outside: with what it remembers between two commands, and what they must not do at once.
 * Commands come in through the `Dispatcher`.
 */
export class Lab {
  readonly turns = new Turns();
  readonly attacks = new AttackSlot();
  /** Resolves when somebody has asked for the end of the lab. */
  readonly downAsked: Promise<void>;
  readonly askDown: () => void;
  private readonly observer = new NodeObserver();
  private readonly startedAt = performance.now();
  private readonly ending = new AbortController();

  constructor(
    readonly network: RegtestNetwork,
    readonly events: LabEvents,
    /** By which commands find it. */
    public name = 'lab',
  ) {
    let ask = () => {};
    this.downAsked = new Promise(resolve => {
      ask = resolve;
    });
    this.askDown = ask;
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
      uptimeMs: Math.round(performance.now() - this.startedAt),
      nodes: await Promise.all(network.nodes.map(node => this.nodeStatus(node))),
      links: allLinks(network),
      clock: { time: Math.floor(Date.now() / 1000), offset: 0, frozen: false },
      mining: { kind: 'off' },
      snapshots: [],
      ...(attack === undefined ? {} : { attack }),
      seq,
    };
  }

  nodeStatus(node: RegtestNode): Promise<NodeStatus> {
    return this.observer.status(node);
  }

  /** Ends what goes on. The network is left as it is. */
  end(): void {
    this.ending.abort(new CommandStopped('the lab ends'));
    this.attacks.stop();
  }
}
