import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../support/client/ports.ts';
import type { BenchSite } from '../sites.ts';
import { liveHost, type Way, type WayParts } from './way.ts';

/** nginx with the same sites, told by `nginx -s reload`. */
export async function nginx({ sites }: WayParts, nginxPath: string): Promise<Way> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const [path, port] = [join(folder, 'nginx.conf'), await freePort()];
  await mkdir(join(folder, 'logs'));
  const rest = sites.map((site) => serverOf(site, port)).join('');
  const write = (body: string): Promise<void> =>
    writeFile(
      path,
      `daemon off;
pid ${folder}/pid;
error_log ${folder}/logs/error.log;
worker_processes 2;
events {}
http {
  access_log off;
  server_names_hash_max_size 65536;
  server_names_hash_bucket_size 128;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/f;
  uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
${rest}  server { listen 127.0.0.1:${port}; server_name ${liveHost}; location / { return 200 "${body}"; } }
}
`,
    );
  await write('first');
  const args = ['-p', folder, '-c', path];
  const child = spawn(nginxPath, args, { stdio: 'ignore' });
  const ended = once(child, 'exit');
  return {
    name: 'nginx -s reload',
    port,
    async change(body) {
      await write(body);
      await promisify(execFile)(nginxPath, [...args, '-s', 'reload']);
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function serverOf({ host, app, api, kind }: BenchSite, port: number): string {
  const headers = {
    plain: '',
    auth: '',
    headers: 'add_header X-Site one; ',
    secure: 'add_header X-Frame-Options DENY; ',
  };
  return `  server { listen 127.0.0.1:${port}; server_name ${host}; ${headers[kind]}location /api { proxy_pass http://${api}; } location / { proxy_pass http://${app}; } }\n`;
}
