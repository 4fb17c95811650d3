import { HeaderScanner } from '../crypto/header-scan.js';
import { SearchControl, type SearchTask, searchRange } from './search-control.js';

/** Entry of a hashing thread: searches one range, returns the number of nonces tried. */
export default function work(task: SearchTask): number {
  const scanner = new HeaderScanner(task.header, task.target);
  const scan = (start: number, count: number) => scanner.scan(start, count);
  return searchRange(scan, task.start, task.count, new SearchControl(task.control));
}
