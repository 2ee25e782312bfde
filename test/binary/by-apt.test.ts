import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { byApt } from '../../src/binary/by-apt.ts';
import { findCaddy } from '../../src/binary/find.ts';
import { CaddyNotObtained } from '../../src/binary/not-obtained.ts';
import { obtainCaddy } from '../../src/binary/obtain.ts';
import { leaving, openSandbox, type Sandbox } from './fake-commands.ts';

const mirror = 'http://mirror.example/debian/';
const targets = [
  'http://other.example/apt/ stable',
  'http://mirror.example/debian-security/ bookworm-security',
  `${mirror} bookworm`,
  `${mirror} bookworm-updates`,
  'cdrom:[Debian]/ bookworm',
];

interface Parts {
  readonly listed?: readonly string[];
  readonly update?: string;
  readonly download?: string;
  readonly extract?: string;
}

/** An apt-get and a dpkg of which each step can be another; apt's settings and sources are kept in `asked`. */
async function pretendApt(box: Sandbox, parts: Parts = {}): Promise<string> {
  const keyring = join(box.folder, 'keyring.gpg');
  await writeFile(keyring, '');
  await writeFile(join(box.folder, 'targets'), (parts.listed ?? targets).map((line) => `${line}\n`).join(''));
  await box.script(
    'apt-get',
    `case " $* " in
      *" indextargets "*) cat "$SANDBOX/targets" ;;
      *" update "*) cat sources.list >> "$SANDBOX/asked"; ${parts.update ?? ':'} ;;
      *" download caddy "*) ${parts.download ?? 'echo deb > caddy_2.11.4-1_amd64.deb'} ;;
    esac`,
  );
  await box.script('dpkg', 'echo amd64');
  const unpack = parts.extract ?? leaving('$3/usr/bin/caddy', '2.11.4');
  await box.script('dpkg-deb', `mkdir -p "$3/usr/bin"; ${unpack}`);
  return keyring;
}

test("the package comes from Debian's mirror alone, with its key named", async () => {
  await using box = await openSandbox();
  const keyring = await pretendApt(box, { listed: targets.slice(1) });
  const obtained = await obtainCaddy({ ...box, ways: [byApt([join(box.folder, 'missing'), keyring])] });
  expect(obtained.version).toBe('2.11.4');
  expect(await findCaddy(box)).toEqual(obtained);
  expect(await readdir(box.cacheFolder)).toEqual(['caddy']);
  expect(await box.read('asked')).toBe(
    `deb [signed-by=${keyring} arch=amd64 target=Packages lang=none] ${mirror} forky main\n`,
  );
  expect(box.said).toEqual([
    "obtaining Caddy by apt: Debian's package from forky, signature checked …",
    `obtained Caddy 2.11.4 by apt: ${obtained.path}`,
  ]);
});

test('the next suite is tried when the first has no Caddy that will do', async () => {
  await using box = await openSandbox();
  const keyring = await pretendApt(box, {
    listed: [`${mirror} trixie`],
    download: 'grep -q backports sources.list && echo deb > caddy.deb || { echo "E: no caddy" >&2; exit 100; }',
    extract: leaving('$3/usr/bin/caddy', '2.11.2'),
  });
  expect((await obtainCaddy({ ...box, ways: [byApt([keyring])] })).version).toBe('2.11.2');
  expect(box.said).toEqual([
    "obtaining Caddy by apt: Debian's package from forky, signature checked …",
    "obtaining Caddy by apt: Debian's package from trixie-backports, signature checked …",
    expect.stringMatching(/^obtained Caddy 2\.11\.2 by apt/),
  ]);
});

test("a source that does not look like Debian's is tried last", async () => {
  await using box = await openSandbox();
  const keyring = await pretendApt(box, { update: 'exit 100' });
  await expect(obtainCaddy({ ...box, ways: [byApt([keyring])] })).rejects.toThrow(CaddyNotObtained);
  const tried = (await box.read('asked')).split('\n').map((line) => line.split(' ').slice(-3).join(' '));
  expect(tried).toEqual([
    `${mirror} forky main`,
    'http://other.example/apt/ forky main',
    `${mirror} trixie-backports main`,
    'http://other.example/apt/ trixie-backports main',
    '',
  ]);
});

test.each<[string, Parts, RegExp]>([
  [
    'knows no mirror',
    { listed: ['http://x/debian-security/ bookworm-security'] },
    /by apt: .* knows no Debian mirror$/m,
  ],
  ['refuses a signature', { update: 'echo "E: The repository is not signed." >&2; exit 100' }, /forky: .*not signed/],
  ['is killed half way', { download: 'echo half > caddy.deb; kill -9 $$' }, /forky: `apt-get` was killed/],
  [
    'leaves a broken package',
    { extract: 'echo "not a Debian archive" >&2; exit 2' },
    /`dpkg-deb` ended with 2: not a Deb/,
  ],
  [
    'brings one that is too old',
    { extract: leaving('$3/usr/bin/caddy', '2.6.2') },
    /version 2\.6\.2 is older than 2\.11/,
  ],
  ['brings something else', { extract: leaving('$3/usr/bin/caddy', 'moo') }, /printed no version: "moo"/],
  ['brings a package without it', { extract: ':' }, /there is no `.*\/usr\/bin\/caddy`/],
])('an apt that %s leaves nothing', async (_what, parts, reason) => {
  await using box = await openSandbox();
  const keyring = await pretendApt(box, parts);
  await expect(obtainCaddy({ ...box, ways: [byApt([keyring])] })).rejects.toThrow(reason);
  expect(await readdir(box.cacheFolder)).toEqual([]);
});

test('without a keyring nothing is fetched', async () => {
  await using box = await openSandbox();
  await pretendApt(box);
  const obtaining = obtainCaddy({ ...box, ways: [byApt([join(box.folder, 'missing')])] });
  await expect(obtaining).rejects.toThrow("Debian's archive keyring is not installed");
  expect(await box.read('asked')).toBe('');
});
