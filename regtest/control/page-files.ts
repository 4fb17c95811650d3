import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { buildPath } from '../../src/runtime/built-file.js';
import type { Reply } from './http-replies.js';

/** Nothing is loaded from elsewhere, and no script runs that is not a file of the page. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

/** Paths that the build of the page makes: folders and names of letters, digits and dashes, with dots inside. */
const PATH = /^(?:\/[A-Za-z0-9_-]+)*\/[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+$/;

const NOT_BUILT =
  'The page is not built: run "npm run build" first.\nThe control API works without it; see docs/CONTROL-API.md.\n';

/** The files of the page, read from disk when they are asked for. */
export class PageFiles {
  constructor(private readonly folder: string = buildPath('page')) {}

  /** @param path of a URL, without query; `/` is the page */
  async answer(path: string): Promise<Reply> {
    const isPage = path === '/';
    const name = isPage ? '/index.html' : path;
    const type = TYPES[extname(name)];
    const body =
      PATH.test(name) && type !== undefined ? await readIfThere(join(this.folder, name)) : undefined;
    if (body !== undefined && type !== undefined)
      return { status: 200, type, body, headers: { 'Content-Security-Policy': PAGE_POLICY } };
    return isPage ? text(503, NOT_BUILT) : text(404, 'There is no such file.\n');
  }
}

export function text(status: number, body: string): Reply {
  return {
    status,
    type: 'text/plain; charset=utf-8',
    body,
    headers: { 'Content-Security-Policy': PAGE_POLICY },
  };
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch {
    return undefined;
  }
}
