import { type HeaderId, type HeaderView, NO_HEADER } from '../../src/consensus/chain-view.js';
import { MEDIAN_TIME_SPAN } from '../../src/consensus/limits.js';
import { sha256 } from '../../src/crypto/hash.js';
import type { Hash256 } from '../../src/primitives/bytes.js';
import { BlockHeader, HEADER_SIZE } from '../../src/primitives/header.js';

export interface HeaderFacts {
  readonly version: number;
  readonly time: number;
  readonly bits: number;
  readonly hash: Hash256;
}

interface Node extends HeaderFacts {
  readonly prev: HeaderId;
  readonly height: number;
}

/** A tree of headers in plain objects, for tests of rules: nothing is checked when a header is added. */
export class TestHeaders implements HeaderView {
  private readonly nodes: Node[] = [];

  /** Adds a header on top of `prev`; what is not given is the parent's (time: ten minutes later). */
  add(prev: HeaderId, facts: Partial<HeaderFacts> = {}): HeaderId {
    const parent = prev === NO_HEADER ? undefined : this.node(prev);
    const id = this.nodes.length;
    this.nodes.push({
      prev,
      height: parent === undefined ? 0 : parent.height + 1,
      version: facts.version ?? parent?.version ?? 1,
      time: facts.time ?? (parent === undefined ? 0 : parent.time + 600),
      bits: facts.bits ?? parent?.bits ?? 0x207fffff,
      hash: facts.hash ?? sha256(Buffer.from(`header ${id}`)),
    });
    return id;
  }

  addHeader(prev: HeaderId, header: BlockHeader): HeaderId {
    return this.add(prev, header);
  }

  /** A straight chain of `count` headers on top of `prev`; returns the last one's id. */
  extend(
    prev: HeaderId,
    count: number,
    facts: (height: number) => Partial<HeaderFacts> = () => ({}),
  ): HeaderId {
    let id = prev;
    for (let i = 0; i < count; i++) {
      const height = id === NO_HEADER ? 0 : this.height(id) + 1;
      id = this.add(id, facts(height));
    }
    return id;
  }

  private node(id: HeaderId): Node {
    const node = this.nodes[id];
    if (node === undefined) throw new Error(`no header ${id}`);
    return node;
  }

  height(id: HeaderId): number {
    return this.node(id).height;
  }

  prev(id: HeaderId): HeaderId {
    return this.node(id).prev;
  }

  version(id: HeaderId): number {
    return this.node(id).version;
  }

  time(id: HeaderId): number {
    return this.node(id).time;
  }

  bits(id: HeaderId): number {
    return this.node(id).bits;
  }

  hash(id: HeaderId): Hash256 {
    return this.node(id).hash;
  }

  ancestor(id: HeaderId, height: number): HeaderId {
    if (height < 0) throw new Error(`no header has height ${height}`);
    let at = id;
    if (height > this.height(at)) return NO_HEADER;
    // Nearly always the chain is straight and ids are heights.
    if (this.straight(at)) return height;
    while (this.height(at) > height) at = this.prev(at);
    return at;
  }

  /** True when everything up to `id` was added in order, without branches. */
  private straight(id: HeaderId): boolean {
    return this.height(id) === id;
  }

  medianTimePast(id: HeaderId): number {
    const times: number[] = [];
    for (let at = id; at !== NO_HEADER && times.length < MEDIAN_TIME_SPAN; at = this.prev(at)) {
      times.push(this.time(at));
    }
    times.sort((a, b) => a - b);
    return times[Math.floor(times.length / 2)] as number;
  }
}

/** The headers in a file of 80-byte records. */
export function splitHeaders(bytes: Uint8Array): BlockHeader[] {
  const headers: BlockHeader[] = [];
  for (let at = 0; at < bytes.length; at += HEADER_SIZE) {
    headers.push(new BlockHeader(bytes.subarray(at, at + HEADER_SIZE)));
  }
  return headers;
}
