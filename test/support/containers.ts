import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';

/** What a container is started with: the command line, and its environment. */
export interface Container {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Of a health check, without compose's first word. */
  readonly check?: readonly string[];
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

interface ComposeService {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly [key: string]: unknown;
}

/** A document of `kubernetes.yaml`. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly template?: {
      readonly spec: {
        readonly containers: readonly PodContainer[];
        readonly [key: string]: unknown;
      };
    };
    readonly [key: string]: unknown;
  };
}

interface PodContainer {
  readonly name: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly livenessProbe?: { readonly exec?: { readonly command: readonly string[] } };
  readonly [key: string]: unknown;
}

const dockerFolder = join(import.meta.dirname, '../../docker');

export function readDockerFile(name: string): string {
  return readFileSync(join(dockerFolder, name), 'utf8');
}

export function composeFile(name: string): ComposeFile {
  return load(readDockerFile(name)) as ComposeFile;
}

export function manifests(): readonly Manifest[] {
  return loadAll(readDockerFile('kubernetes.yaml')) as unknown as Manifest[];
}

/** A service of these files, of which a later one goes on top; their variables as if none were set. */
export function composeContainer(files: readonly ComposeFile[], name: string): Container {
  const services = files.map((file) => file.services[name] ?? {});
  const command = services.findLast((service) => service.command !== undefined)?.command;
  if (command === undefined) throw new Error(`there is no service ${name} with a command`);
  const environment = Object.assign({}, ...services.map((service) => service.environment)) as Record<string, string>;
  const check = services.findLast((service) => service.healthcheck !== undefined)?.healthcheck?.test.slice(1);
  const asUnset = (value: string): string => value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
  const env = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, asUnset(value)]));
  return { command, env, ...(check && { check }) };
}

/** The health check that the image brings. */
export function imageCheck(): readonly string[] {
  const [, command = ''] = /^HEALTHCHECK .*CMD (\[.*\])$/m.exec(readDockerFile('Dockerfile')) ?? [];
  return JSON.parse(command) as string[];
}

export function podContainer(name: string): Container {
  const pods = manifests().flatMap(({ spec }) => spec?.template?.spec.containers ?? []);
  const found = pods.find((container) => container.name === name);
  const command = found?.command ?? found?.args;
  if (command === undefined) throw new Error(`there is no container ${name} with a command`);
  const env = Object.fromEntries((found?.env ?? []).map((each) => [each.name, each.value]));
  const check = found?.livenessProbe?.exec?.command;
  return { command, env, ...(check && { check }) };
}
