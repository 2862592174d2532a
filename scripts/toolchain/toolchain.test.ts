import { describe, expect, test } from 'vitest';
import { cleanEnvironment } from './environment.mjs';
import { checkHost } from './host.mjs';

describe('checkHost', () => {
  const good = { platform: 'linux', arch: 'x64', version: '18.0.0' };

  test.each([[good], [{ ...good, arch: 'arm64', version: '20.20.2' }]])('accepts %j', (host) => {
    expect(() => checkHost(host)).not.toThrow();
  });

  test.each([
    [{ ...good, platform: 'darwin' }, 'Linux alone'],
    [{ ...good, arch: 'riscv64' }, 'no Node.js is pinned for riscv64'],
    [{ ...good, version: '16.20.0' }, 'Node.js 16.20.0 is too old'],
  ])('refuses %j in one line', (host, message) => {
    expect(() => checkHost(host)).toThrow(message);
    expect(() => checkHost(host)).toThrow(/^[^\n]+$/);
  });
});

describe('cleanEnvironment', () => {
  test("drops npm's notes about the run that it started", () => {
    const noted = {
      PATH: '/bin',
      INIT_CWD: '/x',
      npm_command: 'run',
      npm_execpath: '/npm',
      npm_lifecycle_event: 'demo',
      npm_package_json: '/x/package.json',
      npm_config_local_prefix: '/x',
      npm_config_global_prefix: '/usr',
      npm_config_user_agent: 'npm/10',
    };
    expect(cleanEnvironment(noted)).toEqual({ PATH: '/bin' });
  });

  test("keeps a user's own settings", () => {
    const own = { npm_config_registry: 'https://mirror.test/', npm_config_cafile: '/ca', HTTPS_PROXY: 'http://p.test' };
    expect(cleanEnvironment(own)).toEqual(own);
  });
});
