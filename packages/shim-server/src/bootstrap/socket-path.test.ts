import { describe, expect, it } from 'vitest';
import { defaultSocketDir, socketPath } from './socket-path.ts';

const identity = {
  socketDir: defaultSocketDir,
  grpcAddress: '/run/containerd/containerd.sock',
  namespace: 'k8s.io',
  group: 'pod1',
};

describe('socketPath', () => {
  it('is the one that the Go shims compute', () => {
    expect(socketPath(identity)).toBe(
      '/run/containerd/s/8e264b1ad347c80aee5f3dea6e4bb53d72026989222058782273d5db043c7723',
    );
  });

  it('differs for another daemon, namespace or group', () => {
    const paths = [{}, { grpcAddress: '/other.sock' }, { namespace: 'default' }, { group: 'pod2' }].map((change) =>
      socketPath({ ...identity, ...change }),
    );
    expect(new Set(paths).size).toBe(4);
  });

  it('refuses a folder whose sockets would be too long, and takes the longest that fits', () => {
    expect(socketPath({ ...identity, socketDir: `/${'d'.repeat(40)}` })).toHaveLength(106);
    expect(() => socketPath({ ...identity, socketDir: `/${'d'.repeat(41)}` })).toThrow(
      expect.objectContaining({ code: 'invalid_argument', message: expect.stringContaining('107 bytes') }),
    );
  });
});
