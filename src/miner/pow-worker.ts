import { nonceScanner } from '../crypto/sha256.js';
import { SearchControl, type SearchTask, searchRange } from './search-control.js';

/** Entry of a hashing thread: searches one range, returns the number of nonces tried. */
export default function work(task: SearchTask): number {
  const scanner = nonceScanner(task.header, task.target);
  return searchRange(scanner, task.start, task.count, new SearchControl(task.control));
}
