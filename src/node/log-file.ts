import { closeSync, openSync, readFileSync, renameSync, statSync, writeFileSync, writeSync } from 'node:fs';
import type { Clock } from '../runtime/clock.js';
import { StartError } from '../runtime/errors.js';
import { LOG_CATEGORIES, type LogCategory, type Logger } from '../runtime/logger.js';

export { LOG_CATEGORIES };

/** A log above this size is cut to its last part at start (`-shrinkdebugfile`). */
const SHRINK_ABOVE_BYTES = 11_000_000;
const SHRINK_TO_BYTES = 10_000_000;

/** Only the owner may read the log: it can tell a lot about the user. */
const LOG_FILE_MODE = 0o600;

/** Levels that can be chosen, the least detailed first. */
export const LOG_LEVELS = ['info', 'debug', 'trace'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Control characters, which could make a line look like another or move a terminal's cursor. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_CHARACTERS = /[\x00-\x09\x0b-\x1f\x7f]/g;

/** What Core begins with in a log that it goes on with, so that runs are told apart. */
const RUN_SEPARATOR = '\n\n\n\n\n';

export interface LogFileOptions {
  /** Path of debug.log, undefined for none. */
  readonly path: string | undefined;
  readonly printToConsole: boolean;
  /** Gets each line as well, without its end. */
  readonly alsoTo?: ((line: string) => void) | undefined;
  /** Names given to -debug and -debugexclude. */
  readonly debug: readonly string[];
  readonly debugExclude: readonly string[];
  /** Least level of category lines that are written, and where it is another for one category. */
  readonly level: LogLevel;
  readonly categoryLevels: ReadonlyMap<LogCategory, LogLevel>;
  readonly shrink: boolean;
  readonly timestamps: boolean;
  readonly timeMicros: boolean;
  readonly threadNames: boolean;
  readonly alwaysLevel: boolean;
}

/**
 * The debug log. Each line is written to the file before the call returns, so that whoever got an answer from the node
 * finds in the log what led to it.
 */
export class LogFile implements Logger {
  private readonly active = new Set<LogCategory>();
  private file: number | undefined;
  /** Unix seconds of the last line. */
  private second = Number.NaN;
  private secondAsText = '';

  /** @throws StartError when a category is unknown or the file cannot be opened */
  constructor(
    private readonly options: LogFileOptions,
    private readonly clock: Clock,
  ) {
    // One -debug=0 among them and no category is on, as in Core.
    if (!options.debug.some(name => name === '0' || name === 'none')) {
      for (const name of options.debug) this.switchAtStart(name, true, 'debug');
    }
    for (const name of options.debugExclude) this.switchAtStart(name, false, 'debugexclude');
    if (options.path === undefined) return;
    if (options.shrink) shrink(options.path);
    try {
      this.file = openSync(options.path, 'a', LOG_FILE_MODE);
      writeOrLose(this.file, RUN_SEPARATOR);
    } catch {
      throw new StartError(`Could not open debug log file ${options.path}`);
    }
  }

  get path(): string {
    return this.options.path ?? '';
  }

  categories(): Readonly<Record<string, boolean>> {
    return Object.fromEntries(LOG_CATEGORIES.map(name => [name, this.active.has(name)]));
  }

  /** Switches one category, or all with "all", "1" and "". @returns false when there is no such category */
  setCategory(name: string, on: boolean): boolean {
    const isAll = name === '' || name === '1' || name === 'all';
    const chosen = isAll ? LOG_CATEGORIES : LOG_CATEGORIES.filter(known => known === name);
    for (const category of chosen) {
      if (on) this.active.add(category);
      else this.active.delete(category);
    }
    return chosen.length > 0;
  }

  enabled(category: LogCategory): boolean {
    return this.active.has(category) && this.levelOf(category) !== 'info';
  }

  info(message: string): void {
    this.write(this.options.alwaysLevel ? '[all:info] ' : '', message);
  }

  warn(message: string): void {
    this.write(this.options.alwaysLevel ? '[all:warning] ' : '[warning] ', message);
  }

  error(message: string): void {
    this.write(this.options.alwaysLevel ? '[all:error] ' : '[error] ', message);
  }

  debug(category: LogCategory, message: string): void {
    if (!this.enabled(category)) return;
    this.write(this.options.alwaysLevel ? `[${category}:debug] ` : `[${category}] `, message);
  }

  trace(category: LogCategory, message: string): void {
    if (!this.active.has(category) || this.levelOf(category) !== 'trace') return;
    this.write(`[${category}:trace] `, message);
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private levelOf(category: LogCategory): LogLevel {
    return this.options.categoryLevels.get(category) ?? this.options.level;
  }

  private switchAtStart(name: string, on: boolean, option: string): void {
    if (!this.setCategory(name, on)) throw new StartError(`Unsupported logging category -${option}=${name}.`);
  }

  private write(prefix: string, message: string): void {
    const escaped = message.replace(CONTROL_CHARACTERS, escapeCharacter);
    const line = `${this.stamp()}${this.options.threadNames ? '[main] ' : ''}${prefix}${escaped}`;
    if (this.file !== undefined) writeOrLose(this.file, `${line}\n`);
    if (this.options.printToConsole) process.stdout.write(`${line}\n`);
    this.options.alsoTo?.(line);
  }

  /** Time in UTC; when it is mocked, Core shows both. */
  private stamp(): string {
    if (!this.options.timestamps) return '';
    const machineMs = Date.now();
    const second = this.secondText(machineMs);
    const shown = this.options.timeMicros
      ? `${second}.${String(machineMs % 1000).padStart(3, '0')}000Z`
      : `${second}Z`;
    const nowMs = this.clock.nowMs();
    return Math.abs(nowMs - machineMs) < 5_000 ? `${shown} ` : `${shown} (mocktime: ${isoSecond(nowMs)}Z) `;
  }

  /** Many lines come in one second: its text is made once. */
  private secondText(ms: number): string {
    const second = Math.floor(ms / 1000);
    if (second !== this.second) {
      this.second = second;
      this.secondAsText = isoSecond(ms);
    }
    return this.secondAsText;
  }
}

/** `2026-01-31T23:59:59`, in UTC. */
function isoSecond(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}

/** A full disk must not end the node in the middle of telling why it ends: the line is lost, as Core's is. */
function writeOrLose(file: number, line: string): void {
  try {
    writeSync(file, line);
  } catch {
    // There is nowhere to tell of it.
  }
}

function escapeCharacter(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** Keeps the last part of an overgrown log. */
function shrink(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= SHRINK_ABOVE_BYTES) return;
  const tail = readFileSync(path).subarray(size - SHRINK_TO_BYTES);
  const temporary = `${path}.shrink`;
  writeFileSync(temporary, tail.subarray(tail.indexOf(10) + 1), { mode: LOG_FILE_MODE });
  renameSync(temporary, path);
}
