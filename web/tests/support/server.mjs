// The real server with the page: started on free ports, killed and started again on the same ones,
// fed by pushes.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const START_MS = 40_000;

/** The folder that --web-root serves; $TICKCAST_WEB_ROOT, or assembled once a process. */
function webRoot() {
  if (process.env.TICKCAST_WEB_ROOT) return process.env.TICKCAST_WEB_ROOT;
  const folder = mkdtempSync(join(tmpdir(), 'tickcast-web-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  execFileSync(process.execPath, [join(web, 'tools', 'assemble.mjs'), folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  process.env.TICKCAST_WEB_ROOT = folder;
  return folder;
}

export class Server {
  #flags;
  #child;
  #ended;
  #log = '';

  /** @param {string[]} flags beside ports and page */
  static async start(...flags) {
    const server = new Server(flags);
    await server.#run('127.0.0.1:0', '127.0.0.1:0');
    return server;
  }

  constructor(flags) {
    this.#flags = flags;
  }

  get log() {
    return this.#log;
  }

  async #run(listen, adminListen) {
    const binary =
      process.env.TICKCAST_BIN ?? join(web, '..', 'build', 'release', 'src', 'tickcast');
    this.#child = spawn(
      binary,
      [
        '--web-root',
        webRoot(),
        '--listen',
        listen,
        '--admin-listen',
        adminListen,
        '--drain-seconds',
        '0',
        ...this.#flags,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const child = this.#child;
    this.#ended = new Promise((resolve) => child.once('exit', resolve));
    child.stderr.on('data', (data) => {
      this.#log += data;
    });
    await new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`the server does not listen: ${this.#log}`)),
        START_MS,
      );
      let out = '';
      child.once('error', reject);
      child.once('exit', (code) =>
        reject(new Error(`the server ended with ${code}: ${this.#log}`)),
      );
      child.stdout.on('data', (data) => {
        out += data;
        this.#log += data;
        const [publicUrl, adminUrl] = ['public', 'admin'].map(
          (name) => new RegExp(`^${name} (\\S+)$`, 'm').exec(out)?.[1],
        );
        if (!publicUrl || !adminUrl) return;
        clearTimeout(timer);
        this.url = publicUrl;
        this.adminUrl = adminUrl;
        resolve();
      });
    });
  }

  /** SIGKILL: no goodbye, no close frame. */
  async kill() {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** @param {NodeJS.Signals} name */
  signal(name) {
    this.#child.kill(name);
  }

  async restart() {
    await this.#run(new URL(this.url).host, new URL(this.adminUrl).host);
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    await this.#ended;
    clearTimeout(timer);
  }

  /** @param {object[]} ticks */
  async push(...ticks) {
    const answer = await fetch(`${this.adminUrl}/v1/ticks`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(ticks),
    });
    if (answer.status !== 202) throw new Error(`push: ${answer.status} ${await answer.text()}`);
  }

  /** A metric without labels. @param {string} name */
  async metric(name) {
    const text = await (await fetch(`${this.adminUrl}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  }

  async request(method, path, body) {
    const answer = await fetch(this.url + path, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  }
}
