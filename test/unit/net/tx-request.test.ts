import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeRandom } from '../../../src/net/random.js';
import { type GenTxid, TxRequestTracker } from '../../../src/net/tx-request.js';

function hashOf(n: number): Uint8Array {
  return new Uint8Array(32).fill(n + 1);
}

function txid(n: number): GenTxid {
  return { isWtxid: false, hash: hashOf(n) };
}

function tracker(): TxRequestTracker {
  return new TxRequestTracker(makeRandom(1));
}

/** Which of the hashes 0…9 the peer is to be asked for. */
function askable(requests: TxRequestTracker, peer: number, now: number): number[] {
  return requests.getRequestable(peer, now).map(({ hash }) => (hash[0] ?? 0) - 1);
}

describe('transaction requests', () => {
  it('go to a preferred peer first', () => {
    const requests = tracker();
    requests.receivedInv(1, txid(0), false, 0);
    requests.receivedInv(2, txid(0), true, 0);
    expect([askable(requests, 1, 10), askable(requests, 2, 10)]).toEqual([[], [0]]);
  });

  it('wait for their time', () => {
    const requests = tracker();
    requests.receivedInv(1, txid(0), false, 2000);
    expect(askable(requests, 1, 1999)).toEqual([]);
    expect(askable(requests, 1, 2000)).toEqual([0]);
  });

  it('go to the next peer when the first says that it has nothing, or is silent', () => {
    const requests = tracker();
    for (const peer of [1, 2, 3]) requests.receivedInv(peer, txid(0), peer === 1, 0);
    expect(askable(requests, 1, 1)).toEqual([0]);
    requests.requestedTx(1, hashOf(0), 60_000);
    expect([1, 2, 3].flatMap(peer => askable(requests, peer, 2))).toEqual([]);
    requests.receivedResponse(1, hashOf(0));
    const second = [2, 3].find(peer => askable(requests, peer, 3).length > 0) ?? 0;
    requests.requestedTx(second, hashOf(0), 60_000);
    const expired: { peer: number; gtxid: GenTxid }[] = [];
    requests.getRequestable(9, 60_001, expired);
    expect(expired.map(({ peer }) => peer)).toEqual([second]);
    expect(askable(requests, 5 - second, 60_002)).toEqual([0]);
  });

  it('are forgotten when nobody is left to ask', () => {
    const requests = tracker();
    requests.receivedInv(1, txid(0), true, 0);
    askable(requests, 1, 1);
    requests.requestedTx(1, hashOf(0), 100);
    requests.receivedResponse(1, hashOf(0));
    expect(requests.size).toBe(0);
    // Announced anew, it may be asked for anew.
    requests.receivedInv(1, txid(0), true, 0);
    expect(askable(requests, 1, 2)).toEqual([0]);
  });

  it('go out in the order of announcements', () => {
    const requests = tracker();
    const order = [4, 1, 3, 0, 2];
    for (const n of order) requests.receivedInv(1, txid(n), true, 0);
    expect(askable(requests, 1, 1)).toEqual(order);
  });

  it('follow a clock that goes back', () => {
    const requests = tracker();
    requests.receivedInv(1, txid(0), true, 500);
    expect(askable(requests, 1, 600)).toEqual([0]);
    expect(askable(requests, 1, 400)).toEqual([]);
    expect(askable(requests, 1, 500)).toEqual([0]);
  });
});

/** The rules, written as plainly as can be: a list of announcements, looked through for every question. */
class Model {
  private announcements: {
    peer: number;
    hash: number;
    preferred: boolean;
    time: number;
    state: 'candidate' | 'requested' | 'completed';
  }[] = [];

  receivedInv(peer: number, hash: number, preferred: boolean, time: number): void {
    if (this.find(peer, hash) !== undefined) return;
    this.announcements.push({ peer, hash, preferred, time, state: 'candidate' });
  }

  advance(now: number): void {
    for (const one of this.announcements) {
      if (one.state === 'requested' && one.time <= now) one.state = 'completed';
    }
    this.prune();
  }

  /** Peers that may be the one to ask now: of the ready ones the preferred, unless one was asked. */
  choices(hash: number, now: number): number[] {
    const own = this.announcements.filter(one => one.hash === hash);
    if (own.some(({ state }) => state === 'requested')) return [];
    const ready = own.filter(({ state, time }) => state === 'candidate' && time <= now);
    const preferred = ready.filter(one => one.preferred);
    return (preferred.length > 0 ? preferred : ready).map(({ peer }) => peer);
  }

