/** The Caddy that `go install` builds and the official release brings. */
export const pinnedVersion = '2.11.4';

export interface ReleaseArchive {
  readonly file: string;
  readonly sha512: string;
}

/**
 * The official archives by Node's platform and architecture. The sums were not read from the release itself: they are what
 * many projects pin that took them from its `caddy_2.11.4_checksums.txt`, the official image's Dockerfile (for Linux) among
 * them, and all agree. A wrong one would make the download refused.
 */
export const releaseArchives: Readonly<Record<string, ReleaseArchive>> = {
  'linux-x64': {
    file: 'caddy_2.11.4_linux_amd64.tar.gz',
    sha512:
      '8220d1f013b6f27510247b2360c9e0ca9f018feebd82515f07635318b34ff9777ccc8fd0b6e6f2486ce3a33fe389fbb7db12d05baa474f4587509fb4f5ebf1c9',
  },
  'linux-arm64': {
    file: 'caddy_2.11.4_linux_arm64.tar.gz',
    sha512:
      'd5a7c423853c24a799765e0e8210d5c7c22a8f56ed37a3cae2fb9f58be138853c02b4efd6b59d576e6d8c7c0d30b9c1592deeaa6a536ff69bcca23b8c1ea709c',
  },
  'darwin-x64': {
    file: 'caddy_2.11.4_mac_amd64.tar.gz',
    sha512:
      'e04eb10f9ce7e2e079bc9bff1bd5d3a3164888d1edbb1a49e5d15be4eab691b57e89ed36bb29c65ba43f1ba8d9279e0967b1003991c13fe4cb78384c3caf25de',
  },
  'darwin-arm64': {
    file: 'caddy_2.11.4_mac_arm64.tar.gz',
    sha512:
      '3190ae0df98b59ab4b6021556fa35adc3c526a4f3e138776b0eaec8a037cc26121cbbb1ad53453f565551b47d37d5ba4755e2c2c3652256737fe2ce9e53c8ec0',
  },
};
