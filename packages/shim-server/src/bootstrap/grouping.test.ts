import { describe, expect, it } from 'vitest';
import { groupKey } from './grouping.ts';

const pod = { 'io.kubernetes.cri.sandbox-id': 'pod1' };

describe('groupKey', () => {
  it('is the pod of containerd, of CRI-O, or the explicit group', () => {
    expect(groupKey('c1', { annotations: pod, grouping: true })).toBe('pod1');
    expect(groupKey('c1', { annotations: { 'io.kubernetes.cri-o.SandboxID': 'pod2' }, grouping: true })).toBe('pod2');
    expect(groupKey('c1', { annotations: { ...pod, 'io.containerd.runc.v2.group': 'g' }, grouping: true })).toBe('g');
  });

  it('is the id where nothing groups the container, or grouping is off', () => {
    expect(groupKey('c1', { annotations: {}, grouping: true })).toBe('c1');
    expect(groupKey('c1', { annotations: { 'io.kubernetes.cri.sandbox-id': '' }, grouping: true })).toBe('c1');
    expect(groupKey('c1', { annotations: pod, grouping: false })).toBe('c1');
  });
});
