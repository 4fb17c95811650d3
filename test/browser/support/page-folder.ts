import { fileURLToPath } from 'node:url';

/** Where the build puts the page, seen from the sources and from the build. */
export const PAGE_FOLDER = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../../dist/page/' : '../../../page/', import.meta.url),
);
