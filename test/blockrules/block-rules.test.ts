import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bitcoind } from '../support/core-daemon.js';
import { type BuiltCase, verdictsOf } from './cases.js';
import { InProcessChain } from './in-process.js';
import type { Rules } from './lab.js';
import { BLOCK_RULES } from './list.js';
import { type StartNode, startCore, startOurs } from './nodes.js';
import { WireNode } from './over-the-wire.js';

/** Something that the list is played to. */
interface Runner {
  /** Verdicts of the case that were as expected. */
  play(each: BuiltCase): Promise<number>;
  stop(): Promise<void>;
}

interface Count {
  cases: number;
  verdicts: number;
}

const groups = [...new Set(BLOCK_RULES.map(({ rules }) => rules))].map(rules => ({
  rules,
  cases: BLOCK_RULES.filter(each => each.rules === rules),
}));

/** Plays the whole list, one runner for each set of rules. */
function plays(start: (rules: Rules) => Promise<Runner>): Count {
  const count: Count = { cases: 0, verdicts: 0 };
  for (const { rules, cases } of groups) {
    describe(`under ${rules.name}`, () => {
      let runner: Runner;
      beforeAll(async () => {
        runner = await start(rules);
      });
      afterAll(() => runner.stop());
      for (const each of cases) {
        it(`${each.topic}: ${each.name}`, async () => {
          expect(await runner.play(each)).toBe(verdictsOf(each));
          count.cases++;
          count.verdicts += verdictsOf(each);
        });
      }
    });
  }
  return count;
}

function playsOverTheWire(startNode: StartNode): Count {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blocksmith-rules-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return plays(rules => WireNode.start(startNode, folder, rules));
}

describe('block rules', () => {
  let inProcess: Count;
  let overTheWire: Count;
  describe('in process', () => {
    inProcess = plays(InProcessChain.start);
  });
  describe('over the wire', () => {
    overTheWire = playsOverTheWire(startOurs);
  });
  describe.skipIf(bitcoind === undefined)('over the wire, to Bitcoin Core (set BITCOIND to its path)', () => {
    const core = playsOverTheWire(startCore);
    afterAll(() => {
      console.log(`block rules: ${core.cases} cases, ${core.verdicts} verdicts agree with Bitcoin Core`);
    });
  });

  it('are the same both ways, and all of them are played', () => {
    const wanted = BLOCK_RULES.reduce((sum, each) => sum + verdictsOf(each), 0);
    console.log(
      `block rules: ${inProcess.cases} cases in process, ${overTheWire.cases} over the wire, ` +
        `with ${inProcess.verdicts} and ${overTheWire.verdicts} verdicts`,
    );
    expect(inProcess).toEqual({ cases: BLOCK_RULES.length, verdicts: wanted });
    expect(overTheWire).toEqual(inProcess);
  });
  it('have names of their own', () => {
    const names = BLOCK_RULES.map(({ topic, name }) => `${topic}: ${name}`);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});
