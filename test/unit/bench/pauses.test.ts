import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type CallNode, explainPauses, readRecording } from '../../../bench/pauses.js';
import { builtFile } from '../../../src/runtime/built-file.js';

/** Calls below each other, by the files of their functions. */
const NODES: readonly CallNode[] = [
  node(1, '(root)', '', [2, 3, 4, 5, 9]),
  node(2, '(garbage collector)', '', []),
  node(3, 'read', 'file:///dist/src/net/transport/v1.js', []),
  node(4, 'connectTip', 'file:///dist/src/chain/fork-choice/connect-tip.js', [6, 7]),
  node(5, 'answer', 'file:///dist/src/rpc/http-server.js', []),
  node(6, 'sha256', 'file:///dist/src/crypto/hash.js', []),
  node(7, 'flushState', 'file:///dist/src/chain/flush-state.js', [8]),
  node(8, 'write', 'file:///dist/src/chain/coins/coins-db.js', []),
  node(9, 'submitBlock', 'file:///dist/src/chain/connect/submit-block.js', [10]),
  node(10, 'sha256', 'file:///dist/src/crypto/hash.js', []),
];

function node(id: number, functionName: string, url: string, children: readonly number[]): CallNode {
  return { id, functionName, url, children };
}

/** A sample every millisecond, the first of them one after `startUs`. */
function explain(samples: readonly number[], pause: { startUs: number; endUs: number }) {
  const profile = { startUs: 0, nodes: NODES, samples, timeDeltas: samples.map(() => 1000) };
  const [found] = explainPauses({ pauses: [{ ...pause, cpuUs: 500 }], profile }, 0, 1e9);
  return found;
}

describe('what a pause is made of', () => {
  it('takes what is called while a block is connected for connecting', () => {
    const found = explain([3, 4, 6, 6, 5], { startUs: 1000, endUs: 6000 });
    expect(found?.ms).toBe(5);
    expect(found?.cpuMs).toBe(0.5);
    expect(found?.otherMs).toBe(2);
    expect(found?.others).toEqual(
      new Map([
        ['read net/transport/v1.js', 1],
        ['answer rpc/http-server.js', 1],
      ]),
    );
  });

  it('takes writing coins and storing a block for something else', () => {
    const found = explain([8, 10], { startUs: 1000, endUs: 3000 });
    expect(found?.otherMs).toBe(2);
    expect([...(found?.others.keys() ?? [])]).toEqual([
      'write chain/coins/coins-db.js',
      'submitBlock chain/connect/submit-block.js',
    ]);
  });

  it('gives the garbage collector to what it broke into', () => {
    expect(explain([6, 2, 3], { startUs: 1000, endUs: 4000 })?.otherMs).toBe(1);
    expect(explain([3, 2, 6], { startUs: 1000, endUs: 4000 })?.otherMs).toBe(2);
  });

  it('counts of a sample what lies within the pause', () => {
    expect(explain([4, 5], { startUs: 1500, endUs: 2250 })?.others).toEqual(
      new Map([['answer rpc/http-server.js', 0.25]]),
    );
  });

  it('leaves out pauses that began at another time', () => {
    const profile = { startUs: 0, nodes: NODES, samples: [5], timeDeltas: [0] };
    const pauses = [100, 200, 300].map(startUs => ({ startUs, endUs: startUs + 50, cpuUs: 50 }));
    expect(explainPauses({ pauses, profile }, 200, 300)).toHaveLength(1);
  });
});

describe('the recorder of pauses', () => {
  const folder = mkdtempSync(join(tmpdir(), 'blocksmith-pauses-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('notes a pause of a program, and what it was', () => {
    const out = join(folder, 'recording');
    const recorder = pathToFileURL(builtFile('bench/pause-recorder.js'));
    recorder.searchParams.set('out', out);
    const program =
      'function spin() { const end = Date.now() + 100; while (Date.now() < end); } setTimeout(spin, 20);';
    const { status } = spawnSync(process.execPath, ['--import', recorder.href, '-e', program]);
    expect(status).toBe(0);
    const { pauses, profile } = readRecording(out);
    const long = pauses.filter(({ startUs, endUs }) => endUs - startUs > 90_000);
    expect(long.length).toBeGreaterThan(0);
    const spin = profile.nodes.find(({ functionName }) => functionName === 'spin');
    expect(profile.samples).toContain(spin?.id);
  });
});
