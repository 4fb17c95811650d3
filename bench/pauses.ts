import { readFileSync } from 'node:fs';

/** Shorter ones are nobody's concern, and many. */
export const SHORTEST_PAUSE_MS = 2;

/** The event loop did not come round. Times in microseconds, on the monotonic clock. */
export interface PauseRecord {
  readonly startUs: number;
  readonly endUs: number;
  /** Of processor time of the main thread; as long as the pause where the system does not tell. */
  readonly cpuUs: number;
}

/** What the main thread did, as V8 samples it: a tree of calls, and where in it each sample was. */
export interface CallProfile {
  readonly startUs: number;
  readonly nodes: readonly CallNode[];
  /** Nodes by id. */
  readonly samples: readonly number[];
  /** Of each sample to the one before. */
  readonly timeDeltas: readonly number[];
}

export interface CallNode {
  readonly id: number;
  readonly functionName: string;
  readonly url: string;
  readonly children: readonly number[];
}

/** What `pause-recorder` writes. */
export interface Recording {
  readonly pauses: readonly PauseRecord[];
  readonly profile: CallProfile;
}

/** A pause with what it was made of, in milliseconds. */
export interface Pause {
  /** By the clock: on a busy machine some of it is waiting for a processor. */
  readonly ms: number;
  readonly cpuMs: number;
  /** Part of {@link ms} that is not connecting or disconnecting a block. */
  readonly otherMs: number;
  /** Of {@link otherMs}, by what was done. */
  readonly others: ReadonlyMap<string, number>;
}

/** Files whose functions connect a block, or take one back. Whatever they call belongs to it. */
const CONNECTING = /\/src\/chain\/(fork-choice\/|connect\/(?!accept-|submit-|checkpoints)|scripts\/)/;

/** What is called from there and is no part of it: writing coins. */
const NOT_CONNECTING = /\/src\/chain\/flush-state\./;

/** Rooms whose functions serve everybody: what called them says what is done. */
const SERVING = /\/src\/(runtime|crypto|primitives)\//;

const GARBAGE_COLLECTOR = '(garbage collector)';

/** Node.js options by which a process records its pauses to a file, once it ends. */
export function recordingOptions(file: string): readonly string[] {
  const recorder = new URL('./pause-recorder.js', import.meta.url);
  recorder.searchParams.set('out', file);
  return ['--import', recorder.href];
}

export function readRecording(file: string): Recording {
  return JSON.parse(readFileSync(file, 'utf8')) as Recording;
}

/**
 * The pauses that began within a time, in their order. A sample counts for the time until the next one. It belongs to
 * connecting a block when a function that does so was under way, at whatever depth; the garbage collector's belong to what it
 * broke into.
 */
export function explainPauses({ pauses, profile }: Recording, fromUs: number, toUs: number): Pause[] {
  const work = workOfNodes(profile.nodes);
  const timeline = new Timeline(profile);
  return pauses
    .filter(({ startUs }) => startUs >= fromUs && startUs < toUs)
    .map(({ startUs, endUs, cpuUs }) => {
      const others = new Map<string, number>();
      let otherUs = endUs - startUs;
      timeline.within(startUs, endUs, (node, before, us) => {
        const { isConnecting, name } = work.get(node) ?? UNKNOWN;
        const broken = name === GARBAGE_COLLECTOR ? (work.get(before) ?? UNKNOWN) : undefined;
        if (broken?.isConnecting ?? isConnecting) otherUs -= us;
        else others.set(name, (others.get(name) ?? 0) + us / 1000);
      });
      return { ms: (endUs - startUs) / 1000, cpuMs: cpuUs / 1000, otherMs: otherUs / 1000, others };
    });
}

interface Work {
  readonly isConnecting: boolean;
  /** The innermost function that says what is done, with its file. */
  readonly name: string;
}

const UNKNOWN: Work = { isConnecting: false, name: '(unknown)' };

function workOfNodes(nodes: readonly CallNode[]): ReadonlyMap<number, Work> {
  const parents = new Map<number, CallNode>();
  for (const node of nodes) for (const child of node.children) parents.set(child, node);
  const work = new Map<number, Work>();
  for (const node of nodes) work.set(node.id, workOf(callersOf(node, parents)));
  return work;
}

/** The call itself, then what called it, and so on. */
function callersOf(node: CallNode, parents: ReadonlyMap<number, CallNode>): CallNode[] {
  const callers: CallNode[] = [];
  for (let at: CallNode | undefined = node; at !== undefined; at = parents.get(at.id)) callers.push(at);
  return callers;
}

function workOf(callers: readonly CallNode[]): Work {
  const telling = callers.find(({ url }) => NOT_CONNECTING.test(url) || CONNECTING.test(url));
  const named = callers.find(({ url }) => url.includes('/src/') && !SERVING.test(url)) ?? callers[0];
  return {
    isConnecting: telling !== undefined && !NOT_CONNECTING.test(telling.url),
    name: named === undefined ? UNKNOWN.name : nameOf(named),
  };
}

function nameOf({ functionName, url }: CallNode): string {
  const file = url.split('/src/').at(-1) ?? url;
  return url === '' ? functionName : `${functionName || '(anonymous)'} ${file}`;
}

/** Samples in the order of time. */
class Timeline {
  /** When each sample was taken. */
  private readonly times: Float64Array;

  constructor(private readonly profile: CallProfile) {
    let time = profile.startUs;
    this.times = Float64Array.from(profile.timeDeltas, delta => {
      time += delta;
      return time;
    });
  }

  /** Calls `visit` with the node of each sample whose time overlaps, that of the sample before, and microseconds of overlap. */
  within(fromUs: number, toUs: number, visit: (node: number, before: number, us: number) => void): void {
    const { times, profile } = this;
    for (let at = this.lastBefore(fromUs); at < times.length; at++) {
      const start = Math.max(times[at] as number, fromUs);
      if (start >= toUs) return;
      const us = Math.min(times[at + 1] ?? toUs, toUs) - start;
      if (us > 0) visit(profile.samples[at] as number, profile.samples[at - 1] ?? 0, us);
    }
  }

  private lastBefore(us: number): number {
    let low = 0;
    let high = this.times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.times[middle] as number) <= us) low = middle + 1;
      else high = middle;
    }
    return Math.max(low - 1, 0);
  }
}
