import { expect, test } from 'vitest';
import { CommandFailed, runCommand } from '../../src/binary/run.ts';
import { openSandbox, pidIn, type Sandbox } from './fake-commands.ts';

const timeoutMs = 20_000;

test('a command gets no input and gives its output', async () => {
  await using box = await openSandbox();
  await box.script('ask', 'read answer; echo "got [$answer] and [$1]"');
  expect(await runCommand('ask', ['a "b" $c'], { env: box.env, timeoutMs })).toBe('got [] and [a "b" $c]\n');
});

test("a failure says the last line of stderr, or apt's first error, and no password", async () => {
  await using box = await openSandbox();
  await box.script('one', 'echo first >&2; echo " the last  words" >&2; echo >&2; exit 4');
  await box.script('two', 'echo "E: no http://me:secret@mirror/x" >&2; echo "E: second" >&2; exit 100');
  const one = runCommand('one', [], { env: box.env, timeoutMs });
  await expect(one).rejects.toThrow(new CommandFailed('`one` ended with 4: the last words'));
  const two = runCommand('two', [], { env: box.env, timeoutMs });
  await expect(two).rejects.toThrow(new CommandFailed('`two` ended with 100: E: no http://mirror/x'));
});

test('a command that is not there', async () => {
  await using box = await openSandbox();
  const running = runCommand('nothing', [], { env: box.env, timeoutMs });
  await expect(running).rejects.toMatchObject({
    name: 'CommandFailed',
    code: 'ENOENT',
    message: 'there is no `nothing`',
  });
});

test('a command over its time is stopped', async () => {
  await using box = await openSandbox();
  await box.script('slow', 'exec sleep 300');
  const running = runCommand('slow', [], { env: box.env, timeoutMs: 300 });
  await expect(running).rejects.toThrow('`slow` took longer than 0.3 s');
});

test('an abort waits for the end of the command, and not for a child of it that keeps the pipes open', async () => {
  await using box = await openSandbox();
  await box.script('parent', 'sleep 300 & echo $! > "$SANDBOX/child"; echo $$ > "$SANDBOX/self"; wait');
  expect(await abortedWhileRunning(box, 'parent')).toEqual(new Error('enough'));
  process.kill(await pidIn(box, 'child'), 'SIGKILL');
});

test('an abort ends even a command that ignores SIGTERM', async () => {
  await using box = await openSandbox();
  await box.script('stubborn', 'trap "" TERM; echo $$ > "$SANDBOX/self"; while :; do sleep 1; done');
  expect(await abortedWhileRunning(box, 'stubborn')).toEqual(new Error('enough'));
});

test('nothing is started after an abort', async () => {
  await using box = await openSandbox();
  await box.script('mark', 'echo ran > "$SANDBOX/mark"');
  await expect(async () => {
    await runCommand('mark', [], { env: box.env, timeoutMs, signal: AbortSignal.abort(new Error('enough')) });
  }).rejects.toThrow('enough');
  expect(await box.read('mark')).toBe('');
});

/** Runs a script that writes its pid to `self`, aborts it then, and returns how the call ended; the script has ended too. */
async function abortedWhileRunning(box: Sandbox, name: string): Promise<unknown> {
  const stop = new AbortController();
  const running = runCommand(name, [], { env: box.env, timeoutMs, signal: stop.signal });
  const ended = running.catch((error: unknown) => error);
  await expect.poll(() => box.read('self'), { timeout: 10_000 }).toMatch(/\d\n/);
  stop.abort(new Error('enough'));
  const outcome = await ended;
  const self = await pidIn(box, 'self');
  expect(() => process.kill(self, 0)).toThrow('ESRCH');
  return outcome;
}