  requested(peer: number, hash: number, expiry: number): void {
    const one = this.find(peer, hash);
    if (one?.state !== 'candidate') return;
    for (const other of this.announcements) {
      if (other.hash === hash && other.state === 'requested') other.state = 'completed';
    }
    one.state = 'requested';
    one.time = expiry;
  }

  response(peer: number, hash: number): void {
    const one = this.find(peer, hash);
    if (one !== undefined) one.state = 'completed';
    this.prune();
  }

  forget(hash: number): void {
    this.announcements = this.announcements.filter(one => one.hash !== hash);
  }

  disconnected(peer: number): void {
    this.announcements = this.announcements.filter(one => one.peer !== peer);
    this.prune();
  }

  counts(peer: number): [all: number, requested: number, candidates: number] {
    const own = this.announcements.filter(one => one.peer === peer);
    const count = (state: string) => own.filter(one => one.state === state).length;
    return [own.length, count('requested'), count('candidate')];
  }

  private find(peer: number, hash: number) {
    return this.announcements.find(one => one.peer === peer && one.hash === hash);
  }

  private prune(): void {
    const alive = new Set(this.announcements.filter(one => one.state !== 'completed').map(one => one.hash));
    this.announcements = this.announcements.filter(one => alive.has(one.hash));
  }
}

describe('transaction request tracker', () => {
  const PEERS = 4;
  const HASHES = 4;
  const peer = fc.nat(PEERS - 1);
  const hash = fc.nat(HASHES - 1);
  const step = fc.oneof(
    fc.record({ op: fc.constant('inv' as const), peer, hash, preferred: fc.boolean(), delay: fc.nat(50) }),
    fc.record({ op: fc.constant('ask' as const), peer, timeout: fc.nat(50) }),
    fc.record({ op: fc.constant('request' as const), peer, hash, timeout: fc.nat(50) }),
    fc.record({ op: fc.constant('response' as const), peer, hash }),
    fc.record({ op: fc.constant('forget' as const), hash }),
    fc.record({ op: fc.constant('disconnect' as const), peer }),
    fc.record({ op: fc.constant('pass' as const), time: fc.nat(30) }),
  );

  it('does what the plain model does', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const requests = tracker();
        const model = new Model();
        let now = 0;
        for (const each of steps) {
          if (each.op === 'inv') {
            requests.receivedInv(each.peer, txid(each.hash), each.preferred, now + each.delay);
            model.receivedInv(each.peer, each.hash, each.preferred, now + each.delay);
          } else if (each.op === 'ask') {
            model.advance(now);
            for (const asked of askable(requests, each.peer, now)) {
              requests.requestedTx(each.peer, hashOf(asked), now + each.timeout);
              model.requested(each.peer, asked, now + each.timeout);
            }
          } else if (each.op === 'request') {
            requests.requestedTx(each.peer, hashOf(each.hash), now + each.timeout);
            model.requested(each.peer, each.hash, now + each.timeout);
          } else if (each.op === 'response') {
            requests.receivedResponse(each.peer, hashOf(each.hash));
            model.response(each.peer, each.hash);
          } else if (each.op === 'forget') {
            requests.forgetTxHash(hashOf(each.hash));
            model.forget(each.hash);
          } else if (each.op === 'disconnect') {
            requests.disconnectedPeer(each.peer);
            model.disconnected(each.peer);
          } else now += each.time;
          model.advance(now);
          const asked = Array.from({ length: PEERS }, (_, p) => askable(requests, p, now));
          requests.check();
          for (let h = 0; h < HASHES; h++) {
            const chosen = asked.flatMap((hashes, p) => (hashes.includes(h) ? [p] : []));
            const allowed = model.choices(h, now);
            expect(chosen.length).toBe(Math.min(1, allowed.length));
            for (const one of chosen) expect(allowed).toContain(one);
          }
          for (let p = 0; p < PEERS; p++) {
            const counts = [requests.count(p), requests.countInFlight(p), requests.countCandidates(p)];
            expect(counts).toEqual(model.counts(p));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
