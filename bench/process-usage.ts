import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessUsage {
  /** User and system time of all threads, in seconds. */
  readonly cpuSeconds: number;
  /** Resident memory now, in bytes; undefined where the system does not tell, as the next. */
  readonly rssBytes: number | undefined;
  /** Largest resident memory so far, in bytes. */
  readonly peakRssBytes: number | undefined;
}

/** What a running process has used so far. Linux only gives all of it; elsewhere `ps` tells the processor time. */
export function processUsage(pid: number): ProcessUsage {
  if (process.platform !== 'linux')
    return { cpuSeconds: cpuFromPs(pid), rssBytes: undefined, peakRssBytes: undefined };
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    cpuSeconds: ticks / TICKS_PER_SECOND,
    rssBytes: memoryIn(status, 'VmRSS'),
    peakRssBytes: memoryIn(status, 'VmHWM'),
  };
}

function memoryIn(status: string, field: string): number | undefined {
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** USER_HZ, which Linux fixes at 100 for user space on every platform that Node runs on. */
const TICKS_PER_SECOND = 100;

function cpuFromPs(pid: number): number {
  const text = execFileSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  return text.split(/[:-]/).reduce((sum, part) => sum * 60 + Number(part), 0);
}
