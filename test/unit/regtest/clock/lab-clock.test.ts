import { expect, it } from 'vitest';
import { LabClock } from '../../../../regtest/clock/lab-clock.js';
import type { RegtestNode } from '../../../../regtest/node.js';

const HOUR = 3600;

it('a change answers with a time that the nodes have, however long connections take', async () => {
  let machineMs = 1_700_000_000_900;
  const told: number[] = [];
  const call = async (method: string, time: number) => (method === 'setmocktime' ? told.push(time) : []);
  const node = { name: 'node0', isRunning: true, rpc: { call } } as unknown as RegtestNode;
  const relink = async () => {
    machineMs += 200;
  };
  const clock = new LabClock({ nodes: [node], relink, nowMs: () => machineMs });
  const { time } = await clock.advance(HOUR);
  expect(told).toEqual([1_700_000_000 + HOUR]);
  expect(time).toBe(told[0]);
  await clock.stop();
});
