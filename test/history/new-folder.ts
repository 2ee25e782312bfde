import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A path for a history, which is not there yet, and which is gone again after the test that asks. */
export function newFolder(): string {
  const base = mkdtempSync(join(tmpdir(), 'caddyctl-history-'));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  return join(base, 'state', 'history');
}
