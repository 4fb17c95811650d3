import { RUNS } from '../benchmark.js';
import { type Kept, type MemoryProbe, probeMemory } from '../memory-probe.js';
import type { Report } from '../report.js';

const HEADERS = 500_000;
const COINS = 1_000_000;

/** What the two things cost that a node keeps by the million: headers, and coins in the cache (P2WPKH). */
export async function memory(report: Report): Promise<void> {
  await measure(report, 'headers', HEADERS);
  await measure(report, 'coins', COINS);
}

async function measure(report: Report, kept: Kept, count: number): Promise<void> {
  const probes: MemoryProbe[] = [];
  for (let run = 0; run < RUNS; run++) probes.push(await probeMemory(kept, count));
  const each = (bytes: (probe: MemoryProbe) => number) => probes.map(probe => bytes(probe) / count);
  report.add({ name: `${count} ${kept}, each`, unit: 'bytes', values: each(probe => probe.residentBytes) });
  report.add({
    name: `${count} ${kept}, each, counted`,
    unit: 'bytes',
    values: each(probe => probe.countedBytes),
  });
}
