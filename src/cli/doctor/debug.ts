import type { AdminFacts } from './facts.ts';
import { type Finding, ok, warning } from './finding.ts';

/** The admin API always tells what Caddy was started with, to whoever gets in. It is looked through here, and not shown. */
export function debugging({ inspection }: AdminFacts): Finding[] {
  const { debug, commandLine } = inspection;
  if (!debug) return [ok(ID, 'its debugging endpoints do not answer')];
  const told = commandLine.filter(looksSecret).length;
  const findings: Finding[] = [];
  if (told > 0) {
    const seen = `${told} of the ${commandLine.length} words that Caddy was started with ${told === 1 ? 'looks' : 'look'} like a secret`;
    const why =
      '/debug/vars and /debug/pprof/cmdline show them to whoever reaches the admin API, and ps to every user of the machine';
    const close =
      'give it to Caddy in a file or in its environment (EnvironmentFile= of its unit, mode 0600), and name it as { env: NAME } or { file: … }';
    findings.push(warning(ID, seen, why, close));
  } else {
    findings.push(ok(ID, '/debug/vars and /debug/pprof answer; the command line holds no secret that one could tell'));
  }
  if (commandLine.some((word) => /^--?environ(=(?:true|1|t))?$/i.test(word))) {
    const why =
      'Caddy writes its whole environment into its log when it starts, with every secret that policies name as { env: NAME }';
    const close =
      'take --environ out of its ExecStart= (systemctl edit caddy), or keep secrets in files: { file: /run/secrets/name }';
    findings.push(warning('caddy-environ', 'Caddy was started with --environ', why, close));
  }
  return findings;
}

function looksSecret(word: string): boolean {
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/@\s]*:[^/@\s]*@/i.test(word)) return true;
  if (/(?:passw|secret|token|api[-_]?key|credential|bearer)[^=]*=./i.test(word)) return true;
  // No path, name or flag is as long and as mixed as this.
  return /^[A-Za-z0-9+_=-]{32,}$/.test(word) && /\d/.test(word) && /[A-Za-z]/.test(word);
}

const ID = 'admin-debug';
