import description from '../../package.json' with { type: 'json' };

export const programVersion = description.version;

/** `caddyctl 1.2.3` */
export function versionLine(): string {
  return `caddyctl ${programVersion}`;
}
