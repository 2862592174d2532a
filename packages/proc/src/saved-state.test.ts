import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseContainerId, SandshimError } from '@sandshim/runsc-client';
import { describe, expect, it } from 'vitest';
import { cleanUpContainer, isRunscProcessOf } from './clean-up.ts';
import { loadState, parseSavedState, type SavedState, saveState } from './saved-state.ts';
import { fakeFiles } from './testing/fake-files.ts';
import { fakeRuntime } from './testing/fake-runtime.ts';
import { fakeSys } from './testing/fake-sys.ts';

const json = (folder: string, name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

describe('what a bundle tells of its runtime', () => {
  it('comes back, and is there for the reference shims too', async () => {
    using files = fakeFiles({});
    const { folder } = files;
    const runc: SavedState = { runtime: 'runc', binary: '/bin/crun', root: '/run/a', systemdCgroup: true };
    await saveState(folder, runc);
    expect(await loadState(folder)).toEqual(runc);
    expect(readFileSync(join(folder, 'runtime'), 'utf8')).toBe('/bin/crun');
    expect(json(folder, 'options.json')).toEqual({ binary_name: '/bin/crun', root: '/run/a', systemd_cgroup: true });
    const runsc: SavedState = { runtime: 'runsc', binary: 'runsc', root: '/run/b', flags: { platform: 'ptrace' } };
    await saveState(folder, runsc);
    expect(await loadState(folder)).toEqual(runsc);
    expect(json(folder, 'state.json')).toEqual({
      rootfs: join(folder, 'rootfs'),
      options: { binaryName: 'runsc', root: '/run/b', runscConfig: { platform: 'ptrace' } },
    });
    expect(statSync(join(folder, 'sandshim.json')).mode & 0o777).toBe(0o600);
  });

  it('may be missing, but not damaged', async () => {
    using files = fakeFiles({});
    expect(await loadState(files.folder)).toBeUndefined();
    writeFileSync(join(files.folder, 'sandshim.json'), '{');
    await expect(loadState(files.folder)).rejects.toMatchObject({ code: 'data_loss' });
  });

  it.each([
    [null, 'not an object'],
    [{ runtime: 'kata' }, 'runtime is neither'],
    [{ runtime: 'runc', binary: '' }, 'binary'],
    [{ runtime: 'runc', binary: 'runc', root: 1 }, 'root'],
    [{ runtime: 'runsc', binary: 'runsc', root: '/r', flags: [1] }, 'flags.0'],
    [{ runtime: 'runsc', binary: 'runsc', root: '/r', flags: 'x' }, 'flags is not'],
  ])('that says %j is refused with the field', (value, why) => {
    expect(() => parseSavedState(value)).toThrow(why);
  });
});

describe('cleaning up', () => {
  it('goes on after what fails, and says so', async () => {
    using files = fakeFiles({ 'init.pid': '4190007' });
    const sys = fakeSys();
    const runtime = fakeRuntime('runc', sys);
    const warnings: string[] = [];
    const options = {
      ...{ id: parseContainerId('box'), sys, runtimeFor: () => runtime },
      onWarning: (message: string) => void warnings.push(message),
    };
    runtime.fail('delete', new SandshimError('unknown', 'busy'));
    expect(await cleanUpContainer(files.folder, options)).toMatchObject({ pid: 4_190_007, status: 137 });
    expect(warnings).toEqual(['box: cannot remove the container: busy']);
    runtime.fail('delete', new SandshimError('not_found', 'none'));
    await cleanUpContainer(files.folder, { ...options, runtimeFor: () => runtime });
    expect(warnings).toHaveLength(1);
    expect(runtime.calls).toEqual(['delete force', 'delete force']);
    const nothing = await cleanUpContainer('/no/such/bundle', { ...options, runtimeFor: () => undefined });
    expect(nothing).toMatchObject({ pid: undefined, status: 137 });
  });

  it("kills only the processes of that container's sandbox", () => {
    const of = { root: '/run/x', id: 'box' };
    expect(isRunscProcessOf(['runsc-sandbox', '--root=/run/x', 'boot', 'box'], of)).toBe(true);
    expect(isRunscProcessOf(['runsc-gofer', '--root=/run/x', 'gofer', 'box'], of)).toBe(true);
    expect(isRunscProcessOf(['runsc-sandbox', '--root=/run/x', 'boot', 'box2'], of)).toBe(false);
    expect(isRunscProcessOf(['runsc-sandbox', '--root=/run/y', 'boot', 'box'], of)).toBe(false);
    expect(isRunscProcessOf(['vi', '--root=/run/x', 'box'], of)).toBe(false);
    expect(isRunscProcessOf([], of)).toBe(false);
  });
});
