import { LabError } from '../control/lab-error.js';
import type { SnapshotInfo } from '../control/protocol.js';
import type { RegtestNetwork } from '../network.js';
import type { NetworkSnapshot } from '../snapshots/network-snapshot.js';

/** Snapshots of a lab: more are found by nobody in a list. */
export const MAX_SNAPSHOTS = 500;

/** What all of them together may take, in memory or on disk. */
export const MAX_SNAPSHOT_BYTES = 4 * 2 ** 30;

interface Named {
  readonly info: SnapshotInfo;
  readonly snapshot: NetworkSnapshot;
}

/** The snapshots of a lab, by name and in the order in which they were taken. */
export class SnapshotShelf {
  private readonly byName = new Map<string, Named>();
  private lastNumber = 0;

  constructor(private readonly network: RegtestNetwork) {}

  get list(): readonly SnapshotInfo[] {
    return [...this.byName.values()].map(({ info }) => info);
  }

  /** Takes one. Without a name it gets the next number. @throws LabError when the name is taken or there is no room */
  async take(name?: string): Promise<SnapshotInfo> {
    return this.put(name, () => this.network.snapshot());
  }

  /** Puts what a dump holds beside the others. */
  async load(file: string): Promise<SnapshotInfo> {
    return this.put(undefined, () => this.network.load(file));
  }

  /** Brings the network back to a snapshot; the last one unless told. */
  async revert(name?: string): Promise<SnapshotInfo> {
    const { info, snapshot } = this.find(name);
    await this.network.revert(snapshot);
    this.network.events.emit({ type: 'revert', name: info.name });
    return info;
  }

  async drop(name: string): Promise<SnapshotInfo> {
    const { info, snapshot } = this.find(name);
    await this.network.drop(snapshot);
    this.byName.delete(name);
    return info;
  }

  /** Writes the network, or one of its snapshots, to a file. @returns bytes of the file */
  dump(file: string, name?: string): Promise<number> {
    return this.network.dump(file, name === undefined ? undefined : this.find(name).snapshot);
  }

  private async put(name: string | undefined, take: () => Promise<NetworkSnapshot>): Promise<SnapshotInfo> {
    const free = name ?? this.nextName();
    if (this.byName.has(free))
      throw new LabError('conflict', `there is a snapshot "${free}" already: drop it, or take another name`);
    const bytes = this.list.reduce((sum, info) => sum + info.bytes, 0);
    if (this.byName.size >= MAX_SNAPSHOTS || bytes >= MAX_SNAPSHOT_BYTES)
      throw new LabError('limit', `there is no room for more snapshots than ${this.byName.size}: drop some`);
    const snapshot = await take();
    const heights = snapshot.tips.map(tip => tip?.height ?? 0);
    const info = { name: free, time: snapshot.time, heights, bytes: snapshot.bytes };
    this.byName.set(free, { info, snapshot });
    this.network.events.emit({ type: 'snapshot', name: free });
    return info;
  }

  private nextName(): string {
    do this.lastNumber++;
    while (this.byName.has(String(this.lastNumber)));
    return String(this.lastNumber);
  }

  private find(name?: string): Named {
    const found = name === undefined ? [...this.byName.values()].at(-1) : this.byName.get(name);
    if (found !== undefined) return found;
    if (name === undefined) throw new LabError('unknown', 'no snapshot was taken yet');
    throw new LabError('unknown', `there is no snapshot "${name}"`);
  }
}
