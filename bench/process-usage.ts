import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessUsage {
  /** User and system time of all threads, in seconds. */
  readonly cpuSeconds: number;
  /** Largest resident memory so far, in bytes; undefined where the system does not tell. */
  readonly peakRssBytes: number | undefined;
}

/** What a running process has used so far. Linux only gives all of it; elsewhere `ps` tells the processor time. */
export function processUsage(pid: number): ProcessUsage {
  if (process.platform !== 'linux') return { cpuSeconds: cpuFromPs(pid), peakRssBytes: undefined };
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return {
    cpuSeconds: ticks / TICKS_PER_SECOND,
    peakRssBytes: peak === undefined ? undefined : Number(peak) * 1024,
  };
}

/** USER_HZ, which Linux fixes at 100 for user space on every platform that Node runs on. */
const TICKS_PER_SECOND = 100;

function cpuFromPs(pid: number): number {
  const text = execFileSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  return text.split(/[:-]/).reduce((sum, part) => sum * 60 + Number(part), 0);
}
