// Turns Vitest's JSON report into the one closing line that the check ends with.
import { readFileSync } from 'node:fs';

const [reportFile, status] = process.argv.slice(2);
let passed = 0;
let failed = 0;
let skipped = 0;
try {
  const report = JSON.parse(readFileSync(reportFile, 'utf8'));
  passed = report.numPassedTests;
  failed = report.numFailedTests;
  skipped = report.numPendingTests + (report.numTodoTests ?? 0);
} catch {
  failed = 1; // lint, types or build broke before a test ran
}
if (status !== '0' && failed === 0) failed = 1;
if (skipped > 0)
  console.log(`skipped: ${skipped} (what they need is not on this machine, see docs/TESTING.md)`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
