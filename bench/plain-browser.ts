import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { chromiumPath, launch } from '../test/browser/support/browser.js';
import type { TempFolder } from './temp-folder.js';

/**
 * The browser as its users run it. One that runs as root puts threads that draw and talk above the page's own (nice −8), and
 * what is measured of the page is how long they keep it waiting; nobody else's browser may do so.
 */
export async function launchPlain(folder: TempFolder): Promise<Browser> {
  const path = chromiumPath();
  if (path === undefined || process.getuid?.() !== 0) return launch();
  if (spawnSync('setpriv', ['--version']).status !== 0) {
    console.warn(
      'The browser runs with the rights of root (no setpriv here): tasks by the clock are longer.',
    );
    return launch();
  }
  const command = folder.next('browser');
  writeFileSync(command, `#!/bin/sh\nexec setpriv ${WITHOUT_PRIORITIES} '${path}' "$@"\n`, { mode: 0o700 });
  return launch(command);
}

/** The right to raise priorities is neither there nor to be had. */
const WITHOUT_PRIORITIES = '--bounding-set -sys_nice --inh-caps -sys_nice';
