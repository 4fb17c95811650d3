import { isAbsolute } from 'node:path';
import { LabError } from '../../control/lab-error.js';
import { DumpError } from '../../snapshots/dump-error.js';
import type { Command } from '../command.js';
import { invalid, needed, type ParamReader } from '../param-reader.js';

/** Names are shown in tables. */
const MAX_NAME = 64;

export const snapshot: Command<'snapshot'> = {
  manner: 'alone',
  prepare: (lab, params) => {
    const name = nameIn(params, 'name');
    return () => lab.whileNothingIsMined(() => lab.snapshots.take(name));
  },
};

export const revert: Command<'revert'> = {
  manner: 'alone',
  prepare: (lab, params) => {
    const name = nameIn(params, 'name');
    return () => lab.whileNothingIsMined(() => lab.snapshots.revert(name));
  },
};

export const dropSnapshot: Command<'dropSnapshot'> = {
  manner: 'alone',
  prepare: (lab, params) => {
    const name = needed(nameIn(params, 'name'), 'name');
    return () => lab.snapshots.drop(name);
  },
};

export const dump: Command<'dump'> = {
  manner: 'alone',
  prepare: (lab, params) => {
    const file = fileIn(params);
    const name = nameIn(params, 'snapshot');
    return async () => {
      const bytes = await lab.whileNothingIsMined(() => aboutFiles(() => lab.snapshots.dump(file, name)));
      return { bytes };
    };
  },
};

export const load: Command<'load'> = {
  manner: 'alone',
  prepare: (lab, params) => {
    const file = fileIn(params);
    return () =>
      lab.whileNothingIsMined(async () => {
        const { name } = await aboutFiles(() => lab.snapshots.load(file));
        return lab.snapshots.revert(name);
      });
  },
};

/** What is wrong with a file is no fault of the lab. */
async function aboutFiles<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (thrown) {
    if (thrown instanceof DumpError)
      throw new LabError(thrown.problem === 'no-file' ? 'unknown' : 'invalid', thrown.message);
    throw thrown;
  }
}

function nameIn(params: ParamReader, parameter: string): string | undefined {
  const name = params.text(parameter);
  if (name === undefined || name.length <= MAX_NAME) return name;
  throw invalid(`${parameter} has at most ${MAX_NAME} characters`);
}

/** The lab may run in another directory than who asks. */
export function fileIn(params: ParamReader): string {
  const file = needed(params.text('file'), 'file');
  if (isAbsolute(file)) return file;
  throw invalid('file must be an absolute path');
}
