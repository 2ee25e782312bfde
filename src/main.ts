#!/usr/bin/env node
import { run } from './cli/program.ts';

async function main(): Promise<void> {
  // Only set: to exit here could cut off what is still on its way to a pipe.
  process.exitCode = await run(process.argv.slice(2), process);
}

void main();
