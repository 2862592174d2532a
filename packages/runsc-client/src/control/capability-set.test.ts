import { describe, expect, it } from 'vitest';
import { capabilitySet } from './capability-set.ts';

describe('capabilitySet', () => {
  it('sets a bit for each capability, once', () => {
    expect(capabilitySet([], { lastCapability: 40 })).toBe(0);
    expect(capabilitySet(['CAP_CHOWN', 'CAP_KILL', 'CAP_KILL'], { lastCapability: 40 })).toBe(0x21);
    expect(capabilitySet(['CAP_CHECKPOINT_RESTORE', 'CAP_AUDIT_READ'], { lastCapability: 40 })).toBe(2 ** 40 + 2 ** 37);
  });

  it('leaves out what is not to be given', () => {
    expect(capabilitySet(['CAP_KILL', 'CAP_NET_RAW'], { lastCapability: 40, without: ['CAP_NET_RAW'] })).toBe(0x20);
  });

  it.each(['CAP_NOPE', 'KILL', 'cap_kill', '', 'CAP_BPF'])(
    'does not know %s in a version up to CAP_AUDIT_READ',
    (name) => {
      expect(capabilitySet([name], { lastCapability: 37 })).toBeUndefined();
    },
  );
});
